"""What the calendar does: entries run out, snoozed matches come back, the index is swept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from matchmaker.domain.calendar import now, today
from matchmaker.domain.work import JobKind
from matchmaker.models import Job
from matchmaker.models.database import Database
from matchmaker.services.entries.steps import EntrySteps
from matchmaker.services.jobs import Jobs, Lease, enqueue

if TYPE_CHECKING:
    from matchmaker.services.review import Review
    from search_index.lifecycle import IndexHandle

#: Longer than any index job can be late: only then may a tombstone be forgotten.
_KEEP_TOMBSTONES = timedelta(days=1)

#: What is queued once a day.
DAILY = (JobKind.EXPIRE, JobKind.FIT_WEIGHTS, JobKind.MAP_UNMET)


class Periodic:
    """Handler of the job `expire`, and what the schedule calls.

    Args:
        database: where jobs are.
        jobs: to finish leases.
        steps: ends entries whose time is over.
        review: brings back snoozed matches.
        index: search.
    """

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        steps: EntrySteps,
        review: Review,
        index: IndexHandle,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._steps = steps
        self._review = review
        self._index = index

    def expire(self, lease: Lease) -> None:
        """Do a day's work; it looks at the day on which it runs, however late that is."""
        day = today()
        self._steps.expire_due(day)
        self._jobs.renew(lease)
        self._review.wake_due(day)
        with self._database.write() as session:
            self._jobs.finish(session, lease)

    def queue_daily(self) -> bool:
        """Queue the day's work, unless that was done already.

        Returns:
            Whether it was queued now.
        """
        period = today().isoformat()
        with self._database.write() as session:
            known = set(session.scalars(select(Job.kind).where(Job.subject == period)))
            missing = [kind for kind in DAILY if kind not in known]
            for kind in missing:
                enqueue(session, kind, period)
        return bool(missing)

    def sweep(self) -> int:
        """Forget old tombstones of the search index.

        Returns:
            How many.
        """
        return self._index.sweep(now() - _KEEP_TOMBSTONES)
