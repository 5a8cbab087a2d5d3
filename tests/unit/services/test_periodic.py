"""The day's work is queued once a day and does what the calendar asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import time_machine
from sqlalchemy import select, update

from matchmaker.bootstrap import Container
from matchmaker.domain.calendar import today
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.work import JobKind, JobState
from matchmaker.models import Entry, Job
from matchmaker.services.periodic import DAILY
from tests.support.world import World


def days_queued(container: Container) -> list[str]:
    return [job.subject for job in container.jobs.listed() if job.kind is JobKind.EXPIRE]


def test_a_day_is_queued_once_however_often_it_is_asked_for(container: Container) -> None:
    assert container.periodic.queue_daily()
    assert not container.periodic.queue_daily()
    assert days_queued(container) == [today().isoformat()]


def test_a_day_that_is_done_is_not_queued_again(container: Container) -> None:
    container.periodic.queue_daily()
    container.runner.drain()
    assert container.jobs.counts()[JobState.DONE] == len(DAILY)
    assert not container.periodic.queue_daily()


def test_the_next_day_in_shanghai_is_queued_anew(container: Container) -> None:
    with time_machine.travel(datetime(2026, 11, 23, 15, 59, tzinfo=UTC), tick=False):
        container.periodic.queue_daily()
    with time_machine.travel(datetime(2026, 11, 23, 16, 1, tzinfo=UTC), tick=False):
        assert container.periodic.queue_daily()
    assert days_queued(container) == ["2026-11-24", "2026-11-23"]


def test_an_entry_whose_time_is_over_ends_and_the_job_is_done(world: World) -> None:
    entry = world.published("firm", EntryKind.DEMAND)
    with world.container.database.write() as session:
        session.execute(
            update(Entry)
            .where(Entry.id == entry.id)
            .values(valid_until=today() - timedelta(days=1))
        )
    world.container.periodic.queue_daily()
    world.container.runner.drain()
    with world.container.database.read() as session:
        assert session.get_one(Entry, entry.id).status is EntryState.EXPIRED
        day = session.scalars(select(Job).where(Job.kind == JobKind.EXPIRE)).one()
        assert day.status is JobState.DONE


def test_old_tombstones_are_swept_and_young_ones_stay(container: Container) -> None:
    container.index.remove([("CG-2026-000001", 1)])
    assert container.periodic.sweep() == 0
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2), tick=False):
        assert container.periodic.sweep() == 1
