"""What the clinic says of a form while it is typed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.kinds import Clarity
from matchmaker.matching.clinic.examining import examine
from matchmaker.matching.clinic.model import Element, Typed


def _demand(text: str, *filled: str, demand_type: str = "") -> Typed:
    return Typed("demand", {"title": "", "body": text}, frozenset(filled), demand_type)


def test_a_demand_with_a_target_figure_is_clear_and_quotes_it() -> None:
    text = "氯化钠纯度不低于 98 %。"
    kind = examine(_demand(text)).kind
    assert kind is not None
    assert kind.clarity is Clarity.CLEAR
    assert kind.quote is not None
    assert kind.quote.text == text[kind.quote.start : kind.quote.end]


def test_a_figure_to_come_down_to_is_a_target_even_where_nothing_says_what_is_measured() -> None:
    found = examine(_demand("希望降到 8 元以下。"))
    assert found.kind is not None
    assert found.kind.clarity is Clarity.CLEAR
    assert found.kind.quote is not None
    assert found.kind.quote.text.startswith("降到 8")


def test_a_mere_wish_is_a_concept_and_the_wish_is_quoted() -> None:
    kind = examine(_demand("想了解人工智能有哪些应用。")).kind
    assert kind is not None
    assert (kind.clarity, kind.reason) == (Clarity.CONCEPT, "wish_only")
    assert kind.quote is not None
    assert kind.quote.text == "想了解"


def test_the_questions_are_those_that_matter_most_for_the_type_of_demand() -> None:
    problem = examine(_demand("希望改善。"))
    procurement = examine(_demand("希望改善。", demand_type="procurement"))
    assert [q.element for q in problem.questions][:2] == [Element.TARGET, Element.CURRENT]
    assert [q.element for q in procurement.questions][:2] == [Element.TARGET, Element.BUDGET]


def test_a_field_of_its_own_states_its_element() -> None:
    parts = {part.element: part for part in examine(_demand("希望改善。", "budget_max")).parts}
    assert parts[Element.BUDGET].stated
    assert not parts[Element.DEADLINE].stated


def test_an_achievement_is_asked_for_evidence_of_maturity_first() -> None:
    found = examine(Typed("achievement", {"body": "一种新材料。"}))
    assert found.kind is None
    assert found.questions[0].element is Element.TRL_EVIDENCE


@given(st.text(max_size=300), st.sampled_from(["demand", "achievement"]))
def test_no_text_crashes_the_clinic_and_every_quotation_stands_in_it(text: str, kind: str) -> None:
    found = examine(Typed(kind, {"body": text}))
    assert 0 <= found.readiness <= 100
    assert sum(part.points for part in found.parts) == 100
    for part in found.parts:
        if part.quote is not None:
            assert part.quote.text == text[part.quote.start : part.quote.end]
