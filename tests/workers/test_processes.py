"""A worker of processes: what takes too long, grows too large or dies holds up nobody else."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from matchmaker.bootstrap import Container
from matchmaker.domain.work import JobKind, JobState
from matchmaker.models import Job
from matchmaker.services.jobs import enqueue
from tests.support.processes import environment
from tests.support.services import eventually

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.xdist_group("workers"),
]


@pytest.fixture
def engine() -> str:
    """SQLite does not survive a fork."""
    return "postgresql"


Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(container: Container, redis_url: str) -> Iterator[Start]:
    """Starts the worker, which has ended when the test has."""
    folder = container.settings.data_dir
    started: list[subprocess.Popen[bytes]] = []

    def begin(end_within: float = 10.0, **limits: float) -> subprocess.Popen[bytes]:
        words = [f"{name}={value}" for name, value in limits.items()]
        with (folder / "log").open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "tests.workers.odd_worker"]
                + [str(folder), str(end_within), *words],
                env=environment(
                    folder,
                    MATCHMAKER_DATABASE_URL=container.settings.database_url,
                    MATCHMAKER_REDIS_URL=redis_url,
                ),
                stdout=log,
                stderr=log,
            )
        started.append(worker)
        assert eventually(lambda: bool(container.attendance.seen()), 60), log_of(container)
        return worker

    yield begin
    for worker in started:
        worker.kill()
        worker.wait()


def log_of(container: Container) -> str:
    return (container.settings.data_dir / "log").read_text()


def put(container: Container, *subjects: str) -> None:
    with container.database.write() as session:
        for subject in subjects:
            enqueue(session, JobKind.MATCH, subject)


def job(container: Container, subject: str) -> Job:
    [found] = [
        job
        for job in container.jobs.listed()
        if job.kind is JobKind.MATCH and job.subject == subject
    ]
    return found


def noted(container: Container, what: str) -> list[str]:
    file = container.settings.data_dir / what
    return [line.split()[0] for line in file.read_text().splitlines()] if file.exists() else []


def test_a_worker_of_processes_works_and_says_what_it_is(
    container: Container, start: Start
) -> None:
    start()
    put(container, "good-1", "good-2")
    assert eventually(lambda: sorted(noted(container, "ended")) == ["good-1", "good-2"], 30), (
        log_of(container)
    )
    [(row, _)] = container.attendance.seen()
    assert (row.pool, row.concurrency, row.keeps_schedule) == ("processes", 2, True)
    assert row.model.startswith("hashing@")


def test_a_job_whose_process_dies_is_handed_back_at_once_and_others_go_on(
    container: Container, start: Start
) -> None:
    start()
    put(container, "deadly")
    assert eventually(lambda: job(container, "deadly").tries >= 2, 60), log_of(container)
    put(container, "good")
    assert eventually(lambda: noted(container, "ended") == ["good"], 30), log_of(container)
    assert eventually(lambda: job(container, "deadly").status is JobState.DEAD, 120)
    assert "worker stopped" in job(container, "deadly").error


def test_a_job_that_takes_too_long_fails_with_a_word_why(
    container: Container, start: Start
) -> None:
    start(job_seconds=1)
    put(container, "slow")
    assert eventually(lambda: job(container, "slow").error != "", 30), log_of(container)
    assert "SoftTimeLimitExceeded" in job(container, "slow").error


def test_a_process_that_has_grown_too_large_is_replaced(container: Container, start: Start) -> None:
    start(worker_memory_mb=250)
    put(container, *(f"large-{number}" for number in range(12)))
    assert eventually(lambda: len(noted(container, "ended")) == 12, 60), log_of(container)
    lines = (container.settings.data_dir / "ended").read_text().splitlines()
    assert len({line.split()[1] for line in lines}) > 2
    assert {job.tries for job in container.jobs.listed() if job.kind is JobKind.MATCH} == {1}


def test_long_work_leaves_off_when_the_worker_is_asked_to_end(
    container: Container, start: Start
) -> None:
    worker = start()
    put(container, "endless")
    assert eventually(lambda: noted(container, "begun") == ["endless"], 30), log_of(container)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0, log_of(container)
    found = job(container, "endless")
    assert (found.status, found.tries, found.holder) == (JobState.PENDING, 0, None)
    assert container.attendance.seen() == [], log_of(container)


def test_work_that_does_not_listen_is_cut_off_and_handed_back(
    container: Container, start: Start
) -> None:
    worker = start(end_within=1.0)
    put(container, "deaf")
    assert eventually(lambda: noted(container, "begun") == ["deaf"], 30), log_of(container)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0, log_of(container)
    found = job(container, "deaf")
    assert (found.status, found.tries, found.holder) == (JobState.PENDING, 0, None)
