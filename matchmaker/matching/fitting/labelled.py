"""A pair that a person has judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matchmaker.matching.sides import Reading

HIGHEST = 3
"""The grade of a strong pair; fair is 2, weak 1, none 0, as in ``Level.rank``."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """What the signals read of a pair, and how a person graded it.

    ``demand`` and ``other`` name the two sides in any way that tells them apart; ``kind`` is the
    kind of the other side. ``values`` holds the readings in [0, 1] by signal, ``None`` where a
    signal could not tell. ``grade`` runs from 0 for none to 3 for strong.
    """

    demand: str
    other: str
    kind: str
    values: Mapping[str, float | None]
    grade: int

    def __post_init__(self) -> None:
        if not 0 <= self.grade <= HIGHEST:
            raise ValueError(f"a grade lies between 0 and {HIGHEST}, not at {self.grade}")

    @classmethod
    def of_readings(
        cls, demand: str, other: str, kind: str, readings: Iterable[Reading], grade: int
    ) -> Labelled:
        """Return a labelled pair of what ``Assessment.readings`` holds."""
        values = {reading.signal: reading.value for reading in readings}
        return cls(demand, other, kind, values, grade)
