"""The durable job table: put work in, lease it, finish it, try again, give it up."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy import CursorResult, ScalarSelect, Select, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from matchmaker.domain.errors import MatchmakerError, NotFoundError
from matchmaker.domain.work import RETRIES, JobKind, JobState, RetryRule
from matchmaker.models import Heartbeat, Job
from matchmaker.models.database import Database, database_now, wake_after_commit
from matchmaker.services.counting import at_most
from matchmaker.services.recording import request_id

log = structlog.get_logger(__name__)

_KEEP_DONE = timedelta(days=7)
#: Done jobs that one look forgets, so that it stays short after a busy week.
_FORGET_AT_ONCE = 5_000


class LeaseLostError(MatchmakerError):
    """Somebody else holds the job now; what was worked out is thrown away."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A job in hand.

    Attributes:
        job_id: row of the job table.
        kind: what to do.
        subject: to what.
        token: proves that the job is still ours.
        tries: how often it was begun, this time included.
    """

    job_id: int
    kind: JobKind
    subject: str
    token: str
    tries: int


class Waker(Protocol):
    """Tells workers that jobs wait; a lost call costs seconds, never work."""

    def wake(self, jobs: Sequence[tuple[JobKind, int]]) -> None:
        """Wake a worker for each job: (kind, row)."""


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
        created_at=moment,
    )
    earliest = func.min if dialect is sqlite else func.least
    return row.on_conflict_do_update(
        index_elements=["kind", "subject"],
        index_where=Job.status == JobState.PENDING,
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
        token = secrets.token_hex(16)
        with self._database.write() as session:
            moment = database_now(session)
            row = session.execute(
                update(Job)
                .where(Job.id == _untaken(job_id, moment))
                .values(
                    status=JobState.RUNNING,
                    lease_token=token,
                    tries=Job.tries + 1,
                    lease_until=moment + self._lease,
                )
                .returning(Job.kind, Job.subject, Job.tries)
            ).one_or_none()
        return Lease(job_id, row.kind, row.subject, token, row.tries) if row else None

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
            lease_token=None,
            lease_until=None,
            error="",
            finished_at=database_now(session),
        )

    def fail(self, lease: Lease, error: str) -> JobState:
        """Put a failed job back for a later try, or aside as dead.

        Args:
            lease: the job in hand.
            error: what went wrong, for the admin page.

        Returns:
            The state it is in now.
        """
        with self._database.write() as session:
            moment = database_now(session)
            if self._has_successor(session, lease):
                state, due = JobState.DONE, moment
            elif self._retries.exhausted(lease.tries):
                state, due = JobState.DEAD, moment
            else:
                state = JobState.PENDING
                due = moment + timedelta(seconds=self._retries.wait(lease.tries))
            try:
                self._touch(
                    session,
                    lease,
                    status=state,
                    not_before=due,
                    error=error[:2000],
                    lease_token=None,
                    lease_until=None,
                    finished_at=None if state is JobState.PENDING else moment,
                )
            except LeaseLostError:
                return JobState.PENDING
        return state

    def reap(self) -> list[tuple[JobKind, int]]:
        """Take back jobs whose lease ran out and sweep old ones.

        Returns:
            All jobs that are due now: (kind, row), oldest first, a thousand at most.
        """
        with self._database.write() as session:
            moment = database_now(session)
            self._return_expired(session, moment)
            session.execute(delete(Job).where(Job.id.in_(_to_forget(moment))))
            due = session.execute(
                select(Job.kind, Job.id)
                .where(Job.status == JobState.PENDING, Job.not_before <= moment)
                .order_by(Job.not_before, Job.id)
                .limit(1000)
            )
            return [(kind, job_id) for kind, job_id in due]

    def release_all(self) -> int:
        """Give back every running job at once; only for the sole worker of a database at start.

        Returns:
            How many were running.
        """
        with self._database.write() as session:
            moment = database_now(session)
            session.execute(
                update(Job).where(Job.status == JobState.RUNNING).values(lease_until=moment)
            )
            return self._return_expired(session, moment)

    def retry(self, job_id: int) -> None:
        """Give a dead job a fresh set of tries.

        Raises:
            NotFoundError: there is no such dead job.
        """
        with self._database.write() as session:
            job = session.get(Job, job_id)
            if job is None or job.status is not JobState.DEAD:
                raise NotFoundError("no_dead_job", job=job_id)
            enqueue(session, job.kind, job.subject)
            session.delete(job)

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

    def _touch(self, session: Session, lease: Lease, **values: Any) -> None:
        done: CursorResult[Any] = session.execute(  # type: ignore[assignment]
            update(Job)
            .where(
                Job.id == lease.job_id,
                Job.status == JobState.RUNNING,
                Job.lease_token == lease.token,
            )
            .values(**values)
        )
        if done.rowcount != 1:
            raise LeaseLostError("lease_lost", job=lease.job_id)

    def _has_successor(self, session: Session, lease: Lease) -> bool:
        waiting = select(Job.id).where(
            Job.kind == lease.kind, Job.subject == lease.subject, Job.status == JobState.PENDING
        )
        return session.scalar(waiting) is not None

    def _return_expired(self, session: Session, moment: datetime) -> int:
        expired = session.scalars(
            select(Job)
            .where(Job.status == JobState.RUNNING, Job.lease_until <= moment)
            .with_for_update(skip_locked=True)
        ).all()
        for job in expired:
            lease = Lease(job.id, job.kind, job.subject, "", job.tries)
            superseded = self._has_successor(session, lease)
            dead = self._retries.exhausted(job.tries)
            job.status = (
                JobState.DONE if superseded else JobState.DEAD if dead else JobState.PENDING
            )
            job.error = job.error or "The worker stopped before it was done."
            job.lease_token = job.lease_until = None
            job.not_before = moment
            job.finished_at = None if job.status is JobState.PENDING else moment
            session.flush()
        return len(expired)


def _untaken(job_id: int, moment: datetime) -> ScalarSelect[int]:
    """A due job, unless somebody is about to take it: nobody waits for the loser's answer.

    SQLite has no locks on rows and leaves that part out; there writers take turns anyway.
    """
    return (
        select(Job.id)
        .where(Job.id == job_id, Job.status == JobState.PENDING, Job.not_before <= moment)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )


def _to_forget(moment: datetime) -> Select[int]:
    return (
        select(Job.id)
        .where(Job.status == JobState.DONE, Job.finished_at < moment - _KEEP_DONE)
        .order_by(Job.finished_at)
        .limit(_FORGET_AT_ONCE)
        .with_for_update(skip_locked=True)
    )


#: Does a job's work; finishes the lease in its own last transaction.
Handler = Callable[[Lease], None]


class JobRunner:
    """Runs jobs: claims one, calls its handler, keeps what went wrong.

    Args:
        jobs: the table.
        handlers: what to do for each kind.
    """

    def __init__(self, jobs: Jobs, handlers: Mapping[JobKind, Handler]) -> None:
        self._jobs = jobs
        self._handlers = handlers

    def run(self, job_id: int) -> bool:
        """Work on one job, if it can be had.

        Returns:
            Whether it was done now.
        """
        lease = self._jobs.claim(job_id)
        if lease is None:
            return False
        mark = request_id.set(f"job-{lease.job_id}")
        try:
            self._handlers[lease.kind](lease)
        except LeaseLostError:
            log.warning("job_lease_lost", job=job_id, kind=lease.kind)
            return False
        except Exception as error:
            state = self._jobs.fail(lease, f"{type(error).__name__}: {error}")
            log.exception("job_failed", job=job_id, kind=lease.kind, state=state)
            return False
        finally:
            request_id.reset(mark)
        return True

    def drain(self, most: int = 10_000) -> int:
        """Work through everything that is due, in this thread; for commands and tests.

        Returns:
            How many jobs were done.
        """
        done = 0
        while done < most:
            due = self._jobs.reap()
            if not due:
                return done
            progress = sum(self.run(job_id) for _, job_id in due)
            if not progress:
                return done
            done += progress
        return done
