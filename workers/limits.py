"""How long a task may take where workers are processes; threads can't be stopped from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from matchmaker.domain.work import WorkQueue

if TYPE_CHECKING:
    from matchmaker.config import Settings

#: Seconds a task has to put things in order after it was told that its time is over.
_GRACE = 30.0


class Limits(NamedTuple):
    """Seconds after which a task is interrupted, and after which its process is killed."""

    soft: float
    hard: float


def limits_of(queue: WorkQueue, settings: Settings) -> Limits:
    """The limits of all tasks of a queue.

    Args:
        queue: where the task waits.
        settings: what the operator chose.
    """
    bulk = queue is WorkQueue.BULK
    soft = settings.bulk_job_seconds if bulk else settings.job_seconds
    return Limits(soft, soft + _GRACE)
