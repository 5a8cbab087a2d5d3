"""Tells what a text requires from what it only reports: money, people, what is so today."""

from __future__ import annotations

import re

_ADMINISTRATION = re.compile(
    r"预算|经费|投资额|总投资|投入研发|资金|注册资本|销售(?:收入|额)|产值|营(?:业)?收(?:入)?|利润|纳税|奖补|奖金"
    r"|出资|报价|合同|付款|金额|质保金|尾款|工期|项目周期|交付|交货期|截止|揭榜|招标|员工|人员|团队"
    r"|技术成熟度|电价|联系|budget|deadline|funding|contract|employees|project (?:runs|lasts)"
    r"|revenue|turnover",
    re.IGNORECASE,
)
_STATUS = re.compile(
    r"(?<![较比把将])(?:目前|当前|现状|现有|现用|现为|现执行|现采用|现在|以往|去年|过去|传统|已建|已运行|已有|拥有"
    r"|原工艺)"
    r"|at present|currently|current|existing|today|so far|our plant|the mine|conventional",
    re.IGNORECASE,
)
_SETTING = re.compile(
    r"公司|企业|厂区|我[司厂]|占地|海拔|降水|气温|井深|采高|矿区|牧场|存栏|机组|电站|每年|年产|全区"
    r"|进水|原水|来水|入口|属于|服务|产生|奶牛|建成|投产|a year|per year|produces|raw water|feed",
    re.IGNORECASE,
)
_WISH = re.compile(
    r"希望|要求|需要|需|拟|目标|应|争取|力争|期望|必须|须|欲|想|"
    r"want|need|must|shall|should|target|require|aim|would like|raise|reduce to",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"传统|原工艺|改造前|国内外同类|同类产品|conventional|compared with|versus")
_COST = re.compile(r"每|吨|单[价位台张次]|成本|费用?|亩|/|cost|price|\bper\b", re.IGNORECASE)
_HEADS = frozenset({"人", "名", "家", "所", "位"})
_CROWD = re.compile(r"并发|在线|用户|承载|接入|users|visitors|客流")


def administrative(segment: str) -> bool:
    """Whether ``segment`` speaks of money, people or schedule of the undertaking itself."""
    return _ADMINISTRATION.search(segment) is not None


def counts_people(unit: str, segment: str) -> bool:
    """Whether a figure in ``unit`` counts people or organisations who are no load to carry."""
    return unit in _HEADS and not _CROWD.search(segment)


def status_ahead(opening: str) -> bool:
    """Whether ``opening``, a sentence up to a figure, reports what is so with no wish since."""
    last = max((match.end() for match in _STATUS.finditer(opening)), default=-1)
    return last >= 0 and not _WISH.search(opening, last)


def setting(segment: str) -> bool:
    """Whether ``segment`` describes the site or the firm, where a bare figure asks nothing."""
    return bool(_SETTING.search(segment) or _STATUS.search(segment))


def of_others(segment: str) -> bool:
    """Whether ``segment`` of an offer gives the figures of what it is compared with."""
    return _COMPARED.search(segment) is not None


def cost_of_one(segment: str) -> bool:
    """Whether money in ``segment`` is what one unit of a product costs, which can be measured."""
    return _COST.search(segment) is not None
