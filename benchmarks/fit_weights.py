"""Fits the weights of matching to judged pairs: `python -m benchmarks.fit_weights FOLDER`.

Prints the weights that the folder's pairs suggest, starting from those in force, and how levels
fare on demands held out in turn. It writes nothing: what ships is rounded by a person and put into
``matching/weights.json`` with a new version.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean

from benchmarks.learning_curve import readings
from matchmaker.matching.calibration import level_of
from matchmaker.matching.fitting import Labelled, fit
from matchmaker.matching.fusion import fuse
from matchmaker.matching.sides import Reading
from matchmaker.matching.weights import Weights, bundled_weights

FOLDS = 6


def held_out_score(weights: Weights, pairs: Sequence[Labelled]) -> float:
    """Return 1 / (1 + mean error of the level) with each sixth of the demands held out in turn."""
    order = {demand: place for place, demand in enumerate(sorted({pair.demand for pair in pairs}))}
    errors: list[float] = []
    for fold in range(FOLDS):
        known = [pair for pair in pairs if order[pair.demand] % FOLDS != fold]
        found = fit(weights, known)
        errors += [_error(found, pair) for pair in pairs if order[pair.demand] % FOLDS == fold]
    return round(1 / (1 + fmean(errors)), 4)


def _error(weights: Weights, pair: Labelled) -> float:
    readings = [Reading(name, value) for name, value in pair.values.items()]
    score = fuse(weights, pair.kind, readings).score
    return abs(level_of(weights, score).rank - pair.grade)


def main() -> None:
    """Fit on all pairs, then measure on pairs of demands that the fit has not seen."""
    pairs = readings(Path(sys.argv[1]))
    current = bundled_weights()
    found = asdict(fit(current, pairs))
    del found["floors"]
    print(json.dumps({**found, "held out": held_out_score(current, pairs)}, indent=2))


if __name__ == "__main__":
    main()
