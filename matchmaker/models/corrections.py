"""Clauses of a demand as its poster put them right, kept beside what was read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base, Moment


class CorrectedClause(Base):
    """One correction of a quoted piece of the field ``clauses``; it holds while the quote stands.

    ``as_read`` is null where nothing was read from the quote, ``as_corrected`` where it was
    dismissed.
    """

    __tablename__ = "corrected_clauses"
    __table_args__ = (UniqueConstraint("entry_id", "quote"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    quote: Mapped[str] = mapped_column(String(500))
    as_read: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    as_corrected: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    corrected_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    corrected_at: Mapped[datetime] = mapped_column(Moment)
