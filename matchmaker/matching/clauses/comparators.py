"""The words around a quantity that say how it is bounded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from matchmaker.matching.clauses.model import Comparator


class Manner(StrEnum):
    """How the words before a quantity are meant; ``PLACE`` is a bare 在, which bounds nothing."""

    BOUND = "bound"
    REACH = "reach"
    TOWARDS_MORE = "towards_more"
    TOWARDS_LESS = "towards_less"
    CHANGE = "change"
    BETTER = "better"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Wording:
    """Where the words before a quantity begin, what they say, and how they are meant."""

    start: int
    manner: Manner
    comparator: Comparator | None = None


# Order counts: "不低于" must be tried before "低于", which it ends with.
_BEFORE: tuple[tuple[Manner, Comparator | None, str], ...] = (
    (
        Manner.BOUND,
        Comparator.AT_LEAST,
        r"≥|⩾|≧|>=|＞=|不(?:得|应|能|宜|可)?(?:低于|少于|小于|短于|浅于|弱于|下于|慢于|窄于|差于)"
        r"|(?:大于|高于|多于)(?:或)?等于|至少(?:为|要|有)?|最少|起码|提前|最低(?:为|要)?"
        r"|no(?:t)? (?:less|lower|fewer|shorter|smaller|worse) than|at least"
        r"|(?:a )?minimum(?: of)?|not (?:be )?(?:below|under)|greater than or equal to",
    ),
    (
        Manner.BOUND,
        Comparator.AT_MOST,
        r"≤|⩽|≦|<=|＜=|不(?:得|应|能|宜|可)?(?:高于|超过|超出|大于|多于|长于|厚于|重于|慢于|逾)"
        r"|(?:小于|低于|少于)(?:或)?等于|最多(?:为)?|至多|最高(?:为)?|最大(?:为)?"
        r"|控制(?:在|到)|限制在"
        r"|no(?:t)? (?:more|greater|higher|larger|longer) than|at most|up to"
        r"|(?:a )?maximum(?: of)?|not (?:to )?exceed(?:ing)?|within|less than or equal to",
    ),
    (
        Manner.BOUND,
        Comparator.ABOVE,
        r">|＞|大于|高于|超过|超出|多于|长于|突破"
        r"|(?:more|greater|higher|larger|longer) than|above|over|exceed(?:s|ing)?",
    ),
    (
        Manner.BOUND,
        Comparator.BELOW,
        r"<|＜|小于|低于|少于|短于|不足|不到|(?:less|lower|fewer|shorter|smaller) than"
        r"|below|under",
    ),
    (Manner.BETTER, None, r"优于|好于|better than"),
    (
        Manner.TOWARDS_MORE,
        None,
        r"(?:提高|提升|增加|增|升|延长|扩大|增长|充|上升|恢复)(?:到|至)"
        r"|(?:increase[ds]?|raise[ds]?|improve[ds]?) to",
    ),
    (
        Manner.TOWARDS_LESS,
        None,
        r"(?:降低|下降|降|减少|减|缩短|压缩|压降|压|缩减)(?:到|至)"
        r"|(?:reduce[ds]?|lower(?:ed|s)?|cut|decrease[ds]?) to",
    ),
    (
        Manner.CHANGE,
        None,
        r"(?:提高|提升|增加|增长|延长|降低|下降|减少|减重|缩短|节约|节省|节能|减排|去掉|降幅|增幅)(?:了|约)?"
        r"|(?:reduced?|increased?|improved?|lowered|cut|reduction|increase) (?:by|of)",
    ),
    (Manner.REACH, None, r"(?:达到|达|实现)(?:了|约)?|reach(?:es|ed)?|achieve[sd]?"),
    (Manner.PLACE, None, r"在"),
)
_BEFORE_PATTERN = re.compile(
    "(?:"
    + "|".join(f"(?P<w{number}>{words})" for number, (_, _, words) in enumerate(_BEFORE))
    + r")(?:\s|约|到|为|（|\(|by |of |a |an )*(?P<gap>[一-鿿]{1,8}的\s?|每[一-鿿]{1,2}\s?)?\Z",
    re.IGNORECASE,
)
_WINDOW, _CHINESE_WINDOW = 32, 14
"""The longest wording in characters, English ("greater than or equal to") and Chinese."""

_AFTER_PATTERN = re.compile(
    r"\s?(?:(?P<least>(?:及|或|（含）)?以上|及以上|or (?:more|above|higher|better|longer))"
    r"|(?P<most>(?:及|或)?以下|以内|之内|or (?:less|below|lower|fewer))"
    r"|(?P<inner>内)(?![不无径孔表部壁衬蒙]))",
    re.IGNORECASE,
)
_SMALLER_IS_BETTER = re.compile(
    r"误差|偏差|精度|分辨率|粗糙度|噪[声音]|时延|延时|延迟|漂移|响应时间|不确定度|检[出测](?:下)?限|公差"
    r"|误报|漏报|漏检|波动|泄漏|error|accuracy|deviation|resolution|noise|latency|delay",
    re.IGNORECASE,
)
_LARGE_SHARE = 50


@dataclass(frozen=True, slots=True)
class Trailing:
    """What bounds a quantity from behind: where that ends; ``inner`` for a bare 内."""

    end: int
    comparator: Comparator
    inner: bool = False


def before(text: str, start: int) -> Wording | None:
    """Return the wording that ends where a quantity starts, ``None`` if there is none."""
    english = text[max(0, start - 3) : start].isascii()
    opening = max(0, start - (_WINDOW if english else _CHINESE_WINDOW))
    match = _BEFORE_PATTERN.search(text, opening, start)
    if match is None:
        return None
    number = next(i for i in range(len(_BEFORE)) if match[f"w{i}"] is not None)
    manner, comparator, _ = _BEFORE[number]
    if match["gap"] and manner is not Manner.BOUND:
        return None
    return Wording(match.start(), manner, comparator)


def after(text: str, end: int) -> Trailing | None:
    """Return what bounds a quantity that ends at ``end`` from behind, ``None`` if nothing does."""
    match = _AFTER_PATTERN.match(text, end)
    if match is None:
        return None
    comparator = Comparator.AT_LEAST if match["least"] else Comparator.AT_MOST
    return Trailing(match.end(), comparator, match["inner"] is not None)


def smaller_is_better(subject: str, value: float, unit: str) -> bool:
    """Whether a good figure of ``subject`` is a small one; an accuracy of 95 % is not."""
    if not _SMALLER_IS_BETTER.search(subject):
        return False
    return not (unit in {"%", "％"} and value >= _LARGE_SHARE)
