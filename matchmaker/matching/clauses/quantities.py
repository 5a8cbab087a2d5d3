"""Finds quantities in a text: a number, a range or a deviation, with its unit and its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from matchmaker.matching.clauses.numbers import NUMBER, PARTS, SCALE, value_of
from matchmaker.matching.clauses.unit_words import UNIT


class Shape(StrEnum):
    """How a quantity is written."""

    SINGLE = "single"
    RANGE = "range"
    DEVIATION = "deviation"


@dataclass(frozen=True, slots=True)
class Quantity:
    """``text[start:end]`` is the number, or the two numbers, with the unit.

    A range holds its ends in ``low`` and ``high``, a deviation its middle and its size.
    ``spelled`` says that the number is written in Chinese numerals, ``worded`` that 到, 至 or
    "to" stands between the two ends.
    """

    start: int
    end: int
    shape: Shape
    low: float
    high: float | None
    unit: str
    spelled: bool = False
    worded: bool = False


def _value(name: str) -> str:
    return (
        rf"(?P<sign{name}>(?<![\w)）%℃])[-−－]|零下\s?|负)?(?P<share{name}>{PARTS}分之)?"
        rf"(?P<num{name}>{NUMBER})\s?(?P<scale{name}>{SCALE})?"
    )


_QUANTITY = re.compile(
    rf"(?:{_value('a')}(?:\s?(?P<unita>{UNIT}))?(?(unita)(?P<half>半|(?<=成)[一二三四五六七八九]))?"
    rf"(?:\s?[)）])?"
    rf"(?:\s?(?P<mid>±|\+/-|[～~∼〜–—]|[-−－](?=\d)|至|到|\bto\b|\band\b)\s?"
    rf"(?P<signb>[-−－]|零下\s?)?(?P<numb>{NUMBER})\s?(?P<scaleb>{SCALE})?"
    rf"(?:\s?(?P<unitb>{UNIT}))?(?:\s?[)）]\s?(?P<unitc>{UNIT}))?)?"
    rf"|(?:±|\+/-)\s?(?P<numd>{NUMBER})(?:\s?(?P<unitd>{UNIT}))?)"
)
_SHARES = {"百": "%", "千": "‰"}
_DEVIATIONS = ("±", "+/-")


def quantities(text: str) -> Iterator[Quantity]:
    """Yield the quantities of ``text`` from left to right, with or without a unit."""
    for match in _QUANTITY.finditer(text):
        if match["numd"]:
            deviation = value_of(match["numd"])
            unit = match["unitd"] or ""
            yield Quantity(match.start(), match.end(), Shape.DEVIATION, 0.0, deviation, unit)
        else:
            yield _pair(match) if match["mid"] else _single(match)


def _single(match: re.Match[str]) -> Quantity:
    low = value_of(match["numa"], match["scalea"] or "") + _half(match["half"])
    unit = match["unita"] or ""
    if match["sharea"]:
        low, unit = _share(match["sharea"].removesuffix("分之"), low)
    end = match.end("half") if match["half"] else match.end("unita")
    if end < 0:
        end = max(match.end("numa"), match.end("scalea"))
    spelled = not match["numa"][0].isdigit()
    sign = -1 if match["signa"] else 1
    return Quantity(match.start(), end, Shape.SINGLE, sign * low, None, unit, spelled)


def _share(parts: str, taken: float) -> tuple[float, str]:
    """Read 百分之五 as 5 %, 千分之三 as 3 ‰, and any other share, as 十分之一, in per cent."""
    if parts in _SHARES:
        return taken, _SHARES[parts]
    return taken * 100 / value_of(parts), "%"


def _half(word: str | None) -> float:
    if not word:
        return 0.0
    return 0.5 if word == "半" else value_of(word) / 10


def _pair(match: re.Match[str]) -> Quantity:
    unit = match["unitc"] or match["unitb"] or match["unita"] or ""
    shared = match["scalea"] or ("" if match["unita"] else match["scaleb"]) or ""
    low = value_of(match["numa"], shared) * (-1 if match["signa"] else 1)
    high = value_of(match["numb"], match["scaleb"] or "") * (-1 if match["signb"] else 1)
    end = max(match.end(name) for name in ("numb", "scaleb", "unitb", "unitc"))
    shape = Shape.DEVIATION if match["mid"] in _DEVIATIONS else Shape.RANGE
    spelled = not match["numa"][0].isdigit()
    worded = match["mid"] in {"到", "至", "to"}
    return Quantity(match.start(), end, shape, low, high, unit, spelled, worded)
