"""Shares of a count with the interval that small counts leave open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

#: Standard deviations on either side that hold 95 % of a normal distribution.
_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Proportion:
    """How many of a number of cases have a property.

    Attributes:
        hits: cases that have it.
        total: all cases.
    """

    hits: int
    total: int

    @classmethod
    def of(cls, cases: Iterable[bool]) -> Proportion:
        """Count cases that are told one by one."""
        held = list(cases)
        return cls(sum(held), len(held))

    @property
    def share(self) -> float | None:
        """The share in [0, 1]; None where there is no case."""
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval by Wilson (1927), in [0, 1]; None where there is no case.

        Unlike the usual interval around the mean it stays within [0, 1] and is honest for small
        counts and for shares near 0 and 1.
        """
        if not self.total:
            return None
        share, spread = self.hits / self.total, _Z**2 / self.total
        middle = (share + spread / 2) / (1 + spread)
        reach = _Z / (1 + spread) * sqrt(share * (1 - share) / self.total + spread / self.total / 4)
        return max(0.0, middle - reach), min(1.0, middle + reach)
