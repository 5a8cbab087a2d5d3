"""Both rankings in one score."""

from __future__ import annotations

import numpy as np
import pytest

from search_index.fusion import best, fused, fused_by_id, scaled


def test_the_best_lexical_score_counts_one() -> None:
    assert scaled(np.array([2.0, 4.0, 0.0])).tolist() == [0.5, 1.0, 0.0]
    assert scaled(np.zeros(2)).tolist() == [0.0, 0.0]


def test_a_cosine_adds_its_share_and_an_unknown_or_negative_one_nothing() -> None:
    scores = fused(np.array([4.0, 2.0, 2.0, 0.0]), np.array([0.0, 0.5, np.nan, -0.8]), weight=0.4)
    assert scores.tolist() == pytest.approx([1.0, 0.7, 0.5, 0.0])


def test_fusing_by_id_is_fusing_by_place() -> None:
    found = fused_by_id({"a": 4.0, "b": 2.0}, {"b": 0.5, "c": 1.0}, weight=0.4)
    assert found == pytest.approx({"a": 1.0, "b": 0.7, "c": 0.4})


def test_the_best_come_first_and_ties_keep_their_order() -> None:
    scores = np.array([1.0, 3.0, 2.0, 3.0, -np.inf])
    assert best(scores, 3).tolist() == [1, 3, 2]
    assert best(scores, 99).tolist() == [1, 3, 2, 0, 4]
    assert best(scores, 0).tolist() == []
    assert best(np.zeros(0), 5).tolist() == []
