"""The words by which each element is recognised, in Chinese and English."""

from __future__ import annotations

import re
from collections.abc import Mapping

from matchmaker.matching.clinic.model import Element


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_MATERIALS = (
    "矿井水|废水|污水|废气|尾气|粉煤灰|煤矸石|电石渣",
    "石膏|气化渣|钢渣|赤泥|固废|危废|高岭土|陶粒|碳酸钙",
    "煤泥|煤焦油|甲醇|烯烃|催化剂|氢气|二氧化碳|镁合金|铝合金",
    "合金|钢材|复合材料|羊绒|羊毛|纤维|苜蓿|马铃薯|土豆|玉米",
    "牛奶|奶酪|牛羊肉|饲料|秸秆|土壤|菌种|药材|沙棘|光伏板|硅料",
    "多晶硅|石墨|锂|电解液|陶瓷|玻璃|水泥|混凝土|塑料|橡胶",
    r"\b(?:mine water|wastewater|waste gas|fly ash|gangue)\b",
    r"\b(?:carbide slag|gypsum|slag|kaolin|aggregate)\b",
    r"\b(?:calcium carbonate|methanol|catalyst|hydrogen gas)\b",
    r"\b(?:magnesium|alumini?um|alloy|steel|fibres?|fibers?)\b",
    r"\b(?:cashmere|wool|alfalfa|potato(?:es)?|maize|milk|cheese)\b",
    r"\b(?:straw|soil|graphite|lithium|cement|concrete(?! plan))\b",
)

_MONTHS = (
    "(?:january|february|march|april|may|june|july|august|september|october|november|december)"
)
_NUMBER = r"\d[\d.,]*\s*"
_AMOUNTS_ZH = "(?:吨|t|m3|m³|立方米|方|公斤|kg|件|台|头|亩|套)"
_AMOUNTS_EN = "(?:m3|m³|tonnes?|tons?|t|kg|litres?|pieces|head)"
_PERIODS = "(?:hour|day|month|year)"

#: Element → what states it. A clause states a target too; see ``elements``.
WORDS: Mapping[Element, re.Pattern[str]] = {
    Element.TARGET: _words(
        r"(?:降|减|提高|提升|升|增|缩短|控制|达)(?:低|少|加)?[到至在]"
        r"[^，。；,;\d]{0,8}\d[\d.,]*[^，。；,;\s]{0,6}",
        r"\b(?:reduce|cut|lower|bring|raise|increase)\b[^.;\d]{0,40}"
        r"\b(?:to|below|under|above) \d[\d.,]*",
    ),
    Element.CURRENT: _words(
        "(?:我们)?现(?:在)?(?:用|采用|有|行)|目前|当前",
        "现状|已(?:采用|投用|建成|运行)|原(?:有|工艺)",
        r"\b(?:currently|at present|the present|today|existing|so far we)\b",
        r"\b(?:we|our [\w ]{2,40}?) (?:now )?(?:treats?|uses?|runs?|operates?)\b",
    ),
    Element.MATERIAL: _words(*_MATERIALS),
    Element.SCALE: _words(
        r"(?:每|日|年|月|时)(?:处理|产|产生|加工|消耗|排放)(?:量)?[^，。；,;]{0,8}?\d",
        rf"{_NUMBER}万?{_AMOUNTS_ZH}\s*(?:/|每)\s*(?:年|a|天|d|日|小时|h)",
        rf"{_NUMBER}{_AMOUNTS_EN}\s*(?:/\s*(?:h|d|a|y)|(?:a|per|an)\s*{_PERIODS})",
        rf"{_NUMBER}{_AMOUNTS_EN} of [^.;]{{2,50}}? (?:a|per) {_PERIODS}\b",
    ),
    Element.SITE: _words(
        "高寒|严寒|寒冷|高温环境|高海拔|风沙|风大|干旱|缺水|少雨",
        "多雨|盐碱|井下|露天|室外|野外|冬季|当地|现场条件|防爆",
        r"\b(?:outdoors?|windy|arid|dry region|desert|cold winters?)\b",
        r"\b(?:saline soil|open-pit|underground|on site|at altitude)\b",
    ),
    Element.BUDGET: _words(
        r"(?:预算|经费|投资|资金|出资|费用)[^，。；,;\d]{0,6}\d[\d.,]*\s*(?:万|亿|元)",
        r"\d[\d.,]*\s*(?:万|亿)元?\s*(?:预算|经费|资金)",
        r"\bbudget\b[^.;]{0,20}\d|\bhave [\d.,]+ ?(?:million |thousand )?(?:yuan|rmb|usd)\b",
        r"\bup to [\d.,]+ ?(?:million )?(?:yuan|rmb)\b",
    ),
    Element.DEADLINE: _words(
        r"\d{4}\s*年[^，。；]{0,6}?(?:前|内|底|之前)",
        r"(?:今|明|本)年(?:年)?(?:底|内)?前?|[一二两三半\d]+\s*个?(?:年|月)(?:之)?内",
        r"\b(?:by|before|until) (?:the )?(?:end of )?(?:\d{4}|next year)\b",
        rf"\b(?:by|before|until) (?:the )?(?:end of )?{_MONTHS}\b",
        r"\bwithin (?:one|two|three|six|a|\d+) (?:years?|months?)\b",
    ),
    Element.IP: _words(
        "知识产权|专利|独占|归(?:我|甲|乙|双)方|共有",
        r"\b(?:intellectual property|patents?|exclusive|licen[cs]e|own the rights)\b",
    ),
    Element.TRL_EVIDENCE: _words(
        "小试|中试|示范线|示范工程|工业化|量产|检测报告",
        "鉴定|连续运行|试运行|用户报告|验收|投产|应用于",
        r"\b(?:pilot|demonstration|test report|trial|ran for)\b",
        r"\b(?:in operation|prototype tested|field tests?)\b",
    ),
    Element.ADVANTAGE: _words(
        "比[^，。；]{1,30}(?:低|高|少|快|节|提高|降低|减少)",
        "(?:提高|降低|减少|节约|节省|缩短)[^，。；]{0,12}?[\\d一二三四五六七八九半]",
        r"\b(?:less|lower|higher|more|faster|cheaper|longer) than\b",
        r"\b(?:reduces?|saves?|cuts?|raises?)\b[^.;]{0,40}\d",
    ),
    Element.APPLICATION: _words(
        "(?:适用|应用|可用|用)于|应用(?:领域|场景|范围)",
        r"\b(?:suitable for|applies to|used (?:in|for)|applications?)\b",
    ),
    Element.IP_STATUS: _words(
        "专利|软件著作权|软著|技术秘密|品种权", r"\b(?:patents?|patented|know-how|copyright)\b"
    ),
    Element.PRICE: _words(
        "转让费|许可费|报价|面议|作价|转让|许可|入股|合作开发|技术服务",
        r"\b(?:price|negotiable|licen[cs]e|equity|joint development)\b",
    ),
}

#: A first idea rather than a problem.
WISH = _words(
    "想?了解|想(?:看看|听听|投资)|有没有|有什么|关注|探索|设想",
    "寻找(?:合作)?机会|好项目|引进|方向|布局|打算进入|前景",
    r"\b(?:would like to learn|want to know|is there any)\b",
    r"\b(?:interested in|explore|looking for promising)\b",
    r"\b(?:our idea|opportunit(?:y|ies)|state of the art)\b",
    r"\b(?:invest in|intend to|planning to|want advice)\b",
)
