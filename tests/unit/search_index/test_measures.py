"""The measures against values worked out by hand."""

from __future__ import annotations

from math import log2

import pytest

from search_index.measures import average_precision, ndcg, recall

GRADES = {"a": 3, "b": 2, "c": 1, "d": 0}
IDEAL = 7 / log2(2) + 3 / log2(3) + 1 / log2(4)


def test_a_perfect_order_is_one() -> None:
    assert ndcg(["a", "b", "c", "d"], GRADES) == pytest.approx(1.0)


def test_ndcg_by_hand() -> None:
    reached = 0 / log2(2) + 1 / log2(3) + 7 / log2(4) + 3 / log2(5)
    assert ndcg(["d", "c", "a", "b"], GRADES) == pytest.approx(reached / IDEAL)


def test_unjudged_documents_are_passed_over() -> None:
    assert ndcg(["x", "a", "y", "b", "c"], GRADES) == pytest.approx(1.0)


def test_only_the_first_ten_judged_count() -> None:
    grades = {f"n{n}": 0 for n in range(10)} | {"good": 3}
    assert ndcg([*grades], grades) == 0.0
    assert ndcg(["good", *grades], grades) == pytest.approx(1.0)


def test_nothing_to_gain_is_zero() -> None:
    assert ndcg(["a"], {"a": 0}) == 0.0


def test_average_precision_by_hand() -> None:
    assert average_precision(["d", "a", "x", "c", "b"], GRADES) == pytest.approx(
        (1 / 2 + 2 / 4) / 2
    )


def test_a_relevant_document_never_found_counts_against_average_precision() -> None:
    assert average_precision(["a"], GRADES) == pytest.approx(1 / 2)
    assert average_precision([], {"c": 1}) == 0.0


def test_recall_looks_at_the_whole_ranking_judged_or_not() -> None:
    ranking = ["x"] * 99 + ["a", "b"]
    assert recall(ranking, GRADES) == pytest.approx(0.5)
    assert recall(ranking, GRADES, depth=101) == 1.0
    assert recall(["c"], {"c": 1}) == 0.0
