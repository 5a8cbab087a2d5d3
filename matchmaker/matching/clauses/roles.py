"""What each quantity of a sentence is there for: a figure, a condition, a starting point."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from matchmaker.matching.clauses.comparators import Manner, Trailing, Wording, after, before
from matchmaker.matching.clauses.quantities import Quantity, Shape
from matchmaker.matching.clauses.subjects import (
    BOUNDARY,
    CONDITION_TAIL,
    CONDITION_WORD,
    segment_start,
)


class Role(StrEnum):
    """What a quantity is there for."""

    FIGURE = "figure"
    CONDITION = "condition"
    START = "start"
    ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class Found:
    """A quantity with the words that bound it. ``end`` takes in what follows and belongs to it."""

    quantity: Quantity
    wording: Wording | None
    trailing: Trailing | None
    role: Role
    end: int
    bracketed: bool = False

    @property
    def start(self) -> int:
        """Where the quantity starts, with the words before that bound it."""
        return self.wording.start if self.wording else self.quantity.start

    @property
    def bounded(self) -> bool:
        """Whether words or signs say which way the figure is bounded."""
        placed = self.wording is not None and self.wording.manner is Manner.PLACE
        if self.trailing is not None or self.quantity.shape is Shape.DEVIATION:
            return True
        if placed:
            return self.quantity.shape is Shape.RANGE
        return self.wording is not None


_FROM = re.compile(r"(?:从|由|自|\bfrom)(?:[^，,。；;]{0,6}?的)?\s?\Z", re.IGNORECASE)
_LASTING = re.compile(r"(?:放置|运行|运转|浸泡|存放|储存|老化|循环)(?:了)?\s?\Z")
_WINDOW = 12
"""Characters before a quantity in which 从, "at" and the like are looked for."""

_TEMPERATURE = frozenset({"℃", "°C", "° C", "摄氏度"})


def found_in(masked: str, held: Sequence[Quantity]) -> list[Found]:
    """Return the quantities of one sentence of ``masked`` with their roles, left to right."""
    found = [_found(masked, quantity) for quantity in held]
    for at in range(len(found) - 1):
        role = _role_before(masked, found[at], found[at + 1])
        if role is not None and found[at].role is Role.FIGURE:
            one = found[at]
            found[at] = Found(one.quantity, one.wording, one.trailing, role, one.end)
    return found


def _found(masked: str, quantity: Quantity) -> Found:
    trailing = after(masked, quantity.end)
    if trailing is None and (tail := CONDITION_TAIL.match(masked, quantity.end)):
        return Found(quantity, None, None, Role.CONDITION, tail.end())
    if _bracketed(masked, quantity):
        return Found(quantity, None, None, Role.CONDITION, quantity.end, bracketed=True)
    opening = max(0, quantity.start - _WINDOW)
    if CONDITION_WORD.search(masked, opening, quantity.start):
        return Found(quantity, None, None, Role.CONDITION, quantity.end)
    wording = before(masked, quantity.start)
    end = trailing.end if trailing else quantity.end
    return Found(quantity, wording, trailing, Role.FIGURE, end)


def _bracketed(masked: str, quantity: Quantity) -> bool:
    """Whether a quantity stands in brackets of its own, as a condition does."""
    opening = masked[quantity.start - 1 : quantity.start] if quantity.start else ""
    if opening not in {"（", "("}:
        return False
    rest = masked[quantity.end : quantity.end + 3].lstrip()
    return rest[:1] in {"）", ")"} or rest[:1] == "时"


def _role_before(masked: str, one: Found, following: Found) -> Role | None:
    """Return what ``one`` is in view of the quantity after it in the same stretch of words."""
    between = masked[one.end : following.start]
    opening = max(0, one.start - _WINDOW)
    if following.bounded and not one.bounded and _LASTING.search(masked, opening, one.start):
        return Role.CONDITION
    if BOUNDARY.search(between):
        return None
    if _starts(masked, one, following):
        return Role.START
    if one.trailing and one.trailing.inner and following.bounded:
        return Role.CONDITION
    if one.bounded or not following.bounded or not between.strip():
        return None
    opens = not masked[segment_start(masked, one.start, 0) : one.start].strip()
    return Role.CONDITION if opens and one.quantity.unit in _TEMPERATURE else Role.ASIDE


def _starts(masked: str, one: Found, following: Found) -> bool:
    """Whether a rise or fall to ``following`` begins at ``one``."""
    start = one.quantity.start
    if not _FROM.search(masked, max(0, start - _WINDOW), start):
        return False
    return following.wording is not None and following.wording.manner is not Manner.BOUND
