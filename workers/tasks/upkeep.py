"""Tasks of the schedule: wake what waits, give a sign of life, queue the day's work, sweep."""

from __future__ import annotations

from collections.abc import Iterator

from matchmaker.domain.work import JobKind
from matchmaker.services.health import SCHEDULE_BEAT
from matchmaker.services.waking import route_of, task_name
from workers.tasks.base import PortalTask


class Reap(PortalTask):
    """Takes back jobs whose worker is gone and wakes all that are due."""

    name = task_name("reap")

    def run(self) -> int:
        """Return how many were woken."""
        waiting = self.services.jobs.reap()
        for place, (kind, job_id) in enumerate(waiting):
            task, queue = route_of(kind)
            try:
                self.app.put(task, (job_id,), queue)
            except Exception:
                self.services.jobs.unwake(waiting[place:])
                raise
        return len(waiting)


class Beat(PortalTask):
    """Shows that the schedule runs and that a worker hears it."""

    name = task_name("beat")

    def run(self) -> None:
        """Note the sign of life."""
        self.services.jobs.beat(SCHEDULE_BEAT)


class QueueDaily(PortalTask):
    """Queues the day's work once a day; it is asked every hour, so no day is missed."""

    name = task_name("queue_daily")

    def run(self) -> bool:
        """Return whether it was queued now."""
        return self.services.periodic.queue_daily()


class Sweep(PortalTask):
    """Forgets old tombstones of the search index."""

    name = task_name("sweep")

    def run(self) -> int:
        """Return how many."""
        return self.services.periodic.sweep()


class LookAfterIndex(PortalTask):
    """Has an index that was lost built anew."""

    name = task_name("look_after_index")

    def run(self) -> bool:
        """Return whether it was lost."""
        return self.services.rebuilding.look_after()


class QueueRepair(PortalTask):
    """Queues the hourly comparison of index and database."""

    name = task_name("queue_repair")

    def run(self) -> int:
        """Return the job's row."""
        return self.services.rebuilding.queue(JobKind.REPAIR)


def upkeep_tasks() -> Iterator[PortalTask]:
    """All tasks of the schedule."""
    yield from (Reap(), Beat(), QueueDaily(), Sweep(), LookAfterIndex(), QueueRepair())
