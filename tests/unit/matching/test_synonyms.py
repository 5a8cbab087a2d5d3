"""Synonyms are found where they stand, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.matching.synonyms import Mention, Synonyms

SYNONYMS = Synonyms({"ccus": ["CCUS", "二氧化碳捕集", "carbon capture"], "carbon": ["二氧化碳"]})


def test_the_longest_term_wins() -> None:
    assert SYNONYMS.mentions("研究二氧化碳捕集工艺") == [Mention("ccus", 2, 8)]


@pytest.mark.parametrize("text", ["ccus plant", "ＣＣＵＳ", "用CCUS减排", "Carbon Capture"])
def test_case_width_and_neighbouring_chinese_do_not_matter(text: str) -> None:
    assert [mention.concept for mention in SYNONYMS.mentions(text)] == ["ccus"]


def test_a_plural_still_names_the_term() -> None:
    groups = Synonyms({"membrane": ["ion membrane"]})
    assert [held.concept for held in groups.mentions("new ion membranes here")] == ["membrane"]


@pytest.mark.parametrize("text", ["CCUSX", "xccus", "ccus2", "carbon captured"])
def test_a_term_inside_a_longer_western_word_is_none(text: str) -> None:
    assert SYNONYMS.mentions(text) == []


def test_a_term_of_two_groups_names_both() -> None:
    groups = Synonyms({"a": ["膜法"], "b": ["膜法"]})
    assert [mention.concept for mention in groups.mentions("膜法")] == ["a", "b"]


def test_rows_may_carry_more_columns_and_single_characters_are_left_out() -> None:
    groups = Synonyms.from_rows([("a", "膜", "zh"), ("a", "薄膜", "zh")])
    assert [(held.start, held.end) for held in groups.mentions("膜与薄膜")] == [(2, 4)]


@given(st.text(alphabet="二氧化碳捕集ccusＣ s㎡é", max_size=40))
def test_mentions_stand_in_the_text_and_never_overlap(text: str) -> None:
    mentions = SYNONYMS.mentions(text)
    assert all(0 <= held.start < held.end <= len(text) for held in mentions)
    assert all(one.end <= two.start for one, two in zip(mentions, mentions[1:], strict=False))
