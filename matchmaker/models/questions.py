"""Questions to suppliers about requirements that their entries leave open."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.lifecycles import QuestionState
from matchmaker.models.base import Base, Moment, enumeration
from matchmaker.models.entries import Entry
from matchmaker.models.matches import Match


class ClauseQuestion(Base):
    """A clause of a demand, quoted to the side that offers something; asked once in a match."""

    __tablename__ = "clause_questions"
    __table_args__ = (
        UniqueConstraint("match_id", "clause"),
        Index("ix_clause_questions_entry_id_state", "entry_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    match_id: Mapped[int] = mapped_column(ForeignKey("matches.id"))
    #: The entry that is asked about; the other side of the match.
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    #: As the demand states it.
    clause: Mapped[str] = mapped_column(String(500))
    #: What is measured, as the demand names it; "" where no figure was read from the clause.
    subject: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[QuestionState] = mapped_column(
        enumeration(QuestionState), default=QuestionState.OPEN
    )
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    match: Mapped[Match] = relationship(foreign_keys=[match_id])
    entry: Mapped[Entry] = relationship(foreign_keys=[entry_id])

    __mapper_args__ = {"version_id_col": version}
