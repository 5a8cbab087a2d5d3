"""The checks of an entry's values: each rule, what a draft may lack, and what never gets past."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.checks import is_empty, problems_in
from matchmaker.domain.fields import FIELDS, FieldSpec, FieldType
from matchmaker.domain.kinds import EntryKind
from tests.support.world import VALUES

of_each_kind = pytest.mark.parametrize("kind", EntryKind)
KNOWN = {
    "fields": {"water.mine", "water"},
    "industries": {"06"},
    "regions": {"150627"},
    "transfer_modes": {"licence", "joint_development"},
}


def knows(scheme: str, code: str) -> bool:
    """A taxonomy of a handful of codes."""
    return code in KNOWN.get(scheme, ())


def good(kind: EntryKind, **changes: Any) -> dict[str, Any]:
    """Values that can be submitted, but for what `changes`."""
    return {**VALUES[kind], "valid_until": date(2030, 1, 1), **changes}


def broken(
    kind: EntryKind, changes: Mapping[str, Any] | None = None, *, complete: bool = True
) -> list[tuple[str, str]]:
    """(field, rule) of all that is wrong."""
    found = problems_in(kind, good(kind, **(changes or {})), knows, complete=complete)
    return [(problem.field, problem.code) for problem in found]


@of_each_kind
def test_a_whole_entry_has_no_problem(kind: EntryKind) -> None:
    assert broken(kind) == []


@of_each_kind
def test_an_empty_draft_may_be_saved(kind: EntryKind) -> None:
    assert problems_in(kind, {}, knows, complete=False) == []


@of_each_kind
def test_an_empty_entry_lacks_exactly_its_required_fields(kind: EntryKind) -> None:
    required = [spec.name for spec in FIELDS[kind] if spec.required]
    found = problems_in(kind, {}, knows, complete=True)
    assert [p.field for p in found if p.code == "required"] == required
    assert [p.field for p in found if p.code != "required"] == ["contact_phone"]


@of_each_kind
def test_problems_come_in_the_order_of_the_form(kind: EntryKind) -> None:
    found = problems_in(kind, {"title": "长" * 500, "summary": "长" * 500}, knows, complete=True)
    order = [spec.name for spec in FIELDS[kind]]
    places = [order.index(problem.field) for problem in found[:-1]]
    assert places == sorted(places)


@pytest.mark.parametrize("way", ["contact_phone", "contact_email"])
def test_one_way_of_contact_is_enough(way: str) -> None:
    others = {"contact_phone": "", "contact_email": ""}
    assert broken(EntryKind.DEMAND, {**others, way: VALUES[EntryKind.DEMAND][way]}) == []
    assert broken(EntryKind.DEMAND, others) == [("contact_phone", "contact_way_needed")]


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        (EntryKind.DEMAND, {"title": "长" * 121}, ("title", "too_long")),
        (EntryKind.DEMAND, {"body": "长" * 8001}, ("body", "too_long")),
        (EntryKind.DEMAND, {"title": "矿\x00井"}, ("title", "unreadable")),
        (EntryKind.DEMAND, {"body": "矿\x00井"}, ("body", "unreadable")),
        (EntryKind.DEMAND, {"keywords": ["矿\x00井"]}, ("keywords", "unreadable")),
        (EntryKind.DEMAND, {"contact_email": "nobody"}, ("contact_email", "email")),
        (EntryKind.DEMAND, {"contact_email": "a b@c.d"}, ("contact_email", "email")),
        (EntryKind.DEMAND, {"keywords": ["词"] * 31}, ("keywords", "too_many")),
        (EntryKind.DEMAND, {"clauses": ["长" * 301]}, ("clauses", "line_too_long")),
        (EntryKind.DEMAND, {"demand_type": "wish"}, ("demand_type", "unknown_choice")),
        (EntryKind.DEMAND, {"region": "999999"}, ("region", "unknown_choice")),
        (EntryKind.DEMAND, {"fields": ["water", "fire"]}, ("fields", "unknown_choice")),
        (EntryKind.DEMAND, {"fields": ["water"] * 6}, ("fields", "too_many")),
        (EntryKind.DEMAND, {"visibility": "secret"}, ("visibility", "unknown_choice")),
        (EntryKind.DEMAND, {"language": "fr"}, ("language", "unknown_choice")),
        (EntryKind.DEMAND, {"budget_max": -1}, ("budget_max", "too_small")),
        (EntryKind.DEMAND, {"budget_max": 10**15 + 1}, ("budget_max", "too_large")),
        (
            EntryKind.DEMAND,
            {"budget_min": 400_000_000},
            ("budget_max", "budget_reversed"),
        ),
        (EntryKind.DEMAND, {"deadline": date(1949, 12, 31)}, ("deadline", "date_out_of_range")),
        (EntryKind.DEMAND, {"deadline": date(2101, 1, 1)}, ("deadline", "date_out_of_range")),
        (EntryKind.ACHIEVEMENT, {"trl": 0}, ("trl", "too_small")),
        (EntryKind.ACHIEVEMENT, {"trl": 10}, ("trl", "too_large")),
        (
            EntryKind.PROJECT,
            {"start_on": date(2026, 2, 1), "planned_end_on": date(2026, 1, 1)},
            ("planned_end_on", "dates_reversed"),
        ),
        (
            EntryKind.PROJECT,
            {"start_on": date(2026, 2, 1), "ended_on": date(2026, 1, 1)},
            ("ended_on", "dates_reversed"),
        ),
        (
            EntryKind.EXPERT,
            {"evidence": [{"type": "paper", "text": "", "year": 2020}]},
            ("evidence.0.text", "required"),
        ),
        (
            EntryKind.EXPERT,
            {"evidence": [{"type": "rumour", "text": "据说"}]},
            ("evidence.0.type", "unknown_choice"),
        ),
        (
            EntryKind.EXPERT,
            {"evidence": [{"type": "paper", "text": "甲"}, {"type": "paper", "text": "长" * 301}]},
            ("evidence.1.text", "too_long"),
        ),
        (
            EntryKind.EXPERT,
            {"evidence": [{"type": "paper", "text": "甲", "year": 1900}]},
            ("evidence.0.year", "too_small"),
        ),
        (
            EntryKind.ACHIEVEMENT,
            {"ip_rights": [{"type": "invention", "status": "granted"}] * 41},
            ("ip_rights", "too_many"),
        ),
    ],
)
@pytest.mark.parametrize("complete", [True, False])
def test_each_rule_names_its_field_in_drafts_too(
    kind: EntryKind, changes: Mapping[str, Any], expected: tuple[str, str], complete: bool
) -> None:
    assert broken(kind, changes, complete=complete) == [expected]


def test_figures_at_the_limits_are_fine() -> None:
    limits = {"title": "长" * 120, "keywords": ["词"] * 30, "budget_min": 0, "budget_max": 0}
    assert broken(EntryKind.DEMAND, limits) == []
    assert broken(EntryKind.ACHIEVEMENT, {"trl": 9, "price": 10**15}) == []


def test_a_problem_tells_the_limit_and_the_figure() -> None:
    [problem] = problems_in(
        EntryKind.DEMAND, good(EntryKind.DEMAND, title="长" * 130), knows, complete=True
    )
    assert problem.params == {"most": 120, "is": 130}


@pytest.mark.parametrize("value", [None, "", (), [], {}])
def test_nothing_is_empty(value: object) -> None:
    assert is_empty(value)


@pytest.mark.parametrize("value", [0, False, " ", [""], date(2026, 1, 1)])
def test_nought_and_no_are_values(value: object) -> None:
    assert not is_empty(value)


VALUE_OF_TYPE: Mapping[FieldType, st.SearchStrategy[Any]] = {
    FieldType.TEXT: st.text(max_size=300),
    FieldType.LONG_TEXT: st.text(max_size=300),
    FieldType.LINES: st.lists(st.text(max_size=20), max_size=40),
    FieldType.CHOICE: st.text(max_size=20) | st.none(),
    FieldType.CHOICES: st.lists(st.text(max_size=20), max_size=8),
    FieldType.MONEY: st.integers() | st.none(),
    FieldType.INTEGER: st.integers() | st.none(),
    FieldType.DATE: st.dates() | st.none(),
    FieldType.FLAG: st.booleans(),
}


def of_spec(spec: FieldSpec) -> st.SearchStrategy[Any]:
    """Any value that a form can hand over for a field."""
    if spec.type is FieldType.ROWS:
        columns = {column.name: of_spec(column) for column in spec.columns}
        return st.lists(st.fixed_dictionaries({}, optional=columns), max_size=4)
    return VALUE_OF_TYPE[spec.type]


def any_values(kind: EntryKind) -> st.SearchStrategy[dict[str, Any]]:
    """Any values that a form can hand over."""
    return st.fixed_dictionaries({}, optional={spec.name: of_spec(spec) for spec in FIELDS[kind]})


@given(
    st.sampled_from(EntryKind).flatmap(lambda kind: st.tuples(st.just(kind), any_values(kind))),
    st.booleans(),
)
def test_whatever_is_typed_is_judged_and_never_an_error(
    entry: tuple[EntryKind, dict[str, Any]], complete: bool
) -> None:
    kind, values = entry
    names = {spec.name for spec in FIELDS[kind]}
    for problem in problems_in(kind, values, knows, complete=complete):
        assert problem.field.partition(".")[0] in names
