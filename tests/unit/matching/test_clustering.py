"""Entries that speak of the same thing stand together, named by what only they say."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.matching.clustering import FEWEST, clusters, telling_terms


def points(*centres: int, each: int = 5) -> np.ndarray:
    """Unit vectors around the axes `centres`, always the same."""
    chance = np.random.default_rng(1)
    found = np.repeat(np.eye(6, dtype=np.float32)[list(centres)], each, axis=0)
    found += chance.normal(0, 0.02, found.shape).astype(np.float32)
    lengths: np.ndarray = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / lengths, np.float32)


def test_three_subjects_make_three_groups() -> None:
    codes = [f"XQ-{number:02}" for number in range(15)]
    found = clusters(codes, points(0, 2, 4))
    groups = [{found[code] for code in codes[start : start + 5]} for start in (0, 5, 10)]
    assert [len(group) for group in groups] == [1, 1, 1]
    assert set.union(*groups) == {1, 2, 3}


def test_the_largest_group_is_the_first_whatever_the_order() -> None:
    vectors = np.concatenate([points(0, each=3), points(3, each=7)])
    codes = [f"XQ-{number:02}" for number in range(10)]
    found = clusters(codes, vectors)
    assert found[codes[9]] == 1
    assert clusters(codes[::-1], vectors[::-1]) == found


@given(st.integers(0, FEWEST - 1))
def test_a_few_entries_stand_in_one_group(count: int) -> None:
    codes = [str(number) for number in range(count)]
    vectors = np.eye(max(count, 1), dtype=np.float32)[:count]
    assert set(clusters(codes, vectors).values()) <= {1}


def test_entries_that_all_say_the_same_stand_in_one_group() -> None:
    codes = [str(number) for number in range(8)]
    vectors = np.tile(np.array([[1, 0]], np.float32), (8, 1))
    assert set(clusters(codes, vectors).values()) == {1}


def test_terms_are_those_that_only_one_group_uses() -> None:
    found = telling_terms(
        {1: [{"技术": 3, "羊绒": 2}, {"羊绒": 1}], 2: [{"技术": 3, "矿井水": 2}, {"矿井": 2}]},
        most=1,
    )
    assert found == {1: ("羊绒",), 2: ("矿井水",)}


def test_a_term_within_another_is_passed_over() -> None:
    assert telling_terms({1: [{"矿井水": 2, "矿井": 2, "结垢": 1}]}) == {1: ("矿井水", "结垢")}
