"""How well clauses are read and judged, on the labelled sentences of tests/relevance/clauses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from matchmaker.matching.clauses.judging import judge
from matchmaker.matching.clauses.model import Clause, Outcome
from matchmaker.matching.clauses.reading import read_clauses, read_figures

LABELS = Path(__file__).resolve().parent.parent / "tests" / "relevance" / "clauses"
KINDS = ("requirements", "no_requirements")

Row: TypeAlias = dict[str, Any]
Figures: TypeAlias = dict[str, float]


def rows(*names: str) -> list[Row]:
    """Return the lines of the label files ``names``."""
    return [
        json.loads(line)
        for name in names
        for line in (LABELS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]


def same(read: Clause, label: Row) -> bool:
    """Whether ``read`` is the labelled clause: bounds and unit exactly, spans overlapping."""
    bounds = (str(read.comparator), read.low, read.high, read.unit)
    wanted = (label["comparator"], label["low"], label["high"], label["unit"])
    return bounds == wanted and read.start < label["end"] and label["start"] < read.end


def extraction(sentences: Iterable[Row]) -> Figures:
    """Return counts, precision, recall, F1 and the share of right subjects among those found."""
    given = right = wanted = named = 0
    for sentence in sentences:
        read = read_clauses(sentence["text"])
        pairs = _paired(read, sentence["clauses"])
        given, wanted, right = (
            given + len(read),
            wanted + len(sentence["clauses"]),
            right + len(pairs),
        )
        named += sum(held.subject == label["subject"] for held, label in pairs)
    precision, recall = right / max(given, 1), right / max(wanted, 1)
    return {
        "clauses": wanted,
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(precision + recall, 1e-9),
        "subject_accuracy": named / max(right, 1),
    }


def _paired(read: Sequence[Clause], labels: Sequence[Row]) -> list[tuple[Clause, Row]]:
    """Return each label with the first clause that is the same, none of them twice."""
    left = list(read)
    pairs = []
    for label in labels:
        found = next((held for held in left if same(held, label)), None)
        if found is not None:
            left.remove(found)
            pairs.append((found, label))
    return pairs


def verdict(pair: Row) -> Outcome:
    """Return what comes of the first requirement of a pair, held against its offer."""
    outcome, _ = judge(read_clauses(pair["demand"])[0], read_figures(pair["offer"]))
    return outcome


def verdicts(pairs: Sequence[Row]) -> Figures:
    """Return the count of ``pairs`` and the share that is judged as labelled."""
    right = sum(verdict(pair) == pair["outcome"] for pair in pairs)
    return {"pairs": len(pairs), "verdict_accuracy": right / max(len(pairs), 1)}


def measure() -> dict[str, Figures]:
    """Return the figures on all labels (``whole``) and on those held out (``held_out``)."""
    return {"whole": _measured("", "_held_out"), "held_out": _measured("_held_out")}


def _measured(*endings: str) -> Figures:
    sentences = rows(*(kind + end for kind in KINDS for end in endings))
    figures = {"sentences": len(sentences), **extraction(sentences)}
    return figures | verdicts(rows(*("pairs" + end for end in endings)))


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
