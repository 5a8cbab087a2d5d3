"""Find and check the weights of matching on the seed's expected matches.

``python benchmarks/fit_weights.py [--expected FILE ...]`` prints, for demands held out in turn,
how the weights in ``weights.json`` and the best found on the other demands fare. It writes
nothing: what ships is chosen by a person, rounded, and put into the file with a new version.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import exp, log
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from matchmaker.matching.assessment import Assessment
from matchmaker.matching.context import Context
from matchmaker.matching.fusion import fuse
from matchmaker.matching.matcher import Matcher
from matchmaker.matching.sides import LINE, Reading, Side
from matchmaker.matching.signals.registry import TEXT_NAMES
from matchmaker.matching.synonyms import Synonyms
from matchmaker.matching.trees import Tree
from matchmaker.matching.weights import Weights, bundled_weights
from search_index.analysis import Analyser
from search_index.embedders.hashing import HashingEmbedder

SEED = Path(__file__).parent.parent / "seed_data"
TODAY = date(2026, 11, 23)
KINDS = ("achievement", "demand", "project", "expert")
TEXTS = ("key_technology", "clauses", "existing_basis", "benefits", "applications")
GRID = (0.0, 0.5, 1.0, 2.0, 3.0, 4.0)
FOLDS = 3
FIRST = 5


@dataclass(frozen=True)
class Pair:
    """A demand with another entry: what the signals read, and whether the pair is expected."""

    demand: str
    other: str
    kind: str
    readings: tuple[Reading, ...]
    expected: bool


@dataclass(frozen=True)
class Figures:
    """How weights fare on some demands."""

    recall: float
    separation: float
    highest_without: float

    def __str__(self) -> str:
        return (
            f"recall@{FIRST} {self.recall:.3f}  separation {self.separation:.4f}  "
            f"highest score where nothing fits {self.highest_without:.2f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--expected", type=Path, nargs="+", default=[SEED / "expected_matches.csv"])
    options = parser.parse_args()
    expected = read_expected(options.expected)
    pairs = read_pairs(expected)
    weights = bundled_weights()
    print(f"{len(expected)} demands, {sum(map(len, expected.values()))} expected pairs")
    print(f"weights.json        {figures(weights, pairs)}")
    for name in TEXT_NAMES:
        print(f"  without {name:10}{figures(with_text(weights, name, 0.0), pairs)}")
    print_folds(weights, pairs)
    print_levels(weights, pairs)


def read_expected(files: Iterable[Path]) -> dict[str, set[str]]:
    expected: dict[str, set[str]] = {}
    for file in files:
        with file.open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                held = expected.setdefault(row["demand"], set())
                held.update([row["entry"]] if row["entry"] else [])
    return expected


def read_pairs(expected: Mapping[str, set[str]]) -> list[Pair]:
    sides = {side.code: side for kind in KINDS for side in read_sides(kind)}
    others = [side for side in sides.values() if side.kind != "demand"]
    matcher = Matcher(read_context())
    return [
        Pair(code, held.other, held.kind, held.readings, held.other in fitting)
        for code, fitting in sorted(expected.items())
        for held in ranked(matcher, sides[code], others)
    ]


def ranked(matcher: Matcher, demand: Side, others: Sequence[Side]) -> list[Assessment]:
    return matcher.rank(demand, others)


def read_context() -> Context:
    folder = SEED / "taxonomies"
    words = (folder / "domain_words.txt").read_text(encoding="utf-8").splitlines()
    with (folder / "synonyms.csv").open(encoding="utf-8") as lines:
        synonyms = Synonyms.from_rows(list(csv.reader(lines))[1:])
    return Context(
        embedder=HashingEmbedder(),
        analyser=Analyser(word for word in words if not word.startswith("#")),
        today=TODAY,
        synonyms=synonyms,
        fields=read_tree(folder / "fields.csv"),
        industries=read_tree(folder / "industries.csv"),
    )


def read_tree(file: Path) -> Tree:
    with file.open(encoding="utf-8") as lines:
        return Tree({row["code"]: row["parent"] for row in csv.DictReader(lines)})


def read_sides(kind: str) -> Iterator[Side]:
    for file in sorted((SEED / f"{kind}s").glob("*.yaml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8")) or []:
            yield side_of(entry, kind)


def side_of(entry: Mapping[str, Any], kind: str) -> Side:
    return Side(
        code=entry["key"],
        kind=kind,
        language=entry.get("language", "zh"),
        title=entry["title"],
        summary=entry.get("summary", ""),
        body=entry.get("body", ""),
        keywords=tuple(entry.get("keywords", ())),
        extras=extras_of(entry),
        fields=tuple(entry.get("fields", ())),
        industries=tuple(entry.get("industries", ())),
        region=entry.get("region", ""),
        stage=entry.get("stage", ""),
        trl=entry.get("trl"),
        demand_type=entry.get("demand_type", ""),
        transfer_modes=tuple(entry.get("transfer_modes", entry.get("solution_modes", ()))),
        price_fen=fen(entry.get("price_yuan")),
        price_negotiable=entry.get("price_negotiable", False),
        budget_min_fen=fen(entry.get("budget_min_yuan")),
        budget_max_fen=fen(entry.get("budget_max_yuan")),
        deadline=entry.get("deadline"),
        confirmed_on=entry.get("confirmed_on"),
        availability=entry.get("availability", ""),
    )


def fen(yuan: float | None) -> int | None:
    return None if yuan is None else round(yuan * 100)


def extras_of(entry: Mapping[str, Any]) -> dict[str, str]:
    extras = {name: lines(entry[name]) for name in TEXTS if entry.get(name)}
    for name in ("evidence", "milestones"):
        if entry.get(name):
            extras[name] = LINE.join(row["text"] for row in entry[name])
    for language, texts in (entry.get("translations") or {}).items():
        extras |= {f"{name}.{language}": lines(text) for name, text in texts.items() if text}
    return extras


def lines(value: str | Sequence[str]) -> str:
    return value if isinstance(value, str) else LINE.join(value)


def figures(weights: Weights, pairs: Sequence[Pair]) -> Figures:
    """Return recall over demands, the area under the ROC curve, and the worst false alarm."""
    scored = [(fuse(weights, pair.kind, pair.readings).score, pair) for pair in pairs]
    without = {pair.demand for pair in pairs} - {pair.demand for pair in pairs if pair.expected}
    alarms = [score for score, pair in scored if pair.demand in without]
    return Figures(recall(scored), separation(scored), max(alarms, default=0.0))


def recall(scored: Sequence[tuple[float, Pair]]) -> float:
    found = total = 0
    for demand in {pair.demand for _, pair in scored}:
        own = [(score, pair) for score, pair in scored if pair.demand == demand]
        own.sort(key=lambda held: (-held[0], held[1].other))
        found += sum(pair.expected for _, pair in own[:FIRST])
        total += sum(pair.expected for _, pair in own)
    return found / total if total else 1.0


def separation(scored: Sequence[tuple[float, Pair]]) -> float:
    """Return the probability that an expected pair scores above another one (Hanley 1982)."""
    fitting = np.array([score for score, pair in scored if pair.expected])
    others = np.sort([score for score, pair in scored if not pair.expected])
    if not (len(fitting) and len(others)):
        return 1.0
    below = np.searchsorted(others, fitting, "left") + np.searchsorted(others, fitting, "right")
    return float(below.mean() / 2 / len(others))


def with_text(weights: Weights, name: str, value: float) -> Weights:
    return replace(weights, text={**weights.text, name: value})


def print_folds(weights: Weights, pairs: Sequence[Pair]) -> None:
    """Fit on two thirds of the demands and look at the last third, each in turn."""
    demands = sorted({pair.demand for pair in pairs})
    for fold in range(FOLDS):
        held_out = set(demands[fold::FOLDS])
        train = [pair for pair in pairs if pair.demand not in held_out]
        test = [pair for pair in pairs if pair.demand in held_out]
        best = fitted(weights, train)
        print(f"fold {fold + 1}, weights.json  {figures(weights, test)}")
        print(f"fold {fold + 1}, fitted        {figures(best, test)}")
        print(f"        {json.dumps(dict(best.text))}")


def fitted(weights: Weights, pairs: Sequence[Pair]) -> Weights:
    """Change one text weight after the other to the grid's best, until nothing gets better."""
    best, reached = weights, quality(weights, pairs)
    for _ in range(2):
        for name in TEXT_NAMES:
            for value in GRID:
                tried = with_text(best, name, value)
                if any(tried.text.values()) and (got := quality(tried, pairs)) > reached:
                    best, reached = tried, got
    return best


def quality(weights: Weights, pairs: Sequence[Pair]) -> float:
    held = figures(weights, pairs)
    return held.recall + held.separation


def print_levels(weights: Weights, pairs: Sequence[Pair]) -> None:
    """Print where scores lie, and the curve of probability over each demand's first ten."""
    scored = [(fuse(weights, pair.kind, pair.readings).score, pair) for pair in pairs]
    for label, expected in (("expected", True), ("others", False)):
        scores = [score for score, pair in scored if pair.expected is expected]
        print(f"{label:10}", np.round(np.quantile(scores, [0, 0.05, 0.25, 0.5, 0.95, 1]), 3))
    for level, least in weights.levels.items():
        reached = [pair.expected for score, pair in scored if score >= least]
        print(f"{level:10}from {least}: {len(reached)} pairs, {sum(reached)} of them expected")
    middle, width = logistic(first_ten(scored))
    print(f"probability: middle {middle:.3f}, width {width:.3f}")


def first_ten(scored: Sequence[tuple[float, Pair]]) -> list[tuple[float, bool]]:
    kept = []
    for demand in {pair.demand for _, pair in scored}:
        own = [(score, pair.expected) for score, pair in scored if pair.demand == demand]
        kept += sorted(own, reverse=True)[:10]
    return kept


def logistic(labelled: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """Return middle and width of the logistic curve of greatest likelihood, from a grid."""

    def loss(middle: float, width: float) -> float:
        chances = [(1 / (1 + exp((middle - score) / width)), held) for score, held in labelled]
        return -sum(log(chance if held else 1 - chance) for chance, held in chances)

    grid = [(middle / 50, width / 100) for middle in range(5, 40) for width in range(2, 21)]
    return min(grid, key=lambda held: loss(*held))


if __name__ == "__main__":
    main()
