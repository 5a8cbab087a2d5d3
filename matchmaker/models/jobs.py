"""The durable job table, and the signs of life of what works through it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text, text
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
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[JobKind] = mapped_column(enumeration(JobKind))
    subject: Mapped[str] = mapped_column(String(64))
    status: Mapped[JobState] = mapped_column(enumeration(JobState), default=JobState.PENDING)
    not_before: Mapped[datetime] = mapped_column(Moment)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    lease_token: Mapped[str | None] = mapped_column(String(32))
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    request_id: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class Heartbeat(Base):
    """When a worker or the beat was last alive."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
