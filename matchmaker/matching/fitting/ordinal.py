"""Proportional-odds regression of grades on the score that weights give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.domain.levels import Level
from matchmaker.matching.fitting.table import Floats, Integers, Layout, Table
from matchmaker.matching.weights import Weights

MOST_FIT = 1.99
"""What fit weights of a kind may be together: 2, see ``Weights``, less what rounding may add."""

_CUTS = 3
_CURVE_BOUNDS = [(-4.0, 8.0), (None, None), (-8.0, 6.0), (-8.0, 6.0)]
_PRECISION = {"ftol": 1e-8, "maxiter": 100}
_LEAST_CHANCE = 1e-12


@dataclass(frozen=True, slots=True)
class Start:
    """Where the regression begins and what it is pulled towards: the weights in force.

    ``weights`` [text + fit] and ``scale`` (a usual weight of the same group: what counts as one
    step away). ``curve`` is log slope, first cut, and the logs of the two gaps to the next cuts.
    """

    layout: Layout
    weights: Floats
    scale: Floats
    curve: Floats

    @classmethod
    def of(cls, current: Weights) -> Start:
        """Return the start that ``current`` stands for."""
        layout = Layout.of(current)
        vector = layout.vector(current)
        return cls(layout, vector, _scale(layout, vector), _curve(current))


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights [text + fit] and ``curve`` as in ``Start``."""

    weights: Floats
    curve: Floats

    def loss(self, table: Table) -> float:
        """Return the negative log-likelihood of the grades of ``table``, summed."""
        chances, _ = _chances(table.scores(self.weights), self.curve, table.grades)
        return -float(np.log(chances).sum())


def regress(start: Start, table: Table, strength: float, begin: Fitted | None = None) -> Fitted:
    """Return the weights of greatest penalised likelihood.

    P(grade ≥ k) = σ(slope · score − cut_k) for k = 1, 2, 3 (cumulative logit with proportional
    odds, McCullagh 1980), where the score is that of ``fusion.fuse``. Weights are 0 or more and
    pay ``strength`` · (difference from those in force, in steps)² (a ridge, Hoerl and Kennard
    1970); slope and cuts pay a single such unit, which holds them where a grade never occurs.
    L-BFGS-B (Byrd et al. 1995) from ``begin``, else from the weights in force: always the same.
    """
    from scipy.optimize import minimize

    held = begin or Fitted(start.weights, start.curve)
    size = len(start.weights)
    unit = np.concatenate([start.scale, np.ones(_CUTS + 1)])
    centre = np.concatenate([start.weights, start.curve]) / unit
    price = np.concatenate([np.full(size, strength), np.ones(_CUTS + 1)])

    def objective(steps: Floats) -> tuple[float, Floats]:
        point = steps * unit
        scores, slopes = table.scored(point[:size])
        loss, by_score, by_curve = _curve_loss(scores, point[size:], table)
        off = steps - centre
        gradient = np.concatenate([by_score @ slopes, by_curve]) * unit
        return loss + float(price @ off**2), gradient + 2 * price * off

    begun = np.concatenate([held.weights, held.curve]) / unit
    bounds = [*_bounds(centre[:size], table), *_CURVE_BOUNDS]
    found = minimize(
        objective, begun, jac=True, method="L-BFGS-B", bounds=bounds, options=_PRECISION
    ).x
    return Fitted(_settled(start, found[:size] * start.scale), found[size:])


def _bounds(centre: Floats, table: Table) -> list[tuple[float, float | None]]:
    """Weights are 0 or more; those whose signal told nothing of these pairs stay as they are."""
    told = np.concatenate([table.told.any(axis=0), table.fitting.any(axis=0)])
    return [(0.0, None) if any_ else (at, at) for any_, at in zip(told, centre, strict=True)]


def _scale(layout: Layout, vector: Floats) -> Floats:
    groups = ["" for _ in layout.text] + [kind for kind, _ in layout.fit]
    usual = {
        group: vector[[held == group for held in groups]].mean() or 1.0 for group in set(groups)
    }
    return np.array([usual[group] for group in groups])


def _curve(current: Weights) -> Floats:
    slope = 1 / current.width
    weak, fair, strong = (current.levels[level] for level in (Level.WEAK, Level.FAIR, Level.STRONG))
    gaps = np.log([slope * (fair - weak), slope * (strong - fair)])
    return np.array([np.log(slope), slope * weak, *gaps])


def _settled(start: Start, weights: Floats) -> Floats:
    """Bring text weights to the sum they had, which no score notices, and fit weights to 2."""
    text = len(start.layout.text)
    settled = weights.copy()
    settled[:text] *= start.weights[:text].sum() / max(weights[:text].sum(), _LEAST_CHANCE)
    kinds = np.array([kind for kind, _ in start.layout.fit])
    for kind in set(kinds):
        held = np.flatnonzero(kinds == kind) + text
        settled[held] /= max(settled[held].sum() / MOST_FIT, 1.0)
    return settled


def _curve_loss(scores: Floats, curve: Floats, table: Table) -> tuple[float, Floats, Floats]:
    """Return the negative log-likelihood, its derivative by each score, and by the curve."""
    chance, reached = _chances(scores, curve, table.grades)
    slope, gaps = np.exp(curve[0]), np.exp(curve[2:])
    rows, grades = np.arange(len(scores)), table.grades
    bend = np.pad(reached * (1 - reached), ((0, 0), (1, 1)))
    by_step = np.zeros_like(bend)
    by_step[rows, grades] -= bend[rows, grades] / chance
    by_step[rows, grades + 1] += bend[rows, grades + 1] / chance
    inner = by_step[:, 1:-1]
    by_score, by_cut = slope * inner.sum(axis=1), -inner.sum(axis=0)
    by_gaps = gaps * np.array([by_cut[1] + by_cut[2], by_cut[2]])
    by_curve = np.array([float(by_score @ scores), by_cut.sum(), *by_gaps])
    return -float(np.log(chance).sum()), by_score, by_curve


def _chances(scores: Floats, curve: Floats, grades: Integers) -> tuple[Floats, Floats]:
    """Return the probability of each pair's grade, and those of reaching 1, 2 and 3."""
    cuts = curve[1] + np.concatenate([[0.0], np.cumsum(np.exp(curve[2:]))])
    steps = np.exp(curve[0]) * scores[:, None] - cuts
    reached = 0.5 * (1 + np.tanh(steps / 2))  # the logistic function, which never overflows
    padded = np.pad(reached, ((0, 0), (1, 1)), constant_values=((0, 0), (1, 0)))
    rows = np.arange(len(scores))
    return np.maximum(padded[rows, grades] - padded[rows, grades + 1], _LEAST_CHANCE), reached
