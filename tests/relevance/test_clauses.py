"""Clauses are read and judged well on the labelled sentences, also on those held out."""

from __future__ import annotations

import pytest

from benchmarks.clause_quality import KINDS, measure, rows

LEAST_F1 = 0.9
LEAST_VERDICTS = 0.95


def test_the_labels_are_as_many_as_they_should_be() -> None:
    sentences = rows(*KINDS, *(kind + "_held_out" for kind in KINDS))
    assert len(sentences) >= 240
    assert sum(not sentence["clauses"] for sentence in sentences) >= 80
    assert len(rows("pairs", "pairs_held_out")) >= 120


def test_every_label_quotes_its_sentence() -> None:
    for sentence in rows(*KINDS, *(kind + "_held_out" for kind in KINDS)):
        for clause in sentence["clauses"]:
            assert sentence["text"][clause["start"] : clause["end"]] == clause["text"]


@pytest.mark.parametrize("part", ["whole", "held_out"])
def test_clauses_are_read_and_judged_as_labelled(part: str) -> None:
    figures = measure()[part]
    assert figures["f1"] >= LEAST_F1
    assert figures["subject_accuracy"] >= LEAST_F1
    assert figures["verdict_accuracy"] >= LEAST_VERDICTS
