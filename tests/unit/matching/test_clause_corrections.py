"""Clauses as people put them right."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.kinds import EntryKind
from matchmaker.matching.clauses.correcting import (
    Correction,
    Requirement,
    corrected,
    read_by_quote,
)
from matchmaker.matching.clauses.gathering import clauses_of
from matchmaker.matching.clauses.model import Comparator
from matchmaker.matching.sides import Side
from matchmaker.matching.synonyms import Synonyms

TEXT = "吨水处理成本低于 8 元\n氯化钠纯度不低于 98 %\n盐要白"
COST, PURITY = read_by_quote(TEXT)
HIGHER = Requirement("氯化钠纯度", Comparator.AT_LEAST, 99.5, None, "%")


def test_a_text_that_nobody_put_right_has_no_corrected_clauses() -> None:
    assert corrected(TEXT, []) is None
    assert corrected(TEXT, [Correction("别处的话", None)]) is None


def test_a_corrected_clause_replaces_what_was_read_and_the_others_stay() -> None:
    found = corrected(TEXT, [Correction(PURITY, HIGHER)])
    assert found is not None
    assert [clause.text for clause in found] == [COST, PURITY]
    assert found[1].low == 99.5


def test_a_dismissed_clause_is_none() -> None:
    found = corrected(TEXT, [Correction(PURITY, None)])
    assert found is not None
    assert [clause.text for clause in found] == [COST]


def test_a_clause_is_added_for_a_quoted_piece() -> None:
    white = Requirement("白度", Comparator.AT_LEAST, 90)
    found = corrected(TEXT, [Correction("盐要白", white)])
    assert found is not None
    assert [clause.subject for clause in found][-1] == "白度"


def test_what_was_put_right_is_not_read_again_where_another_field_repeats_it() -> None:
    dismissed = corrected(TEXT, [Correction(PURITY, None)])
    side = Side(
        "XQ-2026-000001",
        str(EntryKind.DEMAND),
        body=f"要求{PURITY}。",
        extras={"clauses": TEXT},
        corrected_clauses=dismissed,
    )
    assert [clause.text for _, clause in clauses_of(side, Synonyms({}))] == [COST]


@given(st.text(max_size=80), st.text(min_size=1, max_size=10))
def test_every_corrected_clause_quotes_its_text(text: str, quote: str) -> None:
    for clause in corrected(text, [Correction(quote, HIGHER)]) or ():
        assert text[clause.start : clause.end] == clause.text
