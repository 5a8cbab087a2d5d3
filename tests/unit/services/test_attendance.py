"""Workers sign a register; who ends well leaves it, who falls silent grows old in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from matchmaker.bootstrap import Container
from matchmaker.domain.work import WorkQueue
from matchmaker.models import WorkerSeen
from matchmaker.services.attendance import Presence

WORKER = Presence(
    name="host:abc:7",
    host="host",
    process=7,
    queues=(WorkQueue.MAIL, WorkQueue.BULK),
    pool="threads",
    concurrency=2,
    keeps_schedule=False,
    version="1.0",
    model="static@1",
)


def grow_older(container: Container, seconds: float) -> None:
    with container.database.write() as session:
        for row in session.query(WorkerSeen):
            row.seen_at -= timedelta(seconds=seconds)


def test_a_worker_that_signs_is_seen_with_what_it_is(container: Container) -> None:
    container.attendance.sign(WORKER)
    [(row, age)] = container.attendance.seen()
    assert (row.host, row.queues, row.model) == ("host", ["bulk", "mail"], "static@1")
    assert age < 5


def test_signing_again_keeps_when_it_started(container: Container) -> None:
    container.attendance.sign(WORKER)
    [(first, _)] = container.attendance.seen()
    grow_older(container, 60)
    container.attendance.sign(WORKER)
    [(again, age)] = container.attendance.seen()
    assert again.started_at == first.started_at
    assert age < 5


def test_a_worker_that_ended_well_is_gone_and_one_that_fell_silent_is_not(
    container: Container,
) -> None:
    container.attendance.sign(WORKER)
    container.attendance.sign(replace(WORKER, name="host:abc:8"))
    container.attendance.leave("host:abc:8")
    grow_older(container, 120)
    [(row, age)] = container.attendance.seen()
    assert row.name == "host:abc:7"
    assert 119 < age < 125


def test_a_worker_silent_for_a_day_is_forgotten(container: Container) -> None:
    container.attendance.sign(WORKER)
    grow_older(container, 90_000)
    container.attendance.sign(replace(WORKER, name="other:abc:1"))
    assert [row.name for row, _ in container.attendance.seen()] == ["other:abc:1"]


def test_a_sign_counts_for_the_health_of_the_worker(container: Container) -> None:
    container.attendance.sign(WORKER)
    container.jobs.beat("beat")
    assert container.health._look()["worker"].state == "ok"
