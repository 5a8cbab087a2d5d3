"""The portal on Elasticsearch, chosen by settings alone: posted, found, matched, and without."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from matchmaker.bootstrap import Container
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.lifecycles import MatchState
from matchmaker.domain.work import JobKind
from matchmaker.models import Entry, Job, Match
from matchmaker.services.searching import SearchRequest
from tests.support.elasticsearch import elasticsearch_prefix
from tests.support.index_work import changed_after_a_rebuild
from tests.support.world import World

pytestmark = pytest.mark.elasticsearch

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def container(container: Container) -> Iterator[Container]:
    """The portal's services with the index on a node, under a prefix of their own."""
    with elasticsearch_prefix() as (address, prefix):
        change_settings(container, search_url=address, search_prefix=prefix)
        yield container


def change_settings(container: Container, **changes: object) -> None:
    container.settings = container.settings.model_copy(update=changes)


def matches(world: World) -> list[Match]:
    with world.container.database.read() as session:
        return list(session.scalars(select(Match)).all())


def found(world: World, who: str, text: str) -> set[str]:
    page = world.container.search.find(world.actor(who), SearchRequest(text))
    assert not page.degraded
    return {hit.entry.code for hit in page.found}


def make_all_due(world: World) -> None:
    with world.container.database.write() as session:
        session.execute(update(Job).values(not_before=Job.created_at))


def test_what_is_posted_is_found_and_matched(world: World) -> None:
    achievement = world.published("university", EntryKind.ACHIEVEMENT)
    demand = world.published("firm", EntryKind.DEMAND)
    world.work()
    assert found(world, "rival", "矿井水") == {achievement.code, demand.code}
    [match] = matches(world)
    assert (match.demand_id, match.state) == (demand.id, MatchState.SUGGESTED)
    assert world.container.index.status()["documents"] == 2


def test_what_is_withdrawn_leaves_search_and_takes_its_match_along(world: World) -> None:
    achievement = world.published("university", EntryKind.ACHIEVEMENT)
    demand = world.published("firm", EntryKind.DEMAND)
    world.work()
    world.container.steps.withdraw(world.actor("university"), achievement.code)
    world.work()
    assert found(world, "rival", "矿井水") == {demand.code}
    assert [match.state for match in matches(world)] == [MatchState.WITHDRAWN]


def test_who_may_not_see_an_entry_does_not_find_it(world: World) -> None:
    hidden = world.published("firm", EntryKind.DEMAND, visibility="brokers")
    world.work()
    assert found(world, "broker", "矿井水") == {hidden.code}
    assert found(world, "rival", "矿井水") == set()


def test_a_rebuild_brings_all_that_is_shown(world: World) -> None:
    demand = world.published("firm", EntryKind.DEMAND)
    assert world.container.rebuilding.rebuild() == 1
    assert world.container.index.current
    assert found(world, "rival", "矿井水") == {demand.code}


def test_a_roll_back_brings_the_index_before_back_with_what_was_written_since(
    world: World,
) -> None:
    before, shown = changed_after_a_rebuild(world)
    assert world.container.rebuilding.roll_back() == 2
    assert world.container.index.metadata.name == before
    assert found(world, "broker", "矿井水") == shown


def test_a_roll_back_that_is_asked_for_twice_does_not_go_forth_again(world: World) -> None:
    world.published("firm", EntryKind.DEMAND)
    world.container.rebuilding.rebuild()
    before = world.container.rebuilding.previous()
    for _ in range(2):
        world.container.rebuilding.queue(JobKind.ROLL_BACK, before)
        world.work()
        assert world.container.index.metadata.name == before


def test_a_comparison_writes_what_the_index_missed(world: World) -> None:
    demand = world.published("firm", EntryKind.DEMAND)
    world.work()
    with world.container.database.write() as session:
        session.execute(update(Entry).values(index_version=Entry.index_version + 1))
    world.container.rebuilding.queue(JobKind.REPAIR)
    world.work()
    now_held = world.reload(demand)
    assert dict(world.container.index.versions()) == {demand.code: now_held.index_version}
    assert now_held.indexed_version == now_held.index_version


def test_without_the_node_the_database_answers_and_the_work_catches_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search_index.opening.PAUSE", 0.0)
    monkeypatch.setattr("matchmaker.services.searching._PAUSE", 0.0)
    container = world.container
    there = container.settings.search_url
    change_settings(container, search_url=NOBODY)
    demand = world.published("firm", EntryKind.DEMAND)
    world.work()
    page = container.search.find(world.actor("rival"), SearchRequest("矿井水"))
    assert page.degraded
    assert [hit.entry.code for hit in page.found] == [demand.code]
    assert "index" in container.health.degraded()
    change_settings(container, search_url=there)
    make_all_due(world)
    world.work()
    assert found(world, "rival", "矿井水") == {demand.code}
