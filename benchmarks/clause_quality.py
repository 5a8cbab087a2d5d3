"""How well clauses are read and judged, on the labelled sentences of tests/relevance/clauses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from matchmaker.matching.clauses.model import Clause
from matchmaker.matching.clauses.reading import read_clauses

LABELS = Path(__file__).resolve().parent.parent / "tests" / "relevance" / "clauses"

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
