"""``fit``: new weights from labelled pairs, no further from those in force than they justify."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from matchmaker.matching.fitting.labelled import Labelled
from matchmaker.matching.fitting.levels import probability, thresholds
from matchmaker.matching.fitting.ordinal import Fitted, Start, regress
from matchmaker.matching.fitting.table import Floats, Table, Truths
from matchmaker.matching.weights import Weights

STRENGTHS = (1000.0, 300.0, 100.0, 30.0, 10.0, 3.0, 1.0)
"""How strongly weights may be pulled towards those in force; the first of equals is taken."""

FOLDS = 5
FAIR = 2


def fit(
    current: Weights,
    labelled: Sequence[Labelled],
    *,
    version: str = "",
    found: str = "",
    folds: int = FOLDS,
) -> Weights:
    """Return weights fitted on ``labelled``; always the same for the same pairs, in any order.

    Args:
        current: the weights in force, towards which everything is shrunk.
        labelled: judged pairs; readings of signals that ``current`` does not name are left out.
        version: that of the result; empty: made from the version of ``current``.
        found: how it was found, in a sentence; empty: how many pairs there were.
        folds: parts into which the demands are cut to choose the strength of shrinking.

    Returns:
        Weights that hold together; ``current`` under another name where there are no pairs.
    """
    pairs = sorted(labelled, key=lambda pair: (pair.demand, pair.other, pair.grade))
    named = replace(
        current,
        version=version or f"{current.version}+{len(pairs)}",
        found=found or _found(current, pairs),
    )
    if not pairs:
        return named
    start = Start.of(current)
    table = Table.of(start.layout, pairs)
    best = regress(start, table, strength(start, table, folds))
    return _weights(named, start, table, best)


def strength(start: Start, table: Table, folds: int) -> float:
    """Return the strength of shrinking with the least loss on demands left out in turn.

    With fewer than two demands nothing can be left out: then it is the greatest.
    """
    folds = min(folds, int(table.demands.max()) + 1)
    if folds < 2:
        return STRENGTHS[0]
    losses = sum(_losses(start, table, table.demands % folds == fold) for fold in range(folds))
    return STRENGTHS[int(np.argmin(losses))]


def _losses(start: Start, table: Table, out: Truths) -> Floats:
    """Return the loss on the rows held out under each strength, float64 [strengths]."""
    train, test = table.rows(~out), table.rows(out)
    best: Fitted | None = None
    losses = []
    for price in STRENGTHS:
        best = regress(start, train, price, best)
        losses.append(best.loss(test))
    return np.round(losses, 6)


def _weights(named: Weights, start: Start, table: Table, best: Fitted) -> Weights:
    vector = np.round(best.weights, 4)
    scores = np.clip(table.scores(vector), 0.0, 1.0)
    middle, width = probability(named, scores, table.grades >= FAIR)
    return replace(
        named,
        text=start.layout.text_of(vector),
        fit={**named.fit, **start.layout.fit_of(vector)},
        levels=thresholds(named, scores, table.grades),
        middle=middle,
        width=width,
    )


def _found(current: Weights, pairs: Sequence[Labelled]) -> str:
    demands = len({pair.demand for pair in pairs})
    return f"{len(pairs)} judged pairs of {demands} demands, starting from {current.version}"
