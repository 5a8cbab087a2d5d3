"""Bags of weighted words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.matching.bags import EMPTY, Bag, coverage
from matchmaker.matching.rarity import LEAST, BackgroundRarity
from matchmaker.matching.stock_words import STOCK_WORDS

WEIGHTS = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0.1, 100), max_size=8)


@given(WEIGHTS, WEIGHTS)
def test_the_cosine_lies_between_0_and_1_either_way_round(
    left: dict[str, float], right: dict[str, float]
) -> None:
    one, two = Bag.weighing(left), Bag.weighing(right)
    assert 0 <= one.cosine(two) <= 1
    assert one.cosine(two) == pytest.approx(two.cosine(one))


@given(WEIGHTS.filter(bool))
def test_a_bag_is_like_itself(weights: dict[str, float]) -> None:
    bag = Bag.weighing(weights)
    assert bag.cosine(bag) == pytest.approx(1)
    assert coverage(weights, weights) == pytest.approx(1)


def test_nothing_is_like_an_empty_bag() -> None:
    assert Bag.weighing({"a": 1.0}).cosine(EMPTY) == 0


def test_repetition_weighs_more_but_less_than_in_proportion() -> None:
    bag = Bag.of({"once": 1, "ten": 10, "hardly": 0.5}, {"once": 2, "ten": 2, "hardly": 2})
    assert bag.weights["hardly"] == 1
    assert bag.weights["once"] == 2
    assert 2 < bag.weights["ten"] < 20


def test_shared_words_come_heaviest_first() -> None:
    one, two = Bag.weighing({"a": 1, "b": 3, "c": 9}), Bag.weighing({"a": 1, "b": 1, "d": 1})
    assert one.shared(two) == ["b", "a"]


def test_breadth_counts_what_is_effectively_shared() -> None:
    even = Bag.weighing({"a": 2.0, "b": 2.0, "c": 2.0})
    lopsided = Bag.weighing({"a": 10.0, "b": 0.1, "c": 0.1})
    assert even.breadth(even) == pytest.approx(3)
    assert lopsided.breadth(lopsided) == pytest.approx(1, abs=0.01)
    assert even.breadth(EMPTY) == 0


def test_what_every_posting_says_weighs_next_to_nothing() -> None:
    weights = BackgroundRarity().weights(STOCK_WORDS)
    assert set(weights.values()) == {LEAST}


def test_technical_words_are_rarer_than_everyday_ones() -> None:
    weights = BackgroundRarity().weights(["研究", "方法", "矿井", "电渗析"])
    assert max(weights["研究"], weights["方法"]) < min(weights["矿井"], weights["电渗析"])


def test_numbers_and_nothing_weigh_next_to_nothing() -> None:
    weights = BackgroundRarity().weights(["123", ""])
    assert max(weights.values()) == pytest.approx(0.1)
