"""Measures the clinic's rules on labelled demands: kind, and which elements are present.

Usage: python -m benchmarks.clinic_quality
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matchmaker.matching.clinic.examining import examine
from matchmaker.matching.clinic.model import Examination, Typed

LABELS = Path(__file__).parent.parent / "tests" / "relevance" / "clinic" / "demands.tsv"
#: Each third demand is held out: no rule was changed for it.
_HELD_OUT = 3


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with the kind and the elements that a reader found in it."""

    text: str
    kind: str
    elements: frozenset[str]


def labelled(*, held_out: bool) -> list[Labelled]:
    """The labelled demands that are held out, or those that are not."""
    with LABELS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Labelled(row["text"], row["kind"], frozenset(row["elements"].split()))
        for number, row in enumerate(rows, 1)
        if (number % _HELD_OUT == 0) == held_out
    ]


def measure(*, held_out: bool = True) -> dict[str, float]:
    """Accuracy of the kind, and precision and recall of the elements over all texts."""
    return _figures([(held, _examined(held)) for held in labelled(held_out=held_out)])


def _examined(held: Labelled) -> Examination:
    return examine(Typed("demand", {"body": held.text}))


def stated(examination: Examination) -> frozenset[str]:
    """The elements that the rules found."""
    return frozenset(str(part.element) for part in examination.parts if part.stated)


def _figures(pairs: Sequence[tuple[Labelled, Examination]]) -> dict[str, float]:
    right = sum(found.kind is not None and found.kind.clarity == held.kind for held, found in pairs)
    both = sum(len(held.elements & stated(found)) for held, found in pairs)
    found_in_all = sum(len(stated(found)) for _, found in pairs)
    labels = sum(len(held.elements) for held, _ in pairs)
    return {
        "texts": len(pairs),
        "kind_accuracy": round(right / len(pairs), 3),
        "element_precision": round(both / found_in_all, 3),
        "element_recall": round(both / labels, 3),
    }


if __name__ == "__main__":
    figures = {"tuned_on": measure(held_out=False), "held_out": measure()}
    print(json.dumps(figures, indent=2))
