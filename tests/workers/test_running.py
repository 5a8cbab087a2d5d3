"""A worker in threads of this process: what is published is found and matched, and it ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from matchmaker.bootstrap import Container
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.work import DAILY, JobKind, JobState
from matchmaker.models import Entry
from matchmaker.services.job_runner import JobRunner
from matchmaker.services.jobs import Lease, enqueue
from matchmaker.services.stopping import check_stop
from tests.conftest import settings_for
from tests.support.services import eventually
from tests.support.world import World
from workers.app import make_app, wake_after_commits
from workers.running import WorkerThreads

# The memory broker is one for a whole process, Redis one for all: these tests take turns.
pytestmark = pytest.mark.xdist_group("workers")


@contextmanager
def working(container: Container, *, with_schedule: bool = True) -> Iterator[WorkerThreads]:
    app = make_app(container)
    with app.connection_for_write() as connection:  # what an earlier test left in memory
        for queue in app.conf.task_queues:
            queue(connection.default_channel).declare()
            queue(connection.default_channel).purge()
    waker = wake_after_commits(container, app)
    worker = WorkerThreads(app, 2, with_schedule=with_schedule)
    worker.start()
    assert worker.wait_until_ready(20)
    try:
        yield worker
    finally:
        waker.close()
        worker.stop(20)


def handled_by(container: Container, handler: Callable[[Lease], None]) -> None:
    container.__dict__["runner"] = JobRunner(container.jobs, {JobKind.MATCH: handler})


def put(container: Container, subject: str) -> None:
    with container.database.write() as session:
        enqueue(session, JobKind.MATCH, subject)


def matched(world: World, entry: Entry) -> bool:
    current = world.reload(entry)
    return current.matched_version == current.index_version > 0


def test_what_is_published_is_indexed_and_matched_within_seconds(world: World) -> None:
    with working(world.container):
        demand = world.published("firm", EntryKind.DEMAND)
        achievement = world.published("university", EntryKind.ACHIEVEMENT)
        assert eventually(lambda: matched(world, demand) and matched(world, achievement), 10)
        assert eventually(lambda: not world.container.jobs.counts()[JobState.RUNNING])
    assert world.container.index.count() == 2
    assert world.container.jobs.counts()[JobState.DEAD] == 0


def test_a_job_whose_wake_up_was_lost_is_found_by_the_schedule(world: World) -> None:
    entry = world.published("firm", EntryKind.DEMAND)  # nobody listens yet
    with working(world.container):
        assert eventually(lambda: matched(world, entry), 10)


def test_a_running_worker_and_its_schedule_show_that_they_live(container: Container) -> None:
    with working(container):
        assert eventually(lambda: container.health._look()["worker"].state == "ok")


def test_the_days_work_is_queued_at_the_start(container: Container) -> None:
    with working(container):
        assert eventually(lambda: container.jobs.counts()[JobState.DONE] == len(DAILY))
    assert {job.kind for job in container.jobs.listed()} == set(DAILY)


def test_a_worker_that_idles_ends_at_once(container: Container) -> None:
    with working(container) as worker:
        started = time.monotonic()
        assert worker.stop(4)
        assert time.monotonic() - started < 1


def test_long_work_leaves_off_and_its_job_is_handed_back_at_once(container: Container) -> None:
    begun = threading.Event()

    def endless(lease: Lease) -> None:
        begun.set()
        while True:
            check_stop()
            threading.Event().wait(0.01)

    handled_by(container, endless)
    with working(container, with_schedule=False) as worker:
        put(container, "long")
        assert begun.wait(10)
        assert worker.stop(4)
    [job] = container.jobs.listed()
    assert (job.status, job.tries, job.lease_token) == (JobState.PENDING, 0, None)


def test_work_that_does_not_listen_is_left_behind_its_job_handed_back(
    container: Container,
) -> None:
    begun, release = threading.Event(), threading.Event()

    def deaf(lease: Lease) -> None:
        begun.set()
        release.wait()

    handled_by(container, deaf)
    with working(container, with_schedule=False) as worker:
        put(container, "deaf")
        assert begun.wait(10)
        started = time.monotonic()
        assert not worker.stop(0.5)
        assert time.monotonic() - started < 2
        [job] = container.jobs.listed()
        assert (job.status, job.tries) == (JobState.PENDING, 0)
        release.set()


def test_a_handler_that_fails_leaves_the_worker_working(container: Container) -> None:
    done: list[str] = []

    def fails_once(lease: Lease) -> None:
        if lease.subject == "bad":
            raise RuntimeError("no")
        with container.database.write() as session:
            container.jobs.finish(session, lease)
        done.append(lease.subject)

    handled_by(container, fails_once)
    with working(container, with_schedule=False):
        put(container, "bad")
        put(container, "good")
        assert eventually(lambda: done == ["good"])
    [bad] = [job for job in container.jobs.listed() if job.subject == "bad"]
    assert "RuntimeError: no" in bad.error


@pytest.mark.redis
def test_the_same_tasks_run_when_redis_carries_them(world: World, redis_url: str) -> None:
    container = world.container
    container.settings = settings_for(container.settings.data_dir, redis_url=redis_url)
    with working(container):
        demand = world.published("firm", EntryKind.DEMAND)
        assert eventually(lambda: matched(world, demand), 20)
        assert eventually(lambda: container.health._look()["worker"].state == "ok")


@pytest.mark.redis
def test_messages_in_redis_name_a_task_and_a_row_and_nothing_else(
    container: Container, redis_url: str
) -> None:
    import json

    import redis

    container.settings = settings_for(container.settings.data_dir, redis_url=redis_url)
    app = make_app(container)
    app.put("matchmaker.match", (7,), "interactive")
    with redis.Redis.from_url(redis_url) as client:
        [message] = client.lrange("matchmaker:interactive", 0, -1)
    content: dict[str, Any] = json.loads(message)
    assert content["headers"]["task"] == "matchmaker.match"
    assert content["headers"]["argsrepr"] == "(7,)"
