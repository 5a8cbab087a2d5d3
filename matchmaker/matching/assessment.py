"""The result of comparing a demand with one other side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matchmaker.domain.levels import Level
from matchmaker.matching.advice import Advice
from matchmaker.matching.clauses.model import ClauseLine
from matchmaker.matching.sides import Evidence, Note, Reading


@dataclass(frozen=True, slots=True)
class Assessment:
    """What matching says of a pair, and all that an explanation of it needs.

    ``demand`` and ``other`` are public codes, ``kind`` is the kind of the other side. ``score``,
    ``agreement`` and ``probability`` (of being fair or better) lie in [0, 1]; ``shares`` say what
    each known signal gave to the score and add up to it. ``clauses`` holds the demand's
    clauses with what came of each; none for an expert.
    """

    demand: str
    other: str
    kind: str
    score: float
    level: Level
    probability: float
    agreement: float
    shares: Mapping[str, float]
    readings: tuple[Reading, ...]
    advice: tuple[Advice, ...]
    model_version: str
    clauses: tuple[ClauseLine, ...] = ()

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """All quoted spans, in the order of the signals."""
        return tuple(held for reading in self.readings for held in reading.evidence)

    @property
    def unknowns(self) -> Mapping[str, Note]:
        """The signals that could not tell, with the reason."""
        return {held.signal: held.note for held in self.readings if not held.known}

    def reading(self, signal: str) -> Reading | None:
        """Return what ``signal`` said, ``None`` if it was not asked."""
        return next((held for held in self.readings if held.signal == signal), None)
