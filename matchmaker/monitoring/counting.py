"""Counts what a piece of work asks of the database, and times it."""

from __future__ import annotations

import time
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(slots=True)
class Effort:
    """What a request or a job has cost so far.

    Attributes:
        queries: statements sent to the database.
        started: seconds of a clock that only goes forward.
    """

    queries: int = 0
    started: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        """Seconds since it began."""
        return time.perf_counter() - self.started


#: The work that is going on in this thread.
effort: ContextVar[Effort | None] = ContextVar("effort", default=None)


def in_ms(seconds: float) -> float:
    """Milliseconds, to a tenth."""
    return round(seconds * 1000, 1)
