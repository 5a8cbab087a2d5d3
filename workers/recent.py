"""Keeps a long backlog from being woken again at every look."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

from matchmaker.domain.work import JobKind


class RecentlyWoken:
    """Remembers what was woken, so that a long backlog is not sent again at every look.

    Args:
        seconds: after which a job that still waits is woken again.
        clock: seconds that only go forward.
    """

    def __init__(self, seconds: float = 20.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._woken: dict[int, float] = {}
        self._lock = threading.Lock()

    def fresh(self, due: Iterable[tuple[JobKind, int]]) -> list[tuple[JobKind, int]]:
        """Those of the due jobs that were not woken lately; they count as woken from now on."""
        with self._lock:
            moment = self._clock()
            lately = {job: at for job, at in self._woken.items() if moment - at < self._seconds}
            found = [(kind, job) for kind, job in due if job not in lately]
            self._woken = lately | {job: moment for _, job in found}
        return found

    def forget(self, job_id: int) -> None:
        """A job was worked on; if it waits again, that is for a new try."""
        with self._lock:
            self._woken.pop(job_id, None)
