"""The values a clause or a figure allows, and whether one such set implies or excludes another."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matchmaker.matching.clauses.model import Clause, Comparator, Outcome
from matchmaker.matching.clauses.units import Scale

_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``low`` to ``high``; an open end leaves its own value out."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False

    def within(self, other: Interval) -> bool:
        """Whether every value of this interval lies in ``other``."""
        return _not_below(self.low, other.low, other.low_open and not self.low_open) and _not_below(
            -self.high, -other.high, other.high_open and not self.high_open
        )

    def apart(self, other: Interval) -> bool:
        """Whether no value lies in both."""
        return self._ends_before(other) or other._ends_before(self)

    def _ends_before(self, other: Interval) -> bool:
        if _same(self.high, other.low):
            return self.high_open or other.low_open
        return self.high < other.low

    def outcome_for(self, wanted: Interval) -> Outcome:
        """Return what a figure in this interval means for a requirement of ``wanted``."""
        if self.within(wanted):
            return Outcome.MET
        return Outcome.NOT_MET if self.apart(wanted) else Outcome.UNKNOWN


def _same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=_CLOSE, abs_tol=0.0)


def _not_below(value: float, bound: float, strict: bool) -> bool:
    """Whether ``value`` is not below ``bound``, or above it where ``strict``."""
    if _same(value, bound):
        return not strict
    return value > bound


def interval_of(clause: Clause, scale: Scale) -> Interval:
    """Return the values ``clause`` allows in base units; ± around nothing allows the deviation."""
    low = scale.base(clause.low)
    if clause.comparator is Comparator.WITHIN:
        deviation = (clause.high or 0.0) * scale.factor
        return Interval(low - deviation, low + deviation)
    if clause.comparator is Comparator.BETWEEN:
        return Interval(low, scale.base(clause.high or 0.0))
    return {
        Comparator.AT_LEAST: Interval(low=low),
        Comparator.ABOVE: Interval(low=low, low_open=True),
        Comparator.AT_MOST: Interval(high=low),
        Comparator.BELOW: Interval(high=low, high_open=True),
        Comparator.EQUAL: Interval(low, low),
    }[clause.comparator]
