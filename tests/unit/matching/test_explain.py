"""Explanations: every claim carries spans, and what is missing is said."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import pytest

from matchmaker.domain.levels import Level
from matchmaker.matching.clauses.model import Clause, ClauseLine, Comparator, Outcome
from matchmaker.matching.explain import explain, open_clauses, still_true
from matchmaker.matching.matcher import Matcher
from matchmaker.matching.payload import from_payload, to_payload
from matchmaker.matching.sides import Side, Span

T = TypeVar("T")


def stated(value: T | None) -> T:
    """The value, which the explanation must state."""
    assert value is not None
    return value


def test_the_signals_shares_add_up(matcher: Matcher, make_demand, make_achievement) -> None:
    explanation = explain(matcher.assess(make_demand(), make_achievement()))
    shares = [stated(line.share) for line in explanation.signals]
    assert sum(shares) == pytest.approx(1, abs=1e-6)
    assert shares == sorted(shares, reverse=True)


def test_every_known_signal_is_carried_by_a_span(
    matcher: Matcher, make_demand, make_achievement
) -> None:
    explanation = explain(matcher.assess(make_demand(), make_achievement()))
    assert all(line.evidence for line in explanation.signals)
    assert {"title", "body", "terms"} <= {line.signal for line in explanation.signals}


def test_what_is_not_known_is_listed_with_its_reason(
    matcher: Matcher, make_demand, make_achievement
) -> None:
    explanation = explain(matcher.assess(make_demand(), make_achievement(price_fen=None)))
    unknowns = {line.signal: line.note.code for line in explanation.unknowns}
    assert unknowns["price"] == "price_not_stated"
    assert unknowns["availability"] == "not_stated"


def test_numbers_are_the_same_on_both_sides(
    matcher: Matcher, make_demand, make_achievement
) -> None:
    demand, other = make_demand(), make_achievement()
    explanation = explain(matcher.assess(demand, other))
    for mark in explanation.marks:
        assert still_true(mark.demand, demand)
        assert still_true(mark.other, other)
    pieces = explanation.demand_segments("body", demand.body)
    assert "".join(piece.text for piece in pieces) == demand.body
    numbers = {piece.mark for piece in pieces if piece.mark}
    assert numbers
    assert numbers <= {mark.number for mark in explanation.marks}
    assert any(piece.mark for piece in explanation.other_segments("body", other.body))


def test_advice_says_what_would_raise_the_score_and_how_far(
    matcher: Matcher, make_demand, make_achievement
) -> None:
    assessment = matcher.assess(make_demand(), make_achievement(trl=2, price_fen=None))
    advice = {held.code: held for held in explain(assessment).advice}
    assert advice["raise_maturity"].params == {"needed": 6, "reached": 2}
    assert stated(advice["raise_maturity"].span).text == "2"
    assert stated(advice["raise_maturity"].score) > assessment.score
    assert stated(advice["state_price"].level).reaches(assessment.level)


def test_advice_followed_leads_where_it_said(
    matcher: Matcher, make_demand, make_achievement
) -> None:
    before = matcher.assess(make_demand(), make_achievement(trl=2))
    promised = next(held for held in before.advice if held.code == "raise_maturity")
    after = matcher.assess(make_demand(), make_achievement(trl=6))
    assert after.score == pytest.approx(promised.score)
    assert after.level is promised.level


def test_clauses_without_a_figure_on_the_other_side_become_questions(
    matcher: Matcher, make_demand, make_achievement
) -> None:
    silent = make_achievement(body="先软化再浓缩。", summary="", extras={})
    questions = explain(matcher.assess(make_demand(), silent)).questions
    assert [stated(held.span).text for held in questions] == [
        "产水率不低于 95 %",
        "吨水能耗低于 8 kWh",
    ]
    answered = explain(matcher.assess(make_demand(), make_achievement())).questions
    assert "产水率不低于 95 %" not in [stated(held.span).text for held in answered]


def clause_line(demand: Side, text: str, outcome: Outcome) -> ClauseLine:
    """What came of a clause of the demand, decided by a figure where it is decided."""
    start = demand.text("clauses").index(text)
    clause = Clause(text, start, start + len(text), "", Comparator.AT_LEAST, 98.0, None, "%", "")
    figure = None if outcome is Outcome.UNKNOWN else replace(clause, comparator=Comparator.EQUAL)
    quoted = Span("clauses", start, start + len(text), text)
    return ClauseLine(
        clause, quoted, outcome, figure, Span("body", 0, 3, "abc") if figure else None
    )


def test_open_are_the_clauses_that_no_figure_decides(
    matcher: Matcher, make_demand, make_achievement
) -> None:
    met, unknown = "氯化钠纯度不低于 98 %", "结晶盐含水率不高于 0.5 %"
    demand = make_demand(extras={"clauses": f"{met}\n{unknown}"})
    silent = explain(matcher.assess(demand, make_achievement()))
    assert unknown in [span.text for span in open_clauses(silent)]
    answers = ("氯化钠纯度 98.6 %", "结晶盐含水率 0.3 %")
    told = explain(matcher.assess(demand, make_achievement(answers=answers)))
    assert open_clauses(told) == ()
    assert {line.outcome for line in told.clauses} == {Outcome.MET}


def test_clauses_are_stored_with_a_match_and_read_back(
    matcher: Matcher, make_demand, make_achievement
) -> None:
    texts = ("纯度不低于 98 %", "含水率不高于 0.5 %")
    demand = make_demand(extras={"clauses": "\n".join(texts)})
    outcomes = (Outcome.NOT_MET, Outcome.UNKNOWN)
    lines = tuple(map(clause_line, (demand, demand), texts, outcomes))
    assessment = replace(matcher.assess(demand, make_achievement()), clauses=lines)
    assert from_payload(to_payload(assessment)).clauses == lines
    older = {name: held for name, held in to_payload(assessment).items() if name != "clauses"}
    assert from_payload(older).clauses == ()


def test_experts_are_not_asked_for_figures(matcher: Matcher, make_demand, make_achievement) -> None:
    expert = make_achievement(kind="expert", body="从事矿井水研究。", extras={})
    assert explain(matcher.assess(make_demand(), expert)).questions == ()


def test_where_nothing_agrees_no_signal_of_the_texts_is_claimed(
    matcher: Matcher, make_demand, unrelated
) -> None:
    explanation = explain(matcher.assess(make_demand(), unrelated))
    assert explanation.level is Level.NONE
    assert not {"title", "keywords"} & {line.signal for line in explanation.signals}


def test_a_span_is_no_longer_true_when_the_text_has_changed(
    matcher: Matcher, make_demand, make_achievement
) -> None:
    assessment = matcher.assess(make_demand(), make_achievement())
    spans = (stated(held.demand) for held in assessment.evidence)
    span = next(held for held in spans if held.field == "title")
    assert not still_true(span, make_demand(title="另一个题目"))
