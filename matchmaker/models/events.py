"""The history: one append-only table of who did what to which record, when and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base, Moment


class Event(Base):
    """One thing that happened."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_subject_type_subject_id_id", "subject_type", "subject_id", "id"),
        Index("ix_events_actor_id_id", "actor_id", "id"),
        Index("ix_events_subject_code_id", "subject_code", "id"),
        Index("ix_events_action_id", "action", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    #: None is the platform itself.
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    subject_type: Mapped[str] = mapped_column(String(24))
    subject_id: Mapped[int]
    subject_code: Mapped[str] = mapped_column(String(64), default="")
    action: Mapped[str] = mapped_column(String(32))
    #: field name → [before, after]
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(String(48), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    request_id: Mapped[str] = mapped_column(String(40), default="")
