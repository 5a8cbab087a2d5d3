"""A demand's clauses against another side, through the matcher."""

from __future__ import annotations

from dataclasses import replace

from matchmaker.matching.clauses.model import Outcome
from matchmaker.matching.clauses.reading import read_clauses
from matchmaker.matching.explain import explain, still_true
from matchmaker.matching.matcher import Matcher
from matchmaker.matching.payload import from_payload, to_payload


def test_each_clause_is_quoted_with_the_figure_that_decides(
    matcher: Matcher, make_demand, make_achievement
) -> None:
    demand, other = make_demand(), make_achievement()
    lines = explain(matcher.assess(demand, other)).clauses
    assert [line.outcome for line in lines] == [Outcome.MET, Outcome.MET]
    for line in lines:
        assert still_true(line.demand, demand)
        assert line.other is not None
        assert still_true(line.other, other)


def test_a_requirement_said_twice_is_one_clause(
    matcher: Matcher, make_demand, make_achievement
) -> None:
    demand = make_demand(body="要求系统产水率不低于 95 %。")
    lines = matcher.assess(demand, make_achievement()).clauses
    assert [line.demand.field for line in lines] == ["clauses", "clauses"]


def test_an_answer_of_the_supplier_decides(matcher: Matcher, make_demand, make_achievement) -> None:
    silent = make_achievement(body="先软化再浓缩。", summary="", extras={})
    open_lines = matcher.assess(make_demand(), silent).clauses
    assert {line.outcome for line in open_lines} == {Outcome.UNKNOWN}
    told = replace(silent, answers=("产水率 92 %",))
    line = matcher.assess(make_demand(), told).clauses[0]
    assert line.outcome is Outcome.NOT_MET
    assert line.other is not None
    assert line.other.field == "answers"


def test_an_answer_goes_before_what_the_entry_says(
    matcher: Matcher, make_demand, make_achievement
) -> None:
    told = make_achievement(answers=("产水率 92 %",))
    assert matcher.assess(make_demand(), told).clauses[0].outcome is Outcome.NOT_MET


def test_clauses_that_people_corrected_replace_those_read(
    matcher: Matcher, make_demand, make_achievement
) -> None:
    demand = make_demand()
    first = read_clauses(demand.text("clauses"))[0]
    raised = replace(demand, corrected_clauses=(replace(first, low=99.0),))
    (line,) = matcher.assess(raised, make_achievement()).clauses
    assert line.outcome is Outcome.NOT_MET
    stale = replace(demand, corrected_clauses=(replace(first, text="别的话"),))
    assert matcher.assess(stale, make_achievement()).clauses == ()


def test_clauses_missed_lower_the_score_and_clauses_met_raise_it(
    matcher: Matcher, make_demand, make_achievement
) -> None:
    met = matcher.assess(make_demand(), make_achievement())
    missed = matcher.assess(make_demand(), make_achievement(
        body=make_achievement().body.replace("96 %", "91 %").replace("6.5 kWh", "9.5 kWh")
    ))  # fmt: skip
    assert missed.score < met.score
    reading = missed.reading("clauses")
    assert reading is not None
    assert reading.value == 0


def test_experts_have_no_lines(matcher: Matcher, make_demand, make_achievement) -> None:
    assert matcher.assess(make_demand(), make_achievement(kind="expert")).clauses == ()


def test_payloads_without_clauses_are_still_read(
    matcher: Matcher, make_demand, make_achievement
) -> None:
    payload = to_payload(matcher.assess(make_demand(), make_achievement()))
    assert len(from_payload(payload).clauses) == 2
    del payload["clauses"]
    assert from_payload(payload).clauses == ()


def test_very_small_figures_survive_being_stored(
    matcher: Matcher, make_demand, make_achievement
) -> None:
    demand = make_demand(extras={"clauses": "漏率不高于 1×10⁻⁹ Pa·m³/s"})
    stored = from_payload(to_payload(matcher.assess(demand, make_achievement())))
    assert stored.clauses[0].clause.low == 1e-9
