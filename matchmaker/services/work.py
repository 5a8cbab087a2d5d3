"""Background work as the operator sees it: what waits, and what to do with what was given up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from matchmaker.domain.actors import SYSTEM, Actor
from matchmaker.domain.errors import NotFoundError
from matchmaker.domain.work import QUEUE_OF, JobKind, JobState, WorkQueue
from matchmaker.models import Job
from matchmaker.models.database import Database, database_now
from matchmaker.services.jobs import enqueue
from matchmaker.services.recording import record

_RATE_OVER = timedelta(hours=1)
_FIGURES = {
    JobState.PENDING: "waiting",
    JobState.RUNNING: "running",
    JobState.DEAD: "failed",
}
#: States of jobs that are not done.
OPEN = tuple(_FIGURES)


@dataclass(slots=True)
class KindOfWork:
    """How much of one kind there is.

    Attributes:
        kind: the kind.
        waiting: jobs that wait, those for later included.
        running: jobs a worker has in hand.
        failed: jobs that were given up.
        oldest: seconds for which the oldest job that may run has waited; None: none waits.
        done: jobs done within the last hour.
    """

    kind: JobKind
    waiting: int = 0
    running: int = 0
    failed: int = 0
    oldest: float | None = None
    done: int = 0


@dataclass(slots=True)
class QueueOfWork:
    """A queue and the kinds of work in it, every kind of the queue present."""

    queue: WorkQueue
    kinds: list[KindOfWork] = field(default_factory=list)

    def total(self, figure: str) -> int:
        """The sum of one figure (waiting, running, failed, done) over its kinds."""
        return sum(getattr(kind, figure) for kind in self.kinds)

    @property
    def oldest(self) -> float | None:
        """Seconds for which its oldest due job has waited; None: none waits."""
        return max((k.oldest for k in self.kinds if k.oldest is not None), default=None)


class Work:
    """Reads the job table for the operator, and gives jobs fresh tries or drops them.

    Args:
        database: where the table is.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def queues(self) -> list[QueueOfWork]:
        """All queues that hold kinds of jobs, with their figures."""
        kinds = {kind: KindOfWork(kind) for kind in JobKind}
        with self._database.read() as session:
            moment = database_now(session)
            for kind, status, number, since in session.execute(open_jobs(moment)):
                setattr(kinds[kind], _FIGURES[status], number)
                if since is not None:
                    kinds[kind].oldest = (moment - since).total_seconds()
            for kind, number in session.execute(_done_lately(moment)):
                kinds[kind].done = number
        found = {queue: QueueOfWork(queue) for queue in dict.fromkeys(QUEUE_OF.values())}
        for kind, figures in kinds.items():
            found[QUEUE_OF[kind]].kinds.append(figures)
        return list(found.values())

    def failures(self, limit: int) -> list[Job]:
        """Jobs that were given up, newest first."""
        query = select(Job).where(Job.status == JobState.DEAD).order_by(Job.finished_at.desc())
        with self._database.read() as session:
            return list(session.scalars(query.limit(limit)))

    def failure(self, job_id: int) -> Job:
        """One job that was given up.

        Raises:
            NotFoundError: there is no such dead job.
        """
        with self._database.read() as session:
            return _dead(session, job_id)

    def retry(self, job_id: int, actor: Actor = SYSTEM) -> None:
        """Give a dead job a fresh set of tries.

        Raises:
            NotFoundError: there is no such dead job.
        """
        with self._database.write() as session:
            self._begin_anew(session, _dead(session, job_id), actor)

    def retry_all(self, actor: Actor = SYSTEM) -> int:
        """Give every dead job a fresh set of tries; how many there were."""
        with self._database.write() as session:
            jobs = session.scalars(select(Job).where(Job.status == JobState.DEAD)).all()
            for job in jobs:
                self._begin_anew(session, job, actor)
        return len(jobs)

    def drop(self, job_id: int, actor: Actor) -> None:
        """Forget a dead job; what it should have done stays undone.

        Raises:
            NotFoundError: there is no such dead job.
        """
        with self._database.write() as session:
            job = _dead(session, job_id)
            record(session, actor, job, "drop_job", note=_note(job))
            session.delete(job)

    @staticmethod
    def _begin_anew(session: Session, job: Job, actor: Actor) -> None:
        enqueue(session, job.kind, job.subject)
        record(session, actor, job, "retry_job", note=_note(job))
        session.delete(job)


def _note(job: Job) -> str:
    """What the history keeps of a job whose row goes; the error may name people and stays out."""
    return f"{job.kind} {job.subject}"


def _dead(session: Session, job_id: int) -> Job:
    job = session.get(Job, job_id)
    if job is None or job.status is not JobState.DEAD:
        raise NotFoundError("no_dead_job", job=job_id)
    return job


def open_jobs(moment: datetime) -> Select[JobKind, JobState, int, datetime | None]:
    """Jobs that are not done: kind, state, how many, and since when the oldest due one waits."""
    may_run: ColumnElement[bool] = (Job.status == JobState.PENDING) & (Job.not_before <= moment)
    return (
        select(
            Job.kind,
            Job.status,
            func.count(),
            func.min(case((may_run, Job.not_before))),
        )
        .where(Job.status.in_(OPEN))
        .group_by(Job.kind, Job.status)
    )


def _done_lately(moment: datetime) -> Select[JobKind, int]:
    return (
        select(Job.kind, func.count())
        .where(Job.status == JobState.DONE, Job.finished_at >= moment - _RATE_OVER)
        .group_by(Job.kind)
    )
