"""The four levels of a match, as transfer staff use them."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """How well the two sides of a match fit: 强相关, 较强相关, 弱相关, 无相关."""

    STRONG = "strong"
    FAIR = "fair"
    WEAK = "weak"
    NONE = "none"

    @property
    def rank(self) -> int:
        """3 for strong down to 0 for none, the grades of labelled pairs."""
        return _RANKS[self]

    def reaches(self, other: Level) -> bool:
        """Whether this level is at least `other`."""
        return self.rank >= other.rank


_RANKS = {Level.STRONG: 3, Level.FAIR: 2, Level.WEAK: 1, Level.NONE: 0}
