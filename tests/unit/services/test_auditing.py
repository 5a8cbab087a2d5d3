"""Admins read the whole history, by person, entry and action."""

from __future__ import annotations

from matchmaker.domain.kinds import EntryKind
from tests.support.world import World


def test_events_come_newest_first_with_the_names_of_who_acted(world: World) -> None:
    entry = world.published("firm", EntryKind.DEMAND)
    lines, total = world.container.auditing.find(subject_code=entry.code.lower())
    assert total == len(lines) >= 2
    assert [line.event.id for line in lines] == sorted(
        (line.event.id for line in lines), reverse=True
    )
    assert {line.event.subject_code for line in lines} == {entry.code}
    assert any(line.actor for line in lines)


def test_events_can_be_narrowed_to_a_person_and_an_action(world: World) -> None:
    world.published("firm", EntryKind.DEMAND)
    every, _ = world.container.auditing.find(limit=1000)
    one = next(line for line in every if line.event.actor_id is not None)
    found, total = world.container.auditing.find(
        actor_id=one.event.actor_id, action=one.event.action, limit=1000
    )
    assert total == len(found) >= 1
    assert {(line.event.actor_id, line.event.action) for line in found} == {
        (one.event.actor_id, one.event.action)
    }


def test_pages_do_not_overlap(world: World) -> None:
    world.published("firm", EntryKind.DEMAND)
    first, total = world.container.auditing.find(limit=1)
    second, _ = world.container.auditing.find(offset=1, limit=1)
    assert total >= 2
    assert first[0].event.id > second[0].event.id


def test_the_actions_for_a_filter_are_those_that_happened(world: World) -> None:
    world.published("firm", EntryKind.DEMAND)
    every, _ = world.container.auditing.find(limit=1000)
    assert world.container.auditing.actions() == sorted({line.event.action for line in every})
