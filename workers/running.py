"""Runs a Celery worker and the schedule in threads of this process, and stops them."""

from __future__ import annotations

import threading
from collections.abc import Collection

import structlog
from celery.worker import state

from matchmaker.domain.work import WorkQueue
from matchmaker.services.identity import own_name
from matchmaker.services.stopping import request_stop, resume
from matchmaker.services.waking import task_name
from workers.app import PortalApp
from workers.keeping_time import TimeKeeper
from workers.presence import Pulse, presence_of

log = structlog.get_logger(__name__)


class WorkerThreads:
    """A worker with a pool of threads, and its schedule.

    Threads, because all tasks share one index writer, one embedder and one set of connections.

    Args:
        app: the Celery app.
        concurrency: threads that work on tasks.
        with_schedule: whether this process sends the periodic tasks.
        queues: what it listens to.
    """

    def __init__(
        self,
        app: PortalApp,
        concurrency: int,
        *,
        with_schedule: bool = True,
        queues: Collection[WorkQueue] = tuple(WorkQueue),
    ) -> None:
        self._app = app
        self._concurrency = concurrency
        self._queues = queues
        self._ready = threading.Event()
        self._worker = threading.Thread(target=self._work, name="worker", daemon=True)
        container = app.container
        turns = container.turns if container.settings.redis_url else None
        self._time = TimeKeeper(app, turns) if with_schedule else None
        self._pulse: Pulse | None = None

    def start(self) -> None:
        """Start all threads and return at once."""
        resume()
        # Celery's threads find the app of a task through a global.
        self._app.set_default()
        state.should_stop = state.should_terminate = None
        self._worker.start()
        if self._time is not None:
            self._time.start()

    def wait_until_ready(self, timeout: float) -> bool:
        """Wait until the worker takes tasks; whether it did within `timeout` seconds."""
        return self._ready.wait(timeout)

    def stop(self, timeout: float) -> bool:
        """Stop taking tasks, and wait for those at work to end or to leave off.

        What does not within `timeout` seconds is handed back: the results of the thread that
        still works on it are refused.

        Returns:
            Whether all ended.
        """
        request_stop()
        if self._time is not None:
            self._time.stop()
        state.should_stop = 0
        self._rouse()
        self._worker.join(timeout)
        if self._pulse is not None:
            self._pulse.stop()
        ended = not self._worker.is_alive()
        if not ended:
            self._app.container.jobs.hand_back_of([own_name()], blame=False)
        return ended

    def is_alive(self) -> bool:
        """Whether the worker still runs."""
        return self._worker.is_alive()

    def _work(self) -> None:
        worker = self._app.worker_of("threads", self._concurrency, self._queues, self._when_ready)
        try:
            worker.start()
        except Exception:
            log.exception("worker_failed")

    def _when_ready(self, _: object) -> None:
        if self._ready.is_set():  # it has only connected again
            return
        container = self._app.container
        presence = presence_of(
            container,
            queues=self._queues,
            pool="threads",
            concurrency=self._concurrency,
            keeps_schedule=self._time is not None,
        )
        self._pulse = Pulse(container.attendance, presence, self.is_alive)
        self._pulse.start()
        self._ready.set()

    def _rouse(self) -> None:
        """Have a worker on the memory broker look at the flag to stop.

        It looks after a message, waits for one more, and then ends; without messages each wait
        would be two seconds. With Redis it looks every second by itself.
        """
        if self._app.container.settings.redis_url:
            return
        for _ in range(2):
            self._app.put(task_name("beat"), (), WorkQueue.SCHEDULE)
