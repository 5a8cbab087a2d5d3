"""What a clause 指标 is: one checkable requirement, or one stated figure, with its place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from matchmaker.matching.sides import Span


class Comparator(StrEnum):
    """How a figure is bounded."""

    AT_LEAST = ">="
    ABOVE = ">"
    AT_MOST = "<="
    BELOW = "<"
    EQUAL = "="
    BETWEEN = "between"
    WITHIN = "+-"


class Outcome(StrEnum):
    """What came of a clause: 符合, 不符合, 待确认."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Clause:
    """One bounded quantity in a text: ``source[start:end] == text``.

    ``low`` holds the bound where there is one; ``high`` is ``None`` then. ``between`` has both;
    ``+-`` holds the middle in ``low`` and the deviation in ``high``. Chinese numerals and orders
    of magnitude (万, 亿) are resolved in the numbers; ``unit`` is as written, "" for a bare
    number. ``subject`` is what is measured, ``condition`` under which circumstances; both as
    written, "" where the text names none.
    """

    text: str
    start: int
    end: int
    subject: str
    comparator: Comparator
    low: float
    high: float | None
    unit: str
    condition: str


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """One clause of a demand held against the other side.

    ``demand`` quotes the clause. ``other`` quotes the figure that decides, ``None`` where the
    other side states none; then ``outcome`` is unknown.
    """

    clause: Clause
    demand: Span
    outcome: Outcome
    figure: Clause | None = None
    other: Span | None = None
