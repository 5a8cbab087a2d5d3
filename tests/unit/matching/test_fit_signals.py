"""Signals that read codes, figures and dates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from matchmaker.matching.sides import Side
from matchmaker.matching.signals import (
    availability,
    field,
    freshness,
    industry,
    maturity,
    modes,
    price,
    region,
)
from matchmaker.matching.signals.base import Read

TODAY = date(2026, 11, 23)
READS = [
    availability.read,
    field.read,
    freshness.read,
    industry.read,
    maturity.read,
    modes.read,
    price.read,
    region.read,
]


def demand(**values: Any) -> Side:
    return Side(code="XQ-1", kind="demand", **values)


def other(**values: Any) -> Side:
    return Side(code="CG-1", kind="achievement", **values)


@pytest.mark.parametrize("read", READS)
def test_what_is_not_stated_is_unknown_and_says_why(read: Read, ask) -> None:
    reading = ask(read, demand(), other())
    assert reading.value is None
    assert reading.evidence == ()
    assert reading.note.code != "plain"


@pytest.mark.parametrize(
    ("theirs", "value"),
    [("water.mine", 1.0), ("water.smart", 0.5), ("energy", 0.0)],
)
def test_the_nearest_fields_count(ask, theirs: str, value: float) -> None:
    reading = ask(field.read, demand(fields=("water.mine",)), other(fields=("energy", theirs)))
    assert reading.value == pytest.approx(value)
    assert reading.note.params["demand"] == "water.mine"
    assert reading.evidence[0].other.text == f"energy\n{theirs}"


def test_industries_of_one_section_are_half_as_near(ask) -> None:
    reading = ask(industry.read, demand(industries=("46",)), other(industries=("44",)))
    assert reading.value == pytest.approx(0.5)


@pytest.mark.parametrize(("trl", "value"), [(9, 1.0), (6, 1.0), (5, 0.8), (3, 0.4), (1, 0.0)])
def test_each_level_short_of_the_needed_one_costs_a_fifth(ask, trl: int, value: float) -> None:
    reading = ask(maturity.read, demand(demand_type="technical_problem"), other(trl=trl))
    assert reading.value == pytest.approx(value)
    assert reading.note.params == {"needed": 6, "reached": trl}


@pytest.mark.parametrize(("days", "needed"), [(30, 7), (300, 6), (900, 5)])
def test_a_near_deadline_needs_a_riper_result(days: int, needed: int) -> None:
    side = demand(demand_type="technical_problem", deadline=TODAY + timedelta(days=days))
    assert maturity.needed_trl(side, TODAY) == needed


def test_the_stage_stands_in_for_a_level_not_stated(ask) -> None:
    reading = ask(maturity.read, demand(demand_type="procurement"), other(stage="pilot"))
    assert reading.note.params == {"needed": 8, "reached": 6}
    assert reading.evidence[0].other.field == "stage"


def test_a_wish_for_talent_needs_no_level(ask) -> None:
    reading = ask(maturity.read, demand(demand_type="talent"), other(trl=6))
    assert reading.note.code == "no_level_needed"


@pytest.mark.parametrize(
    ("asked", "negotiable", "value"),
    [(50, False, 1.0), (100, False, 1.0), (150, False, 0.5), (400, False, 0.0), (400, True, 0.5)],
)
def test_prices_above_the_budget_count_less(
    ask, asked: int, negotiable: bool, value: float
) -> None:
    offer = other(price_fen=asked, price_negotiable=negotiable)
    assert ask(price.read, demand(budget_max_fen=100), offer).value == pytest.approx(value)


def test_shared_modes_are_quoted_one_by_one(ask) -> None:
    reading = ask(
        modes.read,
        demand(transfer_modes=("service", "licence")),
        other(transfer_modes=("transfer", "licence")),
    )
    (held,) = reading.evidence
    assert reading.value == 1
    assert (held.demand.text, held.demand.start) == ("licence", len("service\n"))
    assert (held.other.text, held.other.start) == ("licence", len("transfer\n"))


def test_no_shared_mode_reads_zero(ask) -> None:
    reading = ask(
        modes.read, demand(transfer_modes=("service",)), other(transfer_modes=("equity",))
    )
    assert reading.value == 0
    assert reading.note.code == "none_shared"


@pytest.mark.parametrize(
    ("theirs", "code"),
    [
        ("150603", "same_county"),
        ("150602", "same_city"),
        ("150600", "same_city"),
        ("150200", "same_province"),
        ("110000", "elsewhere"),
    ],
)
def test_nearer_regions_read_higher(ask, theirs: str, code: str) -> None:
    reading = ask(region.read, demand(region="150603"), other(region=theirs))
    assert reading.note.code == code
    assert reading.value in region.NEARNESS.values()


def test_regions_get_nearer_by_each_step() -> None:
    assert sorted(region.NEARNESS.values()) == [region.NEARNESS[n] for n in (0, 2, 4, 6)]


def test_a_confirmation_loses_half_its_worth_in_a_year(ask) -> None:
    for days, value in [(0, 1.0), (365, 0.5), (730, 0.25), (-10, 1.0)]:
        reading = ask(freshness.read, demand(), other(confirmed_on=TODAY - timedelta(days=days)))
        assert reading.value == pytest.approx(value)


def test_experts_who_can_come_read_higher(ask) -> None:
    values = [
        ask(availability.read, demand(), other(availability=state)).value
        for state in ("available", "limited", "unavailable")
    ]
    assert values == [1.0, 0.5, 0.0]
