"""From a score to a level, and to the probability that transfer staff would call it fair."""

from __future__ import annotations

from math import exp

from matchmaker.domain.levels import Level
from matchmaker.matching.weights import Weights


def level_of(weights: Weights, score: float) -> Level:
    """Return the highest level whose least score is reached."""
    reached = (level for level, least in _downwards(weights) if score >= least)
    return next(reached, Level.NONE)


def probability_of_fair(weights: Weights, score: float) -> float:
    """Return the probability of fair or better: a logistic curve (Platt 1999) over the score."""
    steps = (score - weights.middle) / weights.width
    return 1 / (1 + exp(-min(max(steps, -50.0), 50.0)))


def _downwards(weights: Weights) -> list[tuple[Level, float]]:
    return sorted(weights.levels.items(), key=lambda item: -item[1])
