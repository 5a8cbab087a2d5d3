"""How texts by field become weighted terms, and how much of a search must be there."""

from __future__ import annotations

import pytest

from search_index.analysis import Analyser
from search_index.terms import bag, gram_units, required, saturated, word_units

ANALYSER = Analyser()


def test_a_field_counts_as_often_as_it_weighs() -> None:
    held = bag({"title": "羊绒", "body": "羊绒 分梳"}, ANALYSER, {"title": 3})
    assert held.words["羊绒"] == 4
    assert held.words["分"] + held.words["分梳"] >= 1
    assert held.grams["羊绒"] == 4


def test_a_single_text_counts_once() -> None:
    assert bag("羊绒", ANALYSER, {"title": 3}).words == {"羊绒": 1}


@pytest.mark.parametrize(("units", "wanted"), [(1, 1), (2, 2), (3, 2), (5, 3), (10, 6)])
def test_short_searches_need_all_of_it_longer_ones_a_share(units: int, wanted: int) -> None:
    assert required(units) == wanted


def test_units_are_distinct_words() -> None:
    assert word_units(ANALYSER.tokens("电解液 电解液")) == ("电解", "电解液")


def test_pairs_stand_for_chinese_and_words_for_the_rest() -> None:
    assert gram_units(ANALYSER.tokens("矿井水 membrane")) == (("矿井", "井水"), ("membran",))


def test_pairs_with_a_stop_character_are_not_asked_for() -> None:
    assert gram_units(ANALYSER.tokens("水的处理"))[0] == ("处理",)


def test_a_single_character_is_asked_for_itself() -> None:
    assert gram_units(ANALYSER.tokens("铝"))[0] == ("铝",)


def test_repetition_in_a_query_counts_less_and_less() -> None:
    assert saturated(1) == 1
    assert saturated(2) - saturated(1) > saturated(3) - saturated(2) > 0
    assert saturated(10_000) < 9
