"""A worker of processes whose jobs misbehave as their subjects say; run by a test, then killed."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from matchmaker.bootstrap import Container
from matchmaker.domain.work import JobKind, WorkQueue
from matchmaker.services.job_runner import JobRunner
from matchmaker.services.jobs import Lease
from matchmaker.services.stopping import check_stop
from tests.conftest import settings_for
from workers.app import make_app
from workers.processes import WorkerProcesses

#: Kept for as long as the process lives, so that it grows.
HELD: list[bytes] = []


class OddJobs:
    """Does a job as its subject says, and notes in the folder which process began and ended it."""

    def __init__(self, container: Container, folder: Path) -> None:
        self._container = container
        self._folder = folder

    def __call__(self, lease: Lease) -> None:
        manner = lease.subject.partition("-")[0]
        self._note("begun", lease)
        getattr(self, manner)()
        with self._container.database.write() as session:
            self._container.jobs.finish(session, lease)
        self._note("ended", lease)

    def good(self) -> None:
        """Nothing odd."""

    def large(self) -> None:
        HELD.append(b"x" * 80_000_000)

    def endless(self) -> None:
        while True:
            check_stop()
            time.sleep(0.01)

    def slow(self) -> None:
        time.sleep(600)

    def deaf(self) -> None:
        while True:
            try:
                time.sleep(600)
            except Exception:
                continue

    def deadly(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def _note(self, what: str, lease: Lease) -> None:
        with (self._folder / what).open("a", encoding="utf-8") as file:
            file.write(f"{lease.subject} {os.getpid()}\n")


def main(folder: Path, end_within: float, **limits: float) -> None:
    """Work until asked to end."""
    settings = settings_for(
        folder,
        database_url=os.environ["MATCHMAKER_DATABASE_URL"],
        redis_url=os.environ["MATCHMAKER_REDIS_URL"],
        embedder="hashing",
        reap_seconds=0.5,
        **limits,
    )
    container = Container(settings, owns_index=False)
    container.__dict__["runner"] = JobRunner(
        container.jobs, {JobKind.MATCH: OddJobs(container, folder)}
    )
    worker = WorkerProcesses(make_app(container), 2, with_schedule=True, queues=tuple(WorkQueue))
    sys.exit(0 if worker.run(end_within) else 1)


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        float(sys.argv[2]),
        **{name: float(text) for name, text in (word.split("=") for word in sys.argv[3:])},
    )
