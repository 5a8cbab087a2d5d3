"""The durable job table, and the signs of life of those who work through it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.domain.work import JobKind, JobState
from matchmaker.models.base import Base, Moment, enumeration

_PENDING = text("status = 'pending'")


class Job(Base):
    """A piece of background work; at most one of a kind waits for a subject."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index(
            "uq_jobs_pending_kind_subject",
            "kind",
            "subject",
            unique=True,
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
        Index("ix_jobs_status_not_before", "status", "not_before"),
        Index("ix_jobs_status_id", "status", "id"),
        Index("ix_jobs_status_finished_at", "status", "finished_at"),
        Index("ix_jobs_subject", "subject"),
        Index("ix_jobs_finished_at", "finished_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[JobKind] = mapped_column(enumeration(JobKind))
    subject: Mapped[str] = mapped_column(String(64))
    status: Mapped[JobState] = mapped_column(enumeration(JobState), default=JobState.PENDING)
    not_before: Mapped[datetime] = mapped_column(Moment)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    lease_token: Mapped[str | None] = mapped_column(String(32))
    holder: Mapped[str | None] = mapped_column(String(120))
    woken_at: Mapped[datetime | None] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    request_id: Mapped[str] = mapped_column(String(40), default="")
    #: The span it continues, as a W3C `traceparent`.
    trace_parent: Mapped[str] = mapped_column(String(55), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class Heartbeat(Base):
    """When a worker or the beat was last alive."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)


class WorkerSeen(Base):
    """A worker: where it runs, what it listens to, and when it was last alive."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    host: Mapped[str] = mapped_column(String(80))
    process: Mapped[int]
    queues: Mapped[list[str]] = mapped_column(JSON)
    pool: Mapped[str] = mapped_column(String(32))
    concurrency: Mapped[int]
    keeps_schedule: Mapped[bool]
    version: Mapped[str] = mapped_column(String(40))
    model: Mapped[str] = mapped_column(String(120))
    started_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)


class Turn(Base):
    """What only one process at a time may do, who does it, and until when that holds."""

    __tablename__ = "turns"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    holder: Mapped[str] = mapped_column(String(120))
    until: Mapped[datetime] = mapped_column(Moment)
