"""``compare``: two sets of weights on pairs that neither was fitted on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from matchmaker.domain.levels import Level
from matchmaker.matching.calibration import level_of, probability_of_fair
from matchmaker.matching.fitting.labelled import Labelled
from matchmaker.matching.fitting.table import Floats, Layout, Table
from matchmaker.matching.weights import Weights
from search_index.measures import ndcg

RESAMPLES = 2000
LEAST = 1e-3
"""Differences below this are rounding."""

_CLIP = 1e-6


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure under the old and the new weights.

    ``low`` and ``high`` bound ``new - old`` with a probability of 95 %; ``rising`` says that more
    is better.
    """

    name: str
    old: float
    new: float
    low: float
    high: float
    rising: bool

    @property
    def gain(self) -> float:
        """By how much the new weights are better; below 0 they are worse."""
        return (self.new - self.old) * (1 if self.rising else -1)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Old and new weights on ``pairs`` judged pairs of ``demands`` demands."""

    demands: int
    pairs: int
    figures: tuple[Figure, ...]

    @property
    def not_worse(self) -> bool:
        """Whether no figure got worse and one got better, beyond rounding."""
        gains = [figure.gain for figure in self.figures]
        return min(gains, default=0.0) >= -LEAST and max(gains, default=0.0) > LEAST

    def figure(self, name: str) -> Figure:
        """Return the figure called ``name``; raises KeyError if there is none."""
        return {held.name: held for held in self.figures}[name]


def compare(old: Weights, new: Weights, held_out: Sequence[Labelled]) -> Comparison:
    """Return how ``old`` and ``new`` fare on ``held_out``.

    Figures are ``ndcg@10`` over the judged entries of a demand, ``grade_error`` (mean absolute
    difference of level and grade) and ``log_loss`` (of being fair or better, in nats). Each is
    the mean over demands of the demand's own; the interval of the difference comes from a paired
    bootstrap over demands (Efron and Tibshirani 1993, percentiles), always with the same seed.
    """
    by_demand = _by_demand(held_out)
    pairs = [by_demand[name] for name in sorted(by_demand)]
    before, after = (_measured(weights, pairs) for weights in (old, new))
    figures = [
        _figure(name, before[:, column], after[:, column], rising=rising)
        for column, (name, _, rising) in enumerate(_MEASURES)
        if pairs
    ]
    return Comparison(len(pairs), len(held_out), tuple(figures))


def _by_demand(pairs: Sequence[Labelled]) -> Mapping[str, list[Labelled]]:
    found: dict[str, list[Labelled]] = {}
    for pair in sorted(pairs, key=lambda pair: (pair.demand, pair.other)):
        found.setdefault(pair.demand, []).append(pair)
    return found


def _measured(weights: Weights, demands: Sequence[Sequence[Labelled]]) -> Floats:
    """Return every measure of every demand, float64 [demands, measures]."""
    layout = Layout.of(weights)
    vector = layout.vector(weights)
    rows = []
    for pairs in demands:
        scores = np.clip(Table.of(layout, pairs).scores(vector), 0.0, 1.0)
        rows.append([measure(weights, pairs, scores) for _, measure, _ in _MEASURES])
    return np.array(rows, np.float64).reshape(len(rows), len(_MEASURES))


def _ndcg(weights: Weights, pairs: Sequence[Labelled], scores: Floats) -> float:
    order = sorted(range(len(pairs)), key=lambda row: (-scores[row], pairs[row].other))
    grades = {pair.other: pair.grade for pair in pairs}
    return ndcg([pairs[row].other for row in order], grades)


def _grade_error(weights: Weights, pairs: Sequence[Labelled], scores: Floats) -> float:
    levels = [level_of(weights, score).rank for score in scores]
    off = [abs(level - pair.grade) for level, pair in zip(levels, pairs, strict=True)]
    return sum(off) / len(off)


def _log_loss(weights: Weights, pairs: Sequence[Labelled], scores: Floats) -> float:
    losses = []
    for pair, score in zip(pairs, scores, strict=True):
        chance = min(max(probability_of_fair(weights, float(score)), _CLIP), 1 - _CLIP)
        losses.append(-log(chance if pair.grade >= Level.FAIR.rank else 1 - chance))
    return sum(losses) / len(losses)


_Measure = Callable[[Weights, Sequence[Labelled], Floats], float]
_MEASURES: tuple[tuple[str, _Measure, bool], ...] = (
    ("ndcg@10", _ndcg, True),
    ("grade_error", _grade_error, False),
    ("log_loss", _log_loss, False),
)


def _figure(name: str, old: Floats, new: Floats, *, rising: bool) -> Figure:
    chance = np.random.default_rng(0)
    picks = chance.integers(0, len(old), (RESAMPLES, len(old)))
    low, high = np.percentile((new - old)[picks].mean(axis=1), [2.5, 97.5])
    before, after, least, most = (
        round(float(value), 6) for value in (old.mean(), new.mean(), low, high)
    )
    return Figure(name, before, after, least, most, rising)
