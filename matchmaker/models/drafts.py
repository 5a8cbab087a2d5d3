"""What was typed but is not the entry yet: saved forms and edits that wait for screening."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base, Moment


class FormDraft(Base):
    """A form as it was typed, unchecked, kept until it is sent or thrown away."""

    __tablename__ = "form_drafts"
    __table_args__ = (
        Index(
            "uq_form_drafts_person_id_form",
            "person_id",
            "form",
            unique=True,
            sqlite_where=text("person_id IS NOT NULL"),
            postgresql_where=text("person_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    #: Names the browser that sent a form after its session had run out.
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    form: Mapped[str] = mapped_column(String(64))
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    base_version: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime] = mapped_column(Moment)


class EntryRevision(Base):
    """An edit of a published entry: what it would change, and whether a broker agreed."""

    __tablename__ = "entry_revisions"
    __table_args__ = (Index("ix_entry_revisions_status_created_at", "status", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    base_version: Mapped[int]
    values: Mapped[dict[str, Any]]
    #: waiting (to be shown after screening), shown (screen afterwards), accepted, refused
    status: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
