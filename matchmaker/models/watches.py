"""What people watch for, and the nearest miss of an entry that nothing fits yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.levels import Level
from matchmaker.models.base import Base, Moment, enumeration
from matchmaker.models.entries import Entry
from matchmaker.models.people import Person


class Watch(Base):
    """A person who wants to be told when an entry meets something that fits well enough."""

    __tablename__ = "watches"
    __table_args__ = (
        UniqueConstraint("entry_id", "person_id"),
        Index("ix_watches_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: The level from which on a match is worth a notice.
    level: Mapped[Level] = mapped_column(enumeration(Level))
    created_at: Mapped[datetime] = mapped_column(Moment)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class NearestMiss(Base):
    """The best pair of an entry below the weakest match, kept while no pair reaches that."""

    __tablename__ = "nearest_misses"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), index=True)
    #: Signals with values and evidence, as `matching.payload` writes them.
    assessment: Mapped[dict[str, Any]]
    computed_at: Mapped[datetime] = mapped_column(Moment)

    partner: Mapped[Entry] = relationship(foreign_keys=[partner_id])
