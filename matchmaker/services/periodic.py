"""What the calendar does: entries run out, snoozed matches come back, the index is swept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from matchmaker.domain.calendar import now, today
from matchmaker.domain.work import DAILY
from matchmaker.models import Job
from matchmaker.models.database import Database
from matchmaker.models.turns import take_turns
from matchmaker.services.entries.steps import EntrySteps
from matchmaker.services.jobs import Jobs, Lease, enqueue

if TYPE_CHECKING:
    from matchmaker.services.review import Review
    from search_index.lifecycle import IndexHandle

#: Longer than any index job can be late: only then may a tombstone be forgotten.
_KEEP_TOMBSTONES = timedelta(days=1)


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
            take_turns(session, "daily")
            query = select(Job.kind).where(Job.kind.in_(DAILY), Job.subject == period)
            known = set(session.scalars(query))
            missing = [kind for kind in DAILY if kind not in known]
            for kind in missing:
                enqueue(session, kind, period)
        return bool(missing)

    def sweep(self) -> int:
        """Forget old tombstones of the search index, unless another process is at it.

        Returns:
            How many.
        """
        with self._database.alone("sweep") as alone:
            return self._index.sweep(now() - _KEEP_TOMBSTONES) if alone else 0
