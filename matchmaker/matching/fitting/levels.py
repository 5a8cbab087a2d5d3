"""Thresholds of the levels and the curve of probability, for scores that are given."""

from __future__ import annotations

import numpy as np

from matchmaker.domain.levels import Level
from matchmaker.matching.fitting.table import Floats, Integers, Truths
from matchmaker.matching.weights import Weights

RISING = (Level.WEAK, Level.FAIR, Level.STRONG)

PULL = 40.0
"""Pairs that a threshold must put right for each whole point of score that it moves by."""

GAP = 0.01
"""The least distance between two thresholds."""


def thresholds(current: Weights, scores: Floats, grades: Integers) -> dict[Level, float]:
    """Return the least score of each level, for the smallest sum of absolute errors in grade.

    The absolute error of a level is the number of thresholds that stand on the wrong side of a
    pair, so each threshold is found alone: the wrong pairs it leaves, plus ``PULL`` · the way it
    moves, which keeps it in place where few pairs speak.
    """
    found, least = {}, 0.0
    for level in RISING:
        best = _threshold(scores, grades >= level.rank, current.levels[level])
        least = max(round(best, 4), least + GAP)
        found[level] = least
    return _below_one(found)


def probability(current: Weights, scores: Floats, fair: Truths) -> tuple[float, float]:
    """Return middle and width of the logistic curve of being fair or better over the score.

    Logistic regression (Platt 1999) with a ridge towards the curve in force, worth a few pairs.
    """
    from scipy.optimize import minimize

    wanted = np.asarray(fair, np.float64)
    centre = np.array([current.middle, np.log(current.width)])

    def objective(point: Floats) -> tuple[float, Floats]:
        width = np.exp(point[1])
        steps = np.clip((scores - point[0]) / width, -50, 50)
        miss = 1 / (1 + np.exp(-steps)) - wanted
        off = (point - centre) * _HOLD
        loss = float(np.logaddexp(0, steps).sum() - wanted @ steps + 0.5 * off @ off)
        return loss, np.array([-miss.sum() / width, -float(miss @ steps)]) + off * _HOLD

    bounds = [(0.0, 1.0), (np.log(0.005), np.log(1.0))]
    found = minimize(objective, centre, jac=True, method="L-BFGS-B", bounds=bounds)
    return round(float(found.x[0]), 4), round(float(np.exp(found.x[1])), 4)


_HOLD = np.array([10.0, 1.0])  # a tenth of score, or a width by the factor e, pays half a unit


def _threshold(scores: Floats, reached: Truths, now: float) -> float:
    """Return where to cut: between two neighbouring scores, or where it is cut now."""
    order = np.argsort(scores, kind="stable")
    held = scores[order]
    missed = np.concatenate([[0], np.cumsum(reached[order])])  # reached it, stand below the cut
    falsely = np.concatenate([np.cumsum(~reached[order][::-1])[::-1], [0]])
    middles = np.concatenate([[0.0], (held[1:] + held[:-1]) / 2, [1.0]]) if len(held) else [now]
    cuts = np.append(np.asarray(middles, np.float64), now)
    places = np.searchsorted(held, cuts, side="left")
    costs = missed[places] + falsely[places] + PULL * np.abs(cuts - now)
    return float(cuts[_best(costs)])


def _best(costs: Floats) -> int:
    """Return the place of the lowest cost, the last of equals: that of the threshold in force."""
    return len(costs) - 1 - int(np.argmin(np.round(costs[::-1], 9)))


def _below_one(found: dict[Level, float]) -> dict[Level, float]:
    """Push thresholds down from 1, should they have been driven against it."""
    most = 1.0
    for level in reversed(RISING):
        found[level] = round(min(found[level], most), 4)
        most = found[level] - GAP
    return found
