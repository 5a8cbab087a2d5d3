"""Engines say how they are, and one that is away never takes the page with it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from matchmaker.bootstrap import Container
from matchmaker.domain.calendar import now
from matchmaker.domain.kinds import EntryKind
from matchmaker.models import Entry, Heartbeat
from matchmaker.models.database import Database
from matchmaker.services.health import SCHEDULE_BEAT, WORKER_BEAT, EngineState, Health
from tests.support.world import World


class BrokenIndex:
    def check(self) -> None:
        raise OSError("the disk is gone")


def look(container: Container) -> Health:
    return Health(container.database, container.index)


def signs_of_life(container: Container, seconds_ago: float = 0) -> None:
    with container.database.write() as session:
        for name in (WORKER_BEAT, SCHEDULE_BEAT):
            session.merge(Heartbeat(name=name, at=now() - timedelta(seconds=seconds_ago)))


def test_all_is_well_while_worker_and_schedule_show_that_they_live(container: Container) -> None:
    signs_of_life(container)
    report = look(container).report()
    assert {name: engine.state for name, engine in report.items()} == {
        "database": EngineState.OK,
        "index": EngineState.OK,
        "worker": EngineState.OK,
    }
    assert look(container).degraded() == []


def test_a_worker_that_never_was_is_degraded_without_an_age(container: Container) -> None:
    worker = look(container).report()["worker"]
    assert worker.state is EngineState.DEGRADED
    assert worker.age_seconds is None


def test_a_worker_silent_for_half_a_minute_is_degraded(container: Container) -> None:
    signs_of_life(container, seconds_ago=31)
    assert look(container).degraded() == ["worker"]
    assert (look(container).report()["worker"].age_seconds or 0) >= 31


def test_a_schedule_that_stopped_is_told_from_a_worker(container: Container) -> None:
    container.jobs.beat(WORKER_BEAT)
    assert "schedule" in look(container).report()["worker"].detail


def test_the_index_says_how_far_it_lags_behind(world: World) -> None:
    entry = world.published("firm", EntryKind.DEMAND)
    with world.container.database.write() as session:
        session.execute(
            update(Entry)
            .where(Entry.id == entry.id)
            .values(indexed_version=0, updated_at=now() - timedelta(seconds=90))
        )
    assert (look(world.container).report()["index"].age_seconds or 0) >= 90


def test_an_index_that_fails_is_degraded_and_the_rest_is_still_told(container: Container) -> None:
    signs_of_life(container)
    report = Health(container.database, BrokenIndex()).report()  # type: ignore[arg-type]
    assert report["index"].state is EngineState.DEGRADED
    assert report["index"].detail == "OSError: the disk is gone"
    assert report["database"].state is EngineState.OK


def test_without_a_database_the_report_says_down_and_does_not_raise(container: Container) -> None:
    nowhere = Database("postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=1")
    report = Health(nowhere, container.index).report()
    assert report["database"].state is EngineState.DOWN
    assert report["worker"].state is EngineState.DEGRADED


def test_a_look_is_kept_for_a_moment(container: Container) -> None:
    health = look(container)
    assert health.degraded() == ["worker"]
    signs_of_life(container)
    assert health.degraded() == ["worker"]
