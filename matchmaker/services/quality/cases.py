"""What quality is counted from: demands with their best match, and binding verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.levels import Level
from matchmaker.domain.lifecycles import EntryState, MatchState
from matchmaker.models import Entry, Introduction, Match, Verdict

#: States of a match that holds; what a broker refused or the texts no longer carry covers nothing.
_HOLDING = (
    MatchState.SUGGESTED,
    MatchState.SNOOZED,
    MatchState.APPROVED,
    MatchState.INTRODUCED,
)
APPROVE, REJECT = "approve", "reject"


@dataclass(frozen=True, slots=True)
class DemandCase:
    """A published demand.

    Attributes:
        sample: whether the sample data brought it.
        fair: whether a match at fair or better holds.
        weak: whether a match at weak or better holds.
        published_at: when it was published last.
        matched_at: when its first match was suggested, None without one.
    """

    sample: bool
    fair: bool
    weak: bool
    published_at: datetime | None
    matched_at: datetime | None


@dataclass(frozen=True, slots=True)
class VerdictCase:
    """The verdict that binds a match, with what the broker had before them.

    Attributes:
        approved: whether it approves.
        rank: place among the demand's matches, from 1.
        probability: predicted, of being fair or better, in [0, 1].
        suggested_at: when the match was suggested.
        given_at: when the verdict was given.
        introduced_at: when both sides were told, None while they are not.
    """

    approved: bool
    rank: int
    probability: float
    suggested_at: datetime
    given_at: datetime
    introduced_at: datetime | None


def demand_cases(session: Session) -> list[DemandCase]:
    """All published demands, whoever may see them: they are counted, not shown."""
    first = (
        select(Match.demand_id, func.min(Match.suggested_at).label("matched_at"))
        .group_by(Match.demand_id)
        .subquery()
    )
    query = (
        select(
            Entry.sample,
            _matched(Level.FAIR).label("fair"),
            _matched(Level.WEAK).label("weak"),
            Entry.published_at,
            first.c.matched_at,
        )
        .outerjoin(first, first.c.demand_id == Entry.id)
        .where(Entry.kind == EntryKind.DEMAND, Entry.status == EntryState.PUBLISHED)
    )
    return [DemandCase(*row) for row in session.execute(query)]


def verdict_cases(session: Session) -> list[VerdictCase]:
    """The last standing approval or rejection of each match."""
    query = (
        select(
            Verdict.match_id,
            (Verdict.decision == APPROVE).label("approved"),
            Verdict.seen["rank"].as_integer(),
            Verdict.seen[("assessment", "probability")].as_float(),
            Match.suggested_at,
            Verdict.given_at,
            Introduction.created_at,
        )
        .join(Match, Match.id == Verdict.match_id)
        .outerjoin(Introduction, Introduction.match_id == Match.id)
        .where(Verdict.undone_at.is_(None), Verdict.decision.in_((APPROVE, REJECT)))
        .order_by(Verdict.id)
    )
    binding = {row[0]: VerdictCase(*row[1:]) for row in session.execute(query)}
    return list(binding.values())


def _matched(least: Level) -> ColumnElement[bool]:
    reaching = [level for level in Level if level.reaches(least)]
    return exists().where(
        Match.demand_id == Entry.id, Match.state.in_(_HOLDING), Match.level.in_(reaching)
    )
