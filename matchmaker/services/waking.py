"""Wakes workers by the names of their tasks; a slow or absent broker never holds the caller."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

import structlog

from matchmaker.domain.work import QUEUE_OF, JobKind, WorkQueue

log = structlog.get_logger(__name__)

_PREFIX = "matchmaker."
#: Hands a message to the broker: (task name, arguments, queue).
Send = Callable[[str, tuple[Any, ...], str], None]

_MOST_WAITING = 10_000
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0


class Route(NamedTuple):
    """Where work goes: name of the task and the queue it waits in."""

    task: str
    queue: WorkQueue


def route_of(kind: JobKind) -> Route:
    """The task that runs jobs of a kind, by the same names for sender and worker."""
    return Route(task_name(kind), QUEUE_OF[kind])


def task_name(name: str) -> str:
    """The full name of a task."""
    return _PREFIX + name


class Breaker:
    """Lets nothing through for a while after a failure, longer after each in a row.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pause = _FIRST_PAUSE
        self._closed_until = float("-inf")

    def lets_through(self) -> bool:
        """Whether a try is worth while now."""
        return self._clock() >= self._closed_until

    def succeeded(self) -> None:
        """Forget all failures."""
        self._pause = _FIRST_PAUSE

    def failed(self) -> None:
        """Close for a while."""
        self._closed_until = self._clock() + self._pause
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)


class BackgroundWaker:
    """Hands jobs to a thread of its own, which sends them on.

    What can't be sent is dropped: the job table holds the work, and the reaper wakes it later.

    Args:
        send: hands one message to the broker; may block or raise.
        follow: told of the kinds of jobs that were queued, before they are sent; may block.
        breaker: keeps from trying while the broker is away.
    """

    def __init__(
        self,
        send: Send,
        breaker: Breaker | None = None,
        follow: Callable[[Collection[JobKind]], None] | None = None,
    ) -> None:
        self._send = send
        self._follow = follow or (lambda kinds: None)
        self._breaker = breaker or Breaker()
        self._waiting: queue.Queue[tuple[JobKind, int] | None] = queue.Queue(_MOST_WAITING)
        self._thread = threading.Thread(target=self._work, name="waker", daemon=True)
        self._thread.start()

    def wake(self, jobs: Sequence[tuple[JobKind, int]]) -> None:
        """Wake a worker for each job: (kind, row); returns at once."""
        for job in jobs:
            try:
                self._waiting.put_nowait(job)
            except queue.Full:
                log.warning("wakes_dropped", waiting=_MOST_WAITING)
                return

    def close(self, timeout: float = 1.0) -> None:
        """Send what waits and stop; gives up after `timeout` seconds."""
        try:
            self._waiting.put_nowait(None)
        except queue.Full:
            return
        self._thread.join(timeout)

    def _work(self) -> None:
        while (job := self._waiting.get()) is not None:
            self._follow((job[0],))
            if self._breaker.lets_through():
                self._try(*job)

    def _try(self, kind: JobKind, job_id: int) -> None:
        route = route_of(kind)
        try:
            self._send(route.task, (job_id,), route.queue)
        except Exception as error:
            self._breaker.failed()
            log.warning("wake_failed", kind=kind, job=job_id, error=error)
        else:
            self._breaker.succeeded()
