"""Matches, the verdicts given on them, and the introductions that follow."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.levels import Level
from matchmaker.domain.lifecycles import IntroductionState, MatchState
from matchmaker.models.base import Base, Moment, enumeration
from matchmaker.models.entries import Entry


class Match(Base):
    """A scored pair: a demand with an achievement, an expert or a project."""

    __tablename__ = "matches"
    __table_args__ = (
        UniqueConstraint("demand_id", "other_id"),
        Index("ix_matches_other_id_state", "other_id", "state"),
        Index("ix_matches_state_score", "state", "score"),
        Index("ix_matches_state_suggested_at", "state", "suggested_at"),
        Index("ix_matches_updated_at", "updated_at"),
        Index("ix_matches_state_snoozed_until", "state", "snoozed_until"),
        Index("ix_matches_assignee_id_state", "assignee_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    demand_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    state: Mapped[MatchState] = mapped_column(enumeration(MatchState), default=MatchState.SUGGESTED)
    score: Mapped[float]
    level: Mapped[Level] = mapped_column(enumeration(Level))
    #: Position among the demand's matches when it was computed, from 1.
    rank: Mapped[int]
    #: Signals with values and evidence, as `matching.matcher.Assessment` writes them.
    assessment: Mapped[dict[str, Any]]
    model_version: Mapped[str] = mapped_column(String(64))
    demand_version: Mapped[int]
    other_version: Mapped[int]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    snoozed_until: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    suggested_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)

    demand: Mapped[Entry] = relationship(foreign_keys=[demand_id])
    other: Mapped[Entry] = relationship(foreign_keys=[other_id])
    verdicts: Mapped[list[Verdict]] = relationship(back_populates="match", order_by="Verdict.id")
    introduction: Mapped[Introduction | None] = relationship(back_populates="match")

    __mapper_args__ = {"version_id_col": version}


class Verdict(Base):
    """A broker's decision with all the broker saw; appended, never changed but for `undone_at`."""

    __tablename__ = "verdicts"

    id: Mapped[int] = mapped_column(primary_key=True)
    match_id: Mapped[int] = mapped_column(ForeignKey("matches.id"), index=True)
    broker_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    decision: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(48), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    #: text versions, signals, score, level, rank and model version at that moment
    seen: Mapped[dict[str, Any]]
    given_at: Mapped[datetime] = mapped_column(Moment)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)

    match: Mapped[Match] = relationship(back_populates="verdicts")


class Introduction(Base):
    """Both sides of an approved match, told of each other, and what each said."""

    __tablename__ = "introductions"

    id: Mapped[int] = mapped_column(primary_key=True)
    match_id: Mapped[int] = mapped_column(ForeignKey("matches.id"), unique=True)
    state: Mapped[IntroductionState] = mapped_column(
        enumeration(IntroductionState), default=IntroductionState.OPEN, index=True
    )
    demand_answer: Mapped[str] = mapped_column(String(16), default="")
    other_answer: Mapped[str] = mapped_column(String(16), default="")
    reason: Mapped[str] = mapped_column(String(48), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)

    match: Mapped[Match] = relationship(back_populates="introduction")

    __mapper_args__ = {"version_id_col": version}
