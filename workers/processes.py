"""Runs a Celery worker with a pool of processes: limits in time and memory, and nothing shared.

What all need is loaded before the fork, so that the processes share its memory: the embedder, the
analyser and the taxonomies, and the code. Connections and threads are made after it.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Collection
from contextlib import suppress
from typing import Any

import structlog
from celery import signals
from celery.worker import state

from matchmaker.domain.work import WorkQueue
from matchmaker.models.database import Database
from matchmaker.services.attendance import Attendance
from matchmaker.services.identity import name_of
from matchmaker.services.jobs import Jobs
from matchmaker.services.stopping import request_stop
from matchmaker.services.turns import Turns
from workers.app import PortalApp, wake_after_commits
from workers.keeping_time import TimeKeeper
from workers.presence import Pulse, presence_of

log = structlog.get_logger(__name__)

_LOADED_ONCE = ("embedder", "analyser", "taxonomies", "runner", "periodic")


class WorkerProcesses:
    """A worker whose jobs run in processes of their own.

    A process that takes too long is killed, one that has grown too large is replaced, and what a
    dead one held is handed back within a second or two.

    Args:
        app: the Celery app, on PostgreSQL: SQLite does not survive a fork.
        concurrency: processes that work on tasks.
        with_schedule: whether this process sends the periodic tasks.
        queues: what it listens to.
    """

    def __init__(
        self,
        app: PortalApp,
        concurrency: int,
        *,
        with_schedule: bool,
        queues: Collection[WorkQueue],
    ) -> None:
        self._app = app
        self._concurrency = concurrency
        self._queues = queues
        settings = app.container.settings
        # Of its own: a fork must never find a lock of the children's connections taken.
        self._database = Database(settings.database, settings.pool, settings.worker_limits)
        self._jobs = Jobs(self._database, settings.lease_seconds)
        self._time = TimeKeeper(app, Turns(self._database)) if with_schedule else None
        self._pulse: Pulse | None = None
        self._worker: Any = None
        self._children: set[int] = set()
        self._ended = threading.Event()
        self._asked = False

    def run(self, end_within: float) -> bool:
        """Work in this thread until SIGTERM or SIGINT.

        Args:
            end_within: seconds within which the work in hand must end or leave off; what does
                not is cut off and handed back.

        Returns:
            Whether it ended because it was asked to.
        """
        self._load()
        signals.worker_process_init.connect(self._begin_child, weak=False)
        signals.setup_logging.connect(_keep_log, weak=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._ask_to_end(end_within))
        self._app.set_default()
        self._worker = self._app.worker_of(
            "prefork", self._concurrency, self._queues, self._when_ready
        )
        self._worker.start()
        self._ended.set()
        self._close()
        return self._asked

    def _load(self) -> None:
        for name in _LOADED_ONCE:
            getattr(self._app.container, name)
        self._app.container.database.engine.dispose()
        # What is frozen is not looked at by the collector, so its memory stays shared.
        gc.collect()
        gc.freeze()

    def _begin_child(self, **_: Any) -> None:
        container = self._app.container
        container.database.engine.dispose(close=False)
        wake_after_commits(container, self._app)

    def _when_ready(self, _: object) -> None:
        if self._pulse is not None:  # it has only connected again
            return
        presence = presence_of(
            self._app.container,
            queues=self._queues,
            pool="processes",
            concurrency=self._concurrency,
            keeps_schedule=self._time is not None,
        )
        self._pulse = Pulse(
            Attendance(self._database), presence, lambda: not self._ended.is_set(), self._watch
        )
        self._pulse.start()
        if self._time is not None:
            self._time.start()

    def _watch(self) -> None:
        """Hand back what processes held that are gone: killed for their time or their memory."""
        present = set(self._worker.pool.info["processes"])
        gone = self._children - present
        if gone:
            lost = self._jobs.hand_back_of([name_of(process) for process in gone], blame=True)
            tell = log.warning if lost else log.info
            tell("processes_gone", processes=sorted(gone), jobs=lost)
        self._children = present

    def _ask_to_end(self, within: float) -> None:
        self._asked = True
        request_stop()
        state.should_stop = 0
        timer = threading.Timer(within, self._cut_off)
        timer.daemon = True
        timer.start()

    def _cut_off(self) -> None:
        """End now; what is still at work is handed back, and its process killed."""
        if self._ended.is_set():
            return
        processes = self._worker.pool.info["processes"]
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._jobs.hand_back_of([name_of(process) for process in processes], blame=False)
        self._close()
        os._exit(0)

    def _close(self) -> None:
        if self._time is not None:
            self._time.stop()
        if self._pulse is not None:
            self._pulse.stop()
        self._database.close()


def _keep_log(**_: Any) -> None:
    """The log is set up as the settings say; Celery shall not do it again in each process."""
