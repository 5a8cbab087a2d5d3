"""From a quantity and the words around it to a comparator with its bounds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matchmaker.matching.clauses.comparators import Manner, smaller_is_better
from matchmaker.matching.clauses.model import Comparator
from matchmaker.matching.clauses.quantities import Quantity, Shape
from matchmaker.matching.clauses.roles import Found

_FROM = re.compile(r"(?:从|由|自|\bfrom)\s?\Z", re.IGNORECASE)
_MOVES = re.compile(
    r"提高|提升|增加|升|降|减|缩短|延长|raise|increase|improve|reduc|lower|cut|decreas",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """A comparator with ``low`` and ``high`` as a clause holds them."""

    comparator: Comparator
    low: float
    high: float | None = None


def bounds_of(masked: str, found: Found, subject: str, *, wished: bool) -> Bounds:
    """Return how ``found`` is bounded.

    Where it is ``wished``, "达到 95 %" asks for at least that; in an offer it states just that.
    """
    quantity = found.quantity
    if quantity.shape is Shape.DEVIATION:
        return Bounds(Comparator.WITHIN, quantity.low, quantity.high)
    if quantity.shape is Shape.RANGE:
        return _of_range(masked, found, wished=wished)
    return Bounds(_comparator(found, subject, wished=wished), quantity.low)


def _of_range(masked: str, found: Found, *, wished: bool) -> Bounds:
    quantity = found.quantity
    low, high = quantity.low, quantity.high or 0.0
    if quantity.worded and _is_move(masked, quantity):
        if not wished:
            return Bounds(Comparator.EQUAL, high)
        return Bounds(Comparator.AT_LEAST if high >= low else Comparator.AT_MOST, high)
    return Bounds(Comparator.BETWEEN, min(low, high), max(low, high))


def _is_move(masked: str, quantity: Quantity) -> bool:
    """Whether a range is said as a move from what is so to what shall be."""
    if not _FROM.search(masked, max(0, quantity.start - 6), quantity.start):
        return False
    opening = max(0, quantity.start - 60)
    return (
        quantity.unit in {"%", "％"} or _MOVES.search(masked, opening, quantity.start) is not None
    )


def _comparator(found: Found, subject: str, *, wished: bool) -> Comparator:
    if found.trailing:
        return found.trailing.comparator
    if found.wording is None or found.wording.manner is Manner.PLACE:
        return Comparator.EQUAL
    if found.wording.comparator:
        return found.wording.comparator
    quantity = found.quantity
    small = smaller_is_better(subject, quantity.low, quantity.unit)
    if found.wording.manner is Manner.BETTER:
        return Comparator.BELOW if small else Comparator.ABOVE
    if not wished:
        return Comparator.EQUAL
    if found.wording.manner is Manner.TOWARDS_LESS:
        return Comparator.AT_MOST
    if found.wording.manner is Manner.REACH and small:
        return Comparator.AT_MOST
    return Comparator.AT_LEAST
