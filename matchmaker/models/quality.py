"""What the platform's quality was on a day, so that a page shows it without counting."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base, Moment


class QualitySnapshot(Base):
    """The figures of one day in Asia/Shanghai; a second measurement of a day replaces the first."""

    __tablename__ = "quality_snapshots"
    __table_args__ = (Index("ix_quality_snapshots_month_day", "month", "day"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    #: The month of the day, as in 2026-11.
    month: Mapped[str] = mapped_column(String(7))
    taken_at: Mapped[datetime] = mapped_column(Moment)
    #: As `services.quality.figures.Figures` writes them.
    figures: Mapped[dict[str, Any]]
