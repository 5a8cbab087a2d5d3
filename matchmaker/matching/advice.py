"""What would raise a match's level: each step with the score it would lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matchmaker.domain.levels import Level
from matchmaker.matching.calibration import level_of
from matchmaker.matching.clauses.model import ClauseLine, Outcome
from matchmaker.matching.fusion import fuse_values, known_values
from matchmaker.matching.sides import Param, Reading, Span
from matchmaker.matching.weights import Weights

ROOM = 0.8
"""A known fit signal below this could be better."""


@dataclass(frozen=True, slots=True)
class Advice:
    """A step: ``code`` and ``params`` for pages to word, what it rests on, where it would lead.

    ``level`` and ``score`` are those that the pair would reach if this step alone went as well as
    it can; ``None`` where that can't be said. ``span`` quotes the demand or the other side.
    """

    code: str
    params: Mapping[str, Param]
    span: Span | None = None
    score: float | None = None
    level: Level | None = None


# Codes by signal: what to ask for when it is not known, and what to wish for when it is low.
_ASK: Mapping[tuple[str, str], str] = {
    ("maturity", "level_not_stated"): "state_maturity",
    ("price", "price_not_stated"): "state_price",
    ("price", "budget_not_stated"): "state_budget",
    ("modes", "not_stated"): "state_modes",
    ("field", "not_stated"): "state_fields",
    ("freshness", "not_confirmed"): "confirm_entry",
    ("availability", "not_stated"): "state_availability",
}
_WISH: Mapping[str, str] = {
    "maturity": "raise_maturity",
    "price": "lower_price",
    "modes": "offer_wanted_mode",
    "freshness": "confirm_entry",
    "availability": "become_available",
}


def advise(
    weights: Weights, kind: str, readings: Sequence[Reading], score: float
) -> tuple[Advice, ...]:
    """Return the steps that would raise ``score``, the most helpful first."""
    fit = weights.fit_of(kind)
    values = known_values(readings)
    steps = [
        step
        for reading in readings
        if reading.signal in fit and (code := _code(reading))
        for step in [_step(weights, kind, values, reading, code)]
        if step.score is not None and step.score > score
    ]
    return tuple(sorted(steps, key=lambda step: -(step.score or 0.0)))


def _code(reading: Reading) -> str | None:
    if reading.value is None:
        return _ASK.get((reading.signal, reading.note.code))
    return _WISH.get(reading.signal) if reading.value < ROOM else None


def _step(
    weights: Weights, kind: str, values: Mapping[str, float], changed: Reading, code: str
) -> Advice:
    score = fuse_values(weights, kind, {**values, changed.signal: 1.0}).score
    spans = [evidence.other or evidence.demand for evidence in changed.evidence]
    span = spans[0] if spans else None
    return Advice(code, changed.note.params, span, score, level_of(weights, score))


def unanswered_clauses(lines: Sequence[ClauseLine]) -> tuple[Advice, ...]:
    """Return a question for each clause that no figure of the other side decides."""
    return tuple(
        Advice("answer_clause", {}, line.demand)
        for line in lines
        if line.outcome is Outcome.UNKNOWN
    )
