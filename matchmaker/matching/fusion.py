"""From the readings of a pair to one score, and back to what each reading gave to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matchmaker.matching.sides import Reading
from matchmaker.matching.weights import Weights


@dataclass(frozen=True, slots=True)
class Fused:
    """A score in [0, 1] with what it is made of.

    ``agreement`` is how far the two texts agree, in [0, 1]. ``shares`` say what each known signal
    gave to the score: they add up to it; a fit signal below one half gives less than nothing.
    """

    score: float
    agreement: float
    shares: Mapping[str, float]


def known_values(readings: Iterable[Reading]) -> dict[str, float]:
    """Return the value of each signal that could tell."""
    return {reading.signal: reading.value for reading in readings if reading.value is not None}


def fuse(weights: Weights, kind: str, readings: Iterable[Reading]) -> Fused:
    """Return the score of a demand with another side of ``kind``; see ``fuse_values``."""
    return fuse_values(weights, kind, known_values(readings))


def fuse_values(weights: Weights, kind: str, values: Mapping[str, float]) -> Fused:
    """Return the score that the known signals' ``values`` lead to.

    agreement = Σ w·v / Σ w over the known text signals. Each known fit signal moves it in
    proportion: score = agreement · (1 + Σ w·(v - ½)) / (1 + Σ w/2), where the divisor runs over
    all fit signals of the kind, so that only a full fit of agreeing texts reaches 1. What is not
    known counts as neither good nor bad, and nothing lifts a pair whose texts do not agree.
    """
    told = {name: weight for name, weight in weights.text.items() if name in values}
    total, fit = sum(told.values()), weights.fit_of(kind)
    full = 1 + sum(fit.values()) / 2
    gave = {name: weight * values[name] / total for name, weight in told.items()} if total else {}
    agreement = sum(gave.values())
    shares = {name: part / full for name, part in gave.items()}
    for name, weight in fit.items():
        if name in values:
            shares[name] = agreement * weight * (values[name] - 0.5) / full
    return Fused(min(max(sum(shares.values()), 0.0), 1.0), agreement, shares)
