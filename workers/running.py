"""Runs a Celery worker and the schedule in threads of this process, and stops them."""

from __future__ import annotations

import threading
from typing import Any

import structlog
from celery import beat
from celery.worker import state

from matchmaker.services.health import WORKER_BEAT
from matchmaker.services.stopping import request_stop, resume
from matchmaker.services.waking import QUICK, task_name
from workers.app import PortalApp
from workers.schedule import PULSE_SECONDS

log = structlog.get_logger(__name__)

_FIRST_TASKS = ("reap", "beat", "queue_daily")


class WorkerThreads:
    """A worker with a pool of threads, and its schedule.

    Threads, because all tasks share one index writer, one embedder and one set of connections.

    Args:
        app: the Celery app.
        concurrency: threads that work on tasks.
        with_schedule: whether this process sends the periodic tasks.
    """

    def __init__(self, app: PortalApp, concurrency: int, *, with_schedule: bool = True) -> None:
        self._app = app
        self._concurrency = concurrency
        self._with_schedule = with_schedule
        self._ready = threading.Event()
        self._ending = threading.Event()
        self._worker = threading.Thread(target=self._work, name="worker", daemon=True)
        self._pulse = threading.Thread(target=self._give_signs, name="pulse", daemon=True)
        self._schedule: Any = None

    def start(self) -> None:
        """Start all threads and return at once."""
        resume()
        # Celery's threads find the app of a task through a global.
        self._app.set_default()
        state.should_stop = state.should_terminate = None
        self._worker.start()
        self._pulse.start()
        if self._with_schedule:
            self._schedule = beat.Service(self._app, max_interval=1, scheduler_cls=beat.Scheduler)
            threading.Thread(target=self._keep_time, name="schedule", daemon=True).start()

    def wait_until_ready(self, timeout: float) -> bool:
        """Wait until the worker takes tasks; whether it did within `timeout` seconds."""
        return self._ready.wait(timeout)

    def stop(self, timeout: float) -> bool:
        """Stop taking tasks and wait for those at work.

        Returns:
            Whether all ended within `timeout` seconds; jobs that did not are given to another
            worker when their lease runs out, or at the next start.
        """
        self._ending.set()
        request_stop()
        if self._schedule is not None:
            self._schedule.stop(wait=False)
        state.should_stop = 0
        # The worker looks at that flag after a message, waits for one more, and then ends;
        # without messages each wait would be two seconds.
        for _ in range(2):
            self._send("beat")
        self._worker.join(timeout)
        return not self._worker.is_alive()

    def is_alive(self) -> bool:
        """Whether the worker still runs."""
        return self._worker.is_alive()

    def _work(self) -> None:
        worker = self._app.WorkController(
            pool="threads",
            concurrency=self._concurrency,
            ready_callback=self._when_ready,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        try:
            worker.start()
        except Exception:
            log.exception("worker_failed")

    def _when_ready(self, _: Any) -> None:
        self._ready.set()

    def _keep_time(self) -> None:
        for name in _FIRST_TASKS:
            self._send(name)
        try:
            self._schedule.start()
        except Exception:
            log.exception("schedule_failed")

    def _send(self, name: str) -> None:
        try:
            self._app.put(task_name(name), (), QUICK)
        except Exception as error:
            log.warning("broker_away", error=error)

    def _give_signs(self) -> None:
        """Say that the worker lives, for as long as it does; the database may be away meanwhile."""
        self._ready.wait()
        while self._worker.is_alive() and not self._ending.is_set():
            try:
                self._app.container.jobs.beat(WORKER_BEAT)
            except Exception as error:
                log.warning("sign_of_life_failed", error=error)
            self._ending.wait(PULSE_SECONDS)
