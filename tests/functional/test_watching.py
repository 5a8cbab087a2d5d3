"""Where nothing fits: the page says so, explains the nearest miss, and whoever watches is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.domain.kinds import EntryKind, Visibility
from matchmaker.domain.levels import Level
from matchmaker.domain.lifecycles import MatchState
from matchmaker.models import Entry, Match, NearestMiss, Notification, Person, Watch
from tests.conftest import SignIn
from tests.support.world import World, email_of

#: Shares a word or two with the demand of the small world, and no more.
NEAR: Mapping[str, Any] = {
    "title": "盐碱地苜蓿种植",
    "summary": "在盐碱地上种苜蓿。",
    "body": "耐盐苜蓿品种与栽培，含盐量较高的土壤也能出苗，每亩增产两成。",
    "keywords": ["苜蓿"],
    "fields": ["agriculture.facility"],
    "industries": ["01"],
    "benefits": "",
    "applications": ["牧草"],
}


@pytest.fixture
def firm(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    """A browser of a member of the firm."""
    sign_in(client, "firm")
    return client


@pytest.fixture
def alone(world: World) -> Entry:
    """A demand that nothing fits, with something that comes near."""
    world.published("university", EntryKind.ACHIEVEMENT, **NEAR)
    demand = world.published("firm", EntryKind.DEMAND)
    world.work()
    return demand


def matches_page(client: FlaskClient, entry: Entry, language: str = "/en") -> BeautifulSoup:
    answer = client.get(f"{language}/workspace/entries/{entry.code}/matches")
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def watch(client: FlaskClient, entry: Entry, level: str) -> int:
    address = f"/workspace/entries/{entry.code}/watch"
    return client.post(address, data={"level": level}).status_code


def told(world: World, who: str) -> list[dict[str, str]]:
    with world.container.database.read() as session:
        return list(
            session.scalars(
                select(Notification.params)
                .join(Person, Person.id == Notification.person_id)
                .where(Person.email == email_of(who), Notification.kind == "watch_found")
            )
        )


def test_a_demand_that_nothing_fits_says_so_and_explains_the_nearest_miss(
    firm: FlaskClient, alone: Entry
) -> None:
    for page in (
        matches_page(firm, alone),
        BeautifulSoup(firm.get(f"/en/workspace/entries/{alone.code}").text, "html.parser"),
    ):
        text = page.get_text(" ")
        assert "Nothing here fits yet" in text
        assert NEAR["title"] in text
        assert "Where the two agree" in text
        assert page.select(".quote mark")
        assert alone.title not in [quote.get_text() for quote in page.select(".quote")]


def test_a_miss_is_quoted_only_while_its_reader_may_read_the_other_entry(
    firm: FlaskClient, alone: Entry, world: World
) -> None:
    with world.container.database.write() as session:
        miss = session.get_one(NearestMiss, alone.id)
        session.get_one(Entry, miss.partner_id).visibility = Visibility.BROKERS
    page = matches_page(firm, alone)
    assert "Nothing here fits yet" in page.get_text()
    assert NEAR["title"] not in page.get_text()


def test_no_miss_is_kept_of_what_is_open_to_brokers_alone(world: World, firm: FlaskClient) -> None:
    world.published("university", EntryKind.ACHIEVEMENT, **NEAR, visibility="brokers")
    demand = world.published("firm", EntryKind.DEMAND)
    world.work()
    with world.container.database.read() as session:
        assert session.scalars(select(NearestMiss)).all() == []
    assert "Nothing here fits yet" in matches_page(firm, demand).get_text()


def test_whoever_watches_is_told_once_of_a_later_posting(
    firm: FlaskClient, alone: Entry, world: World
) -> None:
    assert watch(firm, alone, "weak") == 303
    world.published("university", EntryKind.ACHIEVEMENT)
    world.work()
    [params] = told(world, "firm")
    assert params["code"] == alone.code
    world.container.steps.confirm(world.actor("firm"), alone.code)
    world.work()
    assert len(told(world, "firm")) == 1
    assert told(world, "rival") == []
    page = matches_page(firm, alone)
    assert "Nothing here fits yet" not in page.get_text()
    assert "Stop watching" in page.get_text()
    with world.container.database.read() as session:
        assert session.get(NearestMiss, alone.id) is None


def test_whoever_waits_for_fair_is_not_told_of_weak_and_is_told_when_it_rises(
    world: World, alone: Entry
) -> None:
    watching, firm = world.container.watching, world.actor("firm")
    watching.watch(firm, alone.code, "fair")
    world.published("university", EntryKind.ACHIEVEMENT)
    world.work()
    with world.container.database.read() as session:
        levels = list(session.scalars(select(Match.level)))
    fits = any(level.reaches(Level.FAIR) for level in levels)
    assert len(told(world, "firm")) == fits
    with world.container.database.write() as session:
        for match in session.scalars(select(Match)):
            match.level = Level.WEAK
    world.container.steps.confirm(firm, alone.code)
    world.work()
    assert fits
    assert len(told(world, "firm")) == 2


def test_a_watch_can_be_switched_off(firm: FlaskClient, alone: Entry, world: World) -> None:
    watch(firm, alone, "weak")
    firm.post(f"/workspace/entries/{alone.code}/unwatch")
    world.published("university", EntryKind.ACHIEVEMENT)
    world.work()
    assert told(world, "firm") == []


def test_nobody_is_told_of_a_match_that_is_held_back_from_them(
    firm: FlaskClient, alone: Entry, world: World
) -> None:
    watch(firm, alone, "weak")
    world.published("university", EntryKind.ACHIEVEMENT, visibility="brokers")
    world.work()
    with world.container.database.read() as session:
        assert session.scalars(select(Match.state)).all() == [MatchState.SUGGESTED]
    assert told(world, "firm") == []


def test_a_stranger_watches_nothing_of_others(
    portal: Flask, sign_in: SignIn, alone: Entry, world: World
) -> None:
    for who, status in (("rival", 404), ("broker", 403)):
        client = portal.test_client()
        sign_in(client, who)
        assert watch(client, alone, "weak") == status
    with world.container.database.read() as session:
        assert session.scalars(select(Watch)).all() == []


def test_only_the_levels_offered_can_be_chosen(
    firm: FlaskClient, alone: Entry, world: World
) -> None:
    for level in ("none", "strong", "", "x" * 99):
        assert watch(firm, alone, level) == 303
    with world.container.database.read() as session:
        assert session.scalars(select(Watch)).all() == []


def test_choosing_again_replaces_the_former_wish(
    firm: FlaskClient, alone: Entry, world: World
) -> None:
    watch(firm, alone, "weak")
    watch(firm, alone, "fair")
    with world.container.database.read() as session:
        assert session.scalars(select(Watch.level)).all() == [Level.FAIR]
