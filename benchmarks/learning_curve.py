"""What verdicts are worth: the ranking of unseen demands while a broker works through others.

``python -m benchmarks.learning_curve FOLDER [--out FILE.json] [--chart FILE.svg]`` reads a
BEIR-layout folder. Half of its demands, drawn anew for each seed, get verdicts by their labels;
after each batch weights are fitted, tested and made live or not as the nightly job does it, and
the nDCG@10 over the judged documents of the other half is measured.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any, TypeAlias

import numpy as np

from benchmarks.learning_chart import chart
from matchmaker.bootstrap import Container
from matchmaker.config import Settings
from matchmaker.domain.calendar import today
from matchmaker.domain.learning import level_taught
from matchmaker.matching.calibration import level_of
from matchmaker.matching.evaluation import side_of
from matchmaker.matching.fitting import Labelled, compare, fit
from matchmaker.matching.fitting.table import Layout, Table
from matchmaker.matching.weights import Weights, bundled_weights
from matchmaker.services.learning import enough, split
from matchmaker.services.matchers import matcher_for
from search_index.evaluation import read_folder
from search_index.measures import RELEVANT

BATCHES = 8
SEEDS = 5

Pairs: TypeAlias = Sequence[Labelled]

#: Reason that a broker would give for a pair of this grade.
_REASONS = {0: "different_problem", 1: "figures_not_met"}


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, help="figures as JSON")
    parser.add_argument("--chart", type=Path, help="the curve as SVG")
    options = parser.parse_args()
    figures = measure(options.folder)
    text = json.dumps(figures, indent=2, ensure_ascii=False)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")
    if options.chart:
        options.chart.write_text(chart(figures), encoding="utf-8")


def measure(folder: Path, seeds: int = SEEDS, batches: int = BATCHES) -> dict[str, Any]:
    """Return the curves from the bundled weights and from equal ones.

    Each holds ``verdicts`` (how many had been given, averaged over seeds), ``mean`` and ``worst``
    (nDCG@10 at each point, the mean over seeds and that of the seed with the least gain),
    ``gain`` (mean, end less start), ``fall`` (the deepest any seed fell below its start), and
    ``live`` (how many fits went live, averaged).
    """
    pairs = readings(folder)
    bundled = bundled_weights()
    equal = replace(bundled, version="equal", text=dict.fromkeys(bundled.text, 1.0))
    starts = {"bundled": bundled, "equal": equal}
    return {
        "pairs": len(pairs),
        "demands": len({pair.demand for pair in pairs}),
        "seeds": seeds,
        **{name: _curves(weights, pairs, seeds, batches) for name, weights in starts.items()},
    }


def readings(folder: Path) -> list[Labelled]:
    """Return what the matcher reads of each judged pair of a folder, with its grade."""
    judged = read_folder(folder)
    held = Container(Settings())
    matcher = matcher_for(held.taxonomies, held.analyser, held.embedder, today())
    found = []
    for number, texts in judged.queries.items():
        demand = side_of(number, texts, "demand")
        others = [side_of(id_, judged.corpus[id_], "achievement") for id_ in judged.grades[number]]
        for found_pair in matcher.rank(demand, others):
            grade = judged.grades[number][found_pair.other]
            names = number, found_pair.other, found_pair.kind
            found.append(Labelled.of_readings(*names, found_pair.readings, grade))
    return found


def curve(
    start: Weights, taught: Pairs, unseen: Pairs, batches: int
) -> tuple[list[int], list[float], int]:
    """Return verdicts given, nDCG@10 on ``unseen`` at each point from the start, fits gone live.

    ``taught`` are judged in their order.
    """
    live, told, gone_live = start, [0], 0
    ranked = [_ndcg(start, unseen)]
    for number in range(1, batches + 1):
        given = taught[: round(len(taught) * number / batches)]
        train, held_out = split(given)
        new = fit(live, train, version=f"{start.version}+{number}")
        if enough(held_out) and compare(live, new, held_out).not_worse:
            live, gone_live = new, gone_live + 1
        told.append(len(given))
        ranked.append(_ndcg(live, unseen))
    return told, ranked, gone_live


def _curves(start: Weights, pairs: Pairs, seeds: int, batches: int) -> dict[str, Any]:
    runs = []
    for seed in range(seeds):
        order = np.random.default_rng(seed).permutation(sorted({pair.demand for pair in pairs}))
        first, rest = order[: len(order) // 2], set(order[len(order) // 2 :])
        taught = [pair for demand in first for pair in _verdicts(start, pairs, demand)]
        runs.append(curve(start, taught, [pair for pair in pairs if pair.demand in rest], batches))
    ranked = np.array([run[1] for run in runs])
    gains = ranked[:, -1] - ranked[:, 0]
    return {
        "verdicts": [
            round(fmean(points)) for points in zip(*(run[0] for run in runs), strict=True)
        ],
        "mean": _rounded(ranked.mean(axis=0)),
        "worst": _rounded(ranked[gains.argmin()]),
        "gain": round(float(gains.mean()), 4),
        "fall": round(float((ranked[:, :1] - ranked).max()), 4),
        "live": round(fmean(run[2] for run in runs), 1),
    }


def _verdicts(start: Weights, pairs: Pairs, demand: str) -> list[Labelled]:
    """What a broker says of one demand's suggestions, the best first as the desk shows them."""
    own = [pair for pair in pairs if pair.demand == demand]
    layout = Layout.of(start)
    scores = Table.of(layout, own).scores(layout.vector(start))
    order = sorted(range(len(own)), key=lambda row: (-scores[row], own[row].other))
    found = []
    for row in order:
        decision = "approve" if own[row].grade >= RELEVANT else "reject"
        reason = _REASONS.get(own[row].grade, "")
        level = level_taught(decision, reason, level_of(start, float(scores[row])))
        if level is not None:
            found.append(replace(own[row], grade=level.rank))
    return found


def _ndcg(weights: Weights, pairs: Pairs) -> float:
    return compare(weights, weights, pairs).figure("ndcg@10").new


def _rounded(values: Iterable[float]) -> list[float]:
    return [round(float(value), 4) for value in values]


if __name__ == "__main__":
    main()
