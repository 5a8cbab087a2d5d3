"""Publishes what waits for screening while a worker follows; made to be killed at any moment."""

from __future__ import annotations

import time
from multiprocessing.connection import Connection
from pathlib import Path

from sqlalchemy import select

from matchmaker.bootstrap import Container
from matchmaker.domain.actors import SYSTEM
from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.work import JobState
from matchmaker.models import Entry
from tests.conftest import settings_for
from workers.app import make_app, wake_after_commits
from workers.running import WorkerThreads

_PATIENCE = 300.0


def publish_all(container: Container) -> None:
    """Publish every submitted entry, one transaction each."""
    with container.database.read() as session:
        waiting = session.execute(
            select(Entry.code, Entry.version).where(Entry.status == EntryState.SUBMITTED)
        ).all()
    for code, version in waiting:
        container.screening.publish(SYSTEM, code, version)


def wait_for_rest(container: Container) -> None:
    """Wait until no job is pending or running."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        counts = container.jobs.counts()
        if not counts[JobState.PENDING] and not counts[JobState.RUNNING]:
            return
        time.sleep(0.1)
    raise SystemExit(f"jobs are left: {container.jobs.counts()}")


def work(folder: Path, told: Connection) -> None:
    """Work until done or killed; tells "ready" when it begins and "done" when nothing is left."""
    container = Container(settings_for(folder, reap_seconds=0.5))
    container.jobs.release_all()
    app = make_app(container)
    waker = wake_after_commits(container, app)
    worker = WorkerThreads(app, 2)
    worker.start()
    worker.wait_until_ready(30)
    told.send("ready")
    publish_all(container)
    wait_for_rest(container)
    told.send("done")
    worker.stop(5)
    waker.close()
    container.close()
