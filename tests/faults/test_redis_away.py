"""Redis is killed, frozen, filled or emptied: pages answer, jobs wait, and are done afterwards."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.bootstrap import Container
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.work import JobKind, JobState
from matchmaker.models import Entry, Job, Mail, Match
from matchmaker.services.job_runner import JobRunner
from matchmaker.services.jobs import Lease, enqueue
from matchmaker.web.app import create_app
from tests.conftest import SignIn, settings_for
from tests.support.redis_server import RedisServer, redis_server
from tests.support.services import eventually
from tests.support.smtp import MailServer, mail_server
from tests.support.world import World
from workers.app import make_app, wake_after_commits
from workers.running import WorkerThreads

pytestmark = [
    pytest.mark.faults,
    pytest.mark.redis,
    pytest.mark.xdist_group("workers"),
    # Celery announces that a later version will cancel what runs; here the job table decides.
    pytest.mark.filterwarnings("ignore::celery.exceptions.CPendingDeprecationWarning"),
]

#: Generous: by then a request that waits for Redis without end has given itself away.
HANGS_AFTER = 60.0
#: Celery waits up to half a minute between tries to connect, and the reaper 20 s before it repeats.
RECOVERS_WITHIN = 120.0


@dataclass(frozen=True)
class Fault:
    """How Redis is taken away, and how it comes back."""

    name: str
    strike: Callable[[RedisServer], None]
    mend: Callable[[RedisServer], None]


FAULTS = [
    Fault("killed, and empty when it is back", RedisServer.kill, RedisServer.start),
    Fault("hanging", RedisServer.freeze, RedisServer.thaw),
    Fault("full", RedisServer.fill, RedisServer.make_room),
    Fault("emptied", RedisServer.empty, lambda server: None),
]
of_each_fault = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis of this test's own."""
    with redis_server(tmp_path) as running:
        yield running


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """A mail server."""
    with mail_server() as running:
        yield running


@pytest.fixture
def world(container: Container, server: RedisServer, mail: MailServer) -> World:
    """The small world, woken through the Redis of this test."""
    container.settings = settings_for(
        container.settings.data_dir, redis_url=server.url, reap_seconds=0.5, smtp_url=mail.url
    )
    return World(container)


@pytest.fixture
def portal(world: World) -> Iterator[Flask]:
    """The portal, whose commits wake workers."""
    app = create_app(world.container)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    waker = wake_after_commits(world.container, make_app(world.container))
    yield app
    waker.close()


@contextmanager
def working(container: Container) -> Iterator[WorkerThreads]:
    worker = WorkerThreads(make_app(container), 2)
    worker.start()
    assert worker.wait_until_ready(30)
    try:
        yield worker
    finally:
        worker.stop(30)


def in_time(pages: Callable[[], list[int]]) -> list[int]:
    """What pages answer, provided that none of them hangs."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(pages).result(timeout=HANGS_AFTER)


def visit(portal: Flask, sign_in: SignIn, world: World) -> list[int]:
    """Post a demand and read pages, as a visitor, a firm and a broker; the statuses of all."""
    visitor, firm, broker = (portal.test_client() for _ in range(3))
    answers = [visitor.get(path).status_code for path in ("/", "/search?q=矿井水", "/readyz")]
    sign_in(firm, "firm")
    sign_in(broker, "broker")
    draft = world.draft("firm", EntryKind.DEMAND, title="高盐矿井水分质结晶")
    answers += [posted(firm, f"/workspace/entries/{draft.code}/submit", version=draft.version)]
    version = world.reload(draft).version
    answers += [
        posted(broker, f"/desk/screening/{draft.code}", decision="publish", version=version)
    ]
    answers += [firm.get(f"/workspace/entries/{draft.code}").status_code]
    answers += [visitor.get(f"/en/entries/{draft.code}").status_code]
    return answers


def posted(client: FlaskClient, path: str, **form: object) -> int:
    return client.post(path, data=form).status_code


def entries(world: World) -> list[Entry]:
    with world.container.database.read() as session:
        return list(session.scalars(select(Entry)))


def all_done(world: World) -> bool:
    counts = world.container.jobs.counts()
    matched = all(e.matched_version == e.index_version > 0 for e in entries(world))
    return matched and not counts[JobState.PENDING] and not counts[JobState.RUNNING]


def assert_nothing_is_lost_or_doubled(world: World, mail: MailServer) -> None:
    container = world.container
    assert container.jobs.counts()[JobState.DEAD] == 0
    wanted = {entry.code: entry.index_version for entry in entries(world)}
    assert dict(container.index.versions()) == wanted
    with container.database.read() as session:
        rows = session.execute(select(Match.demand_id, Match.other_id))
        pairs = Counter((demand, other) for demand, other in rows)
        letters = set(session.scalars(select(Mail.message_id)))
    assert pairs
    assert set(pairs.values()) == {1}
    assert {letter["Message-ID"] for letter in mail.letters} == letters


@of_each_fault
def test_while_redis_is_away_pages_answer_and_afterwards_all_is_done(
    fault: Fault,
    world: World,
    server: RedisServer,
    mail: MailServer,
    portal: Flask,
    sign_in: SignIn,
) -> None:
    world.published("university", EntryKind.ACHIEVEMENT)
    with working(world.container):
        assert eventually(lambda: all_done(world), 60)
        fault.strike(server)
        answers = in_time(lambda: visit(portal, sign_in, world))
        assert [status for status in answers if status >= 400] == []
        fault.mend(server)
        assert eventually(lambda: all_done(world), RECOVERS_WITHIN), world.container.jobs.counts()
    assert_nothing_is_lost_or_doubled(world, mail)


def test_without_redis_tries_to_sign_in_are_counted_in_memory(
    world: World, server: RedisServer, portal: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    world.container.settings.__dict__["sign_in_limit"] = "2 per minute"
    form = {"email": "nobody@example.org", "password": "wrong"}
    server.kill()
    browser = portal.test_client()
    answers = [posted(browser, "/account/sign-in", **form) for _ in range(3)]
    assert answers[-1] == 429
    assert 429 not in answers[:2]
    assert "falling back to in-memory" in caplog.text


@of_each_fault
def test_a_worker_that_starts_while_redis_is_away_begins_when_it_is_back(
    fault: Fault, world: World, server: RedisServer, mail: MailServer
) -> None:
    fault.strike(server)
    world.published("university", EntryKind.ACHIEVEMENT)
    world.published("firm", EntryKind.DEMAND)
    worker = WorkerThreads(make_app(world.container), 2)
    worker.start()
    try:
        fault.mend(server)
        assert eventually(lambda: all_done(world), RECOVERS_WITHIN), world.container.jobs.counts()
    finally:
        worker.stop(30)
    assert_nothing_is_lost_or_doubled(world, mail)


@of_each_fault
def test_a_job_in_hand_when_redis_goes_away_is_finished_once(
    fault: Fault, container: Container, world: World, server: RedisServer
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    done: list[int] = []

    def long(lease: Lease) -> None:
        begun.set()
        go_on.wait(HANGS_AFTER)
        with container.database.write() as session:
            container.jobs.finish(session, lease)
        done.append(lease.job_id)

    container.__dict__["runner"] = JobRunner(container.jobs, {JobKind.MATCH: long})
    with container.database.write() as session:
        job_id = enqueue(session, JobKind.MATCH, "long")
    with working(container):
        assert begun.wait(30)
        fault.strike(server)
        go_on.set()
        assert eventually(lambda: done == [job_id], 30)
        fault.mend(server)
        assert eventually(lambda: beats(container), RECOVERS_WITHIN)
    assert done.count(job_id) == 1


def beats(container: Container) -> bool:
    """Whether a job that is queued now is taken up: the worker hears again."""
    with container.database.write() as session:
        enqueue(session, JobKind.MATCH, "probe")
        probes = session.scalars(select(Job.status).where(Job.subject == "probe")).all()
    return JobState.DONE in probes
