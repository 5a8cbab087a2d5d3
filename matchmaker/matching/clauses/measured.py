"""Whether two subjects name the same measure: by known names of measures, then by their letters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from matchmaker.matching.synonyms import Synonyms

SAME = 0.6
"""The agreement from which on two subjects are one."""

_OPPOSED: tuple[tuple[str, str], ...] = (
    (r"进水|原水|来水|入口|进口|influent|feed", r"出水|产水|排水|出口|effluent"),
    (r"正极|cathode", r"负极|anode"),
    (r"最高|最大|maximum", r"最低|最小|minimum"),
    (r"充电|charg", r"放电|discharg"),
    (r"纵向|轴向", r"横向|径向"),
    (r"现有|传统|改造前", r"改造后"),
)
_MEASURES = Synonyms(
    {
        "recovery of water": ["产水率", "水回收率", "系统回收率", "water recovery"],
        "energy used": ["能耗", "电耗", "耗电", "耗电量", "用电", "能耗量", "energy use"]
        + ["energy consumption", "power consumption"],
        "accuracy of telling": ["准确率", "正确率", "识别率", "准确度"],
        "life": ["使用寿命", "寿命", "设计寿命", "使用年限", "service life", "lifetime"],
        "cycle life": ["循环寿命", "循环次数", "cycle life"],
        "purity": ["纯度", "purity"],
        "response time": ["响应时间", "response time"],
        "false alarms": ["误报率", "误报", "false alarms", "false alarm rate"],
        "missed": ["漏报率", "漏检率", "miss rate"],
        "cost": ["成本", "费用", "运行费", "运行费用", "处理费", "cost", "costs"],
        "thermal conductivity": ["导热系数", "热导率", "thermal conductivity"],
        "removal": ["去除率", "脱除率", "去除效率", "removal", "removal rate"],
        "energy density": ["能量密度", "比能量", "energy density"],
        "power density": ["功率密度", "比功率", "power density"],
        "retention": ["容量保持率", "capacity retention"],
        "capacity of plant": ["处理能力", "处理量", "处理规模", "throughput"],
        "efficiency": ["效率", "efficiency"],
        "range": ["续航里程", "续驶里程", "driving range"],
        "particle size": ["粒径", "粒度", "particle size"],
        "noise": ["噪声", "噪音", "noise"],
        "weight": ["重量", "质量", "weight"],
        "error": ["误差", "偏差", "error", "deviation"],
        "compressive strength": ["抗压强度", "compressive strength"],
        "tensile strength": ["抗拉强度", "拉伸强度", "tensile strength"],
    }
)
_GENERAL = re.compile(
    r"系统|平均|综合|总体|整体|稳定|实测|最终|产品的?|本(?:技术|装置|产品)|装置|设备|吨水|可|了"
    r"|每(?:小时|分钟|秒|天|日|年)|^(?:小时|日|年)$"
    r"|\b(?:the|a|an|of|in|system|average|overall|product)\b|[\s的（）()\"“”\-]"
)
_CHANGES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "less",
        re.compile(
            r"(?:降低|下降|减少|缩短|节约|节省|节能|减排|减重|降幅|reduc\w*|lower\w* by|cut)"
            r"(?!到|至| to| from)",
            re.IGNORECASE,
        ),
    ),
    (
        "more",
        re.compile(
            r"(?:提高|提升|增加|增长|延长|增幅|increas\w*|improv\w*|rais\w*)(?!到|至| to| from)",
            re.IGNORECASE,
        ),
    ),
)


@lru_cache(maxsize=8192)
def change_in(text: str) -> str:
    """Return "less" or "more" if a figure gives a change and no value, else ""."""
    return next((name for name, words in _CHANGES if words.search(text)), "")


@lru_cache(maxsize=8192)
def _core(subject: str) -> str:
    return _GENERAL.sub("", subject.casefold())


@lru_cache(maxsize=8192)
def _measure(subject: str) -> tuple[str, str]:
    """Return the measure that ``subject`` ends with, "" if none is known, and what is measured."""
    held = _MEASURES.mentions(subject)
    if not held:
        return "", _core(subject)
    last = held[-1]
    return last.concept, _core(subject[: last.start] + subject[last.end :])


@lru_cache(maxsize=65536)
def agreement(one: str, other: str, synonyms: Synonyms) -> float:
    """Return how surely two subjects are the same, in [0, 1]; 0 where either is not named."""
    if not one.strip() or not other.strip() or _opposed(one, other):
        return 0.0
    if _core(one) == _core(other):
        return 1.0
    (measure, rest), (second, second_rest) = _measure(one), _measure(other)
    if measure and second:
        return _of_things(rest, second_rest, synonyms) if measure == second else 0.0
    return _of_words(_core(one), _core(other))


def _of_things(one: str, other: str, synonyms: Synonyms) -> float:
    """Compare what is measured where the measure is the same; one side may leave it out."""
    if not one or not other:
        return 0.8
    if one in other or other in one:
        return 0.9
    if _concepts(one, synonyms) & _concepts(other, synonyms):
        return 0.85
    return _dice(one, other)


def _of_words(one: str, other: str) -> float:
    short, long = sorted((one, other), key=len)
    if len(short) > 1 and short in long:
        return 0.7 + 0.3 * len(short) / len(long)
    return _dice(one, other)


def _concepts(text: str, synonyms: Synonyms) -> set[str]:
    return {held.concept for held in synonyms.mentions(text)}


def _dice(one: str, other: str) -> float:
    left, right = _pairs(one), _pairs(other)
    if not left or not right:
        return 0.0
    return 2 * len(left & right) / (len(left) + len(right))


def _pairs(text: Sequence[str]) -> set[str]:
    return {text[at] + text[at + 1] for at in range(len(text) - 1)}


def _opposed(one: str, other: str) -> bool:
    return any(-pole in _poles(other) for pole in _poles(one))


@lru_cache(maxsize=8192)
def _poles(subject: str) -> frozenset[int]:
    """Return which words of opposite pairs stand in ``subject``: 3 and -3 are opposites."""
    folded = subject.casefold()
    return frozenset(
        sign * number
        for number, pair in enumerate(_OPPOSED, start=1)
        for sign, words in zip((1, -1), pair, strict=True)
        if re.search(words, folded)
    )
