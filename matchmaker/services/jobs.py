"""The durable job table: put work in, lease it, finish it, hand it back, give it up."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Select, delete, func, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from matchmaker.domain.errors import MatchmakerError
from matchmaker.domain.work import RETRIES, JobKind, JobState, RetryRule
from matchmaker.models import Heartbeat, Job
from matchmaker.models.database import Database, database_now, wake_after_commit
from matchmaker.monitoring.correlation import request_id, trace_parent
from matchmaker.services.counting import at_most
from matchmaker.services.identity import own_name

_KEEP_DONE = timedelta(days=7)
#: Done jobs that one look forgets, so that it stays short after a busy week.
_FORGET_AT_ONCE = 5_000
#: A job that was woken this long ago and still waits is woken again: the message may be lost.
_WAKE_AGAIN = timedelta(seconds=20)
_WORKER_GONE = "The worker stopped before it was done."
_FREE: Mapping[str, Any] = {
    "lease_token": None,
    "lease_until": None,
    "holder": None,
    "woken_at": None,
}


class LeaseLostError(MatchmakerError):
    """Somebody else holds the job now; what was worked out is thrown away."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A job in hand.

    Attributes:
        job_id: row of the job table.
        kind: what to do.
        subject: to what.
        token: proves that the job is still ours; the same for jobs taken together.
        tries: how often it was begun, this time included.
        request_id: the request that queued it; "" where none did.
        trace_parent: the span it continues, as a W3C `traceparent`; "" where nothing is traced.
    """

    job_id: int
    kind: JobKind
    subject: str
    token: str
    tries: int
    request_id: str = ""
    trace_parent: str = ""


def enqueue(
    session: Session, kind: JobKind, subject: str, *, not_before: datetime | None = None
) -> int:
    """Put a job into the table in the caller's transaction; wake a worker after its commit.

    A job of this kind that already waits for the subject is kept, at the earlier of both times.

    Args:
        session: unit of work of the deed that makes the job necessary.
        kind: what to do.
        subject: public code or number of the row it is about.
        not_before: moment before which it must not run; now when left out.

    Returns:
        The job's row.
    """
    moment = database_now(session)
    due = not_before or moment
    job_id: int = session.execute(_upsert(session, kind, subject, due, moment)).scalar_one()
    if due <= moment:
        wake_after_commit(session, (kind, job_id))
    return job_id


def cancel(session: Session, kind: JobKind, subject: str) -> None:
    """Take a waiting job out of the table, because its deed was taken back."""
    session.execute(
        delete(Job).where(Job.kind == kind, Job.subject == subject, Job.status == JobState.PENDING)
    )


def _upsert(session: Session, kind: JobKind, subject: str, due: datetime, moment: datetime) -> Any:
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = dialect.insert(Job).values(
        kind=kind,
        subject=subject,
        status=JobState.PENDING,
        not_before=due,
        tries=0,
        error="",
        request_id=request_id.get(),
        trace_parent=trace_parent.get(),
        created_at=moment,
    )
    earliest = func.min if dialect is sqlite else func.least
    return row.on_conflict_do_update(
        index_elements=["kind", "subject"],
        # A literal, as in the index: PostgreSQL finds no index for a parameter once it has prepared
        # the statement, which it does for one that is used often.
        index_where=text("status = 'pending'"),
        set_={"not_before": earliest(Job.not_before, row.excluded.not_before)},
    ).returning(Job.id)


class Jobs:
    """Leases jobs to workers and keeps their state.

    Args:
        database: where the table is.
        lease_seconds: how long a worker may be silent before its job is given to another.
        retries: when to try again, and when to stop.
    """

    def __init__(
        self, database: Database, lease_seconds: float, retries: RetryRule = RETRIES
    ) -> None:
        self._database = database
        self._lease = timedelta(seconds=lease_seconds)
        self._retries = retries

    def claim(self, job_id: int) -> Lease | None:
        """Take a due job, if nobody has it.

        Returns:
            The lease, or None where the job is gone, taken or not due.
        """
        with self._database.write() as session:
            moment = database_now(session)
            taken = self._take(session, moment, [job_id])
        return taken[0] if taken else None

    def claim_like(self, lease: Lease, most: int) -> list[Lease]:
        """Take more jobs of the kind of one in hand, the oldest that are due and that nobody has.

        Args:
            lease: the job in hand.
            most: how many more at the most.
        """
        with self._database.write() as session:
            moment = database_now(session)
            waiting = (
                select(Job.id)
                .where(Job.kind == lease.kind, *_due(moment))
                .order_by(Job.not_before, Job.id)
                .limit(most)
                .with_for_update(skip_locked=True)
            )
            numbers = session.scalars(waiting).all()
            return self._take(session, moment, numbers) if numbers else []

    def renew(self, lease: Lease) -> None:
        """Hold a long job for another span.

        Raises:
            LeaseLostError: it was given to somebody else.
        """
        with self._database.write() as session:
            until = database_now(session) + self._lease
            self._touch(session, lease, lease_until=until)

    def finish(self, session: Session, lease: Lease) -> None:
        """Mark the job done in the transaction that writes its results.

        Raises:
            LeaseLostError: it was given to somebody else; roll the results back.
        """
        self._touch(
            session,
            lease,
            status=JobState.DONE,
            **_FREE,
            error="",
            finished_at=database_now(session),
        )

    def fail(self, lease: Lease, error: str, *, counts: bool = True) -> JobState:
        """Put a failed job back for a later try, or aside as dead.

        Args:
            lease: the job in hand.
            error: what went wrong, for the admin page.
            counts: whether it was a try; one that found an engine away was none.

        Returns:
            The state it is in now.
        """
        with self._database.write() as session:
            moment = database_now(session)
            spent = counts and self._retries.exhausted(lease.tries)
            state, due = _state_after(session, lease.kind, lease.subject, spent=spent), moment
            if state is JobState.PENDING:
                due += timedelta(seconds=self._wait(lease, counts=counts))
            try:
                self._touch(
                    session,
                    lease,
                    status=state,
                    not_before=due,
                    tries=lease.tries if counts else lease.tries - 1,
                    error=error[:2000],
                    **_FREE,
                    finished_at=None if state is JobState.PENDING else moment,
                )
            except LeaseLostError:
                return JobState.PENDING
        return state

    def hand_back(self, lease: Lease) -> None:
        """Give a job up for another worker to begin anew, because this process ends.

        It does not count as a try. A lease that was lost meanwhile is no error.
        """
        with self._database.write() as session:
            self._return(session, _held_under(lease), blame=False)

    def hand_back_of(self, holders: Collection[str], *, blame: bool) -> int:
        """Give back whatever these processes hold; they are dead, or end now.

        Args:
            holders: names of processes (`services/identity.py`).
            blame: whether the jobs may be at fault, so that it counts as a try.

        Returns:
            How many jobs there were.
        """
        with self._database.write() as session:
            return self._return(session, Job.holder.in_(holders), blame=blame)

    def due(self) -> list[tuple[JobKind, int]]:
        """All jobs that may run now: (kind, row), oldest first, a thousand at most."""
        with self._database.read() as session:
            return self._waiting(session, *_due(database_now(session)))

    def reap(self) -> list[tuple[JobKind, int]]:
        """Take back jobs whose lease ran out, sweep old ones, and say which to wake.

        Returns:
            The due jobs that were not woken lately: (kind, row), oldest first, a thousand at most.
            They count as woken from now on; `unwake` those that could not be.
        """
        with self._database.write() as session:
            moment = database_now(session)
            self._return(session, Job.lease_until <= moment, moment, blame=True)
            session.execute(delete(Job).where(Job.id.in_(_to_forget(moment))))
            unheard = or_(Job.woken_at.is_(None), Job.woken_at <= moment - _WAKE_AGAIN)
            found = self._waiting(session, *_due(moment), unheard)
            self._note_woken(session, found, moment)
            return found

    def unwake(self, jobs: Sequence[tuple[JobKind, int]]) -> None:
        """Have jobs woken at the next look: their messages could not be sent."""
        with self._database.write() as session:
            self._note_woken(session, jobs, None)

    def release_all(self) -> int:
        """Give back every running job at once; only for the sole worker of a database at start.

        Returns:
            How many were running.
        """
        with self._database.write() as session:
            return self._return(session, Job.status == JobState.RUNNING, blame=True)

    def listed(self, state: JobState | None = None, limit: int = 100, offset: int = 0) -> list[Job]:
        """Jobs by state, newest first."""
        query = select(Job).order_by(Job.id.desc()).limit(limit).offset(offset)
        if state is not None:
            query = query.where(Job.status == state)
        with self._database.read() as session:
            return list(session.scalars(query))

    def counts(self) -> Mapping[JobState, int]:
        """How many jobs stand in each state, counted as far as `counting.MOST`."""
        with self._database.read() as session:
            return {
                state: at_most(session, select(Job.id).where(Job.status == state))
                for state in JobState
            }

    def beat(self, name: str) -> None:
        """Note that a worker or the beat is alive."""
        with self._database.write() as session:
            session.merge(Heartbeat(name=name, at=database_now(session)))

    def _wait(self, lease: Lease, *, counts: bool) -> float:
        return self._retries.wait(lease.tries) if counts else self._retries.wait_for_engine()

    def _touch(self, session: Session, lease: Lease, **values: Any) -> None:
        done: CursorResult[Any] = session.execute(  # type: ignore[assignment]
            update(Job).where(Job.status == JobState.RUNNING, _held_under(lease)).values(**values)
        )
        if done.rowcount != 1:
            raise LeaseLostError("lease_lost", job=lease.job_id)

    def _take(self, session: Session, moment: datetime, numbers: Sequence[int]) -> list[Lease]:
        token = secrets.token_hex(16)
        rows = session.execute(
            update(Job)
            .where(Job.id.in_(_untaken(numbers, moment)))
            .values(
                status=JobState.RUNNING,
                lease_token=token,
                tries=Job.tries + 1,
                lease_until=moment + self._lease,
                holder=own_name(),
            )
            .returning(Job.id, Job.kind, Job.subject, Job.tries, Job.request_id, Job.trace_parent)
        )
        return [Lease(*row[:3], token, *row[3:]) for row in rows]

    @staticmethod
    def _waiting(session: Session, *which: ColumnElement[bool]) -> list[tuple[JobKind, int]]:
        query = select(Job.kind, Job.id).where(*which).order_by(Job.not_before, Job.id).limit(1000)
        return [(kind, job_id) for kind, job_id in session.execute(query)]

    @staticmethod
    def _note_woken(
        session: Session, jobs: Sequence[tuple[JobKind, int]], moment: datetime | None
    ) -> None:
        numbers = [number for _, number in jobs]
        if numbers:
            session.execute(update(Job).where(Job.id.in_(numbers)).values(woken_at=moment))

    def _return(
        self,
        session: Session,
        which: ColumnElement[bool],
        moment: datetime | None = None,
        *,
        blame: bool,
    ) -> int:
        """Let others begin jobs that run, from `moment` or now on; how many there were."""
        moment = moment or database_now(session)
        running = (
            select(Job)
            .where(Job.status == JobState.RUNNING, which)
            .with_for_update(skip_locked=True)
        )
        jobs = session.scalars(running).all()
        for job in jobs:
            job.tries -= 0 if blame else 1
            spent = self._retries.exhausted(job.tries)
            job.status = _state_after(session, job.kind, job.subject, spent=spent)
            job.error = job.error or (_WORKER_GONE if blame else "")
            for name, value in _FREE.items():
                setattr(job, name, value)
            job.not_before = moment
            job.finished_at = None if job.status is JobState.PENDING else moment
            session.flush()
        return len(jobs)


def _state_after(session: Session, kind: JobKind, subject: str, *, spent: bool) -> JobState:
    """What becomes of a job that ends undone: one like it that waits takes its place."""
    waiting = select(Job.id).where(
        Job.kind == kind, Job.subject == subject, Job.status == JobState.PENDING
    )
    if session.scalar(waiting) is not None:
        return JobState.DONE
    return JobState.DEAD if spent else JobState.PENDING


def _due(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    return Job.status == JobState.PENDING, Job.not_before <= moment


def _untaken(numbers: Sequence[int], moment: datetime) -> Select[int]:
    """Due jobs, without those somebody is about to take: nobody waits for the loser's answer.

    SQLite has no locks on rows and leaves that part out; there writers take turns anyway.
    """
    query = select(Job.id).where(Job.id.in_(numbers), *_due(moment))
    return query.with_for_update(skip_locked=True)


def _to_forget(moment: datetime) -> Select[int]:
    return (
        select(Job.id)
        .where(Job.status == JobState.DONE, Job.finished_at < moment - _KEEP_DONE)
        .order_by(Job.finished_at)
        .limit(_FORGET_AT_ONCE)
        .with_for_update(skip_locked=True)
    )


def _held_under(lease: Lease) -> ColumnElement[bool]:
    return (Job.id == lease.job_id) & (Job.lease_token == lease.token)
