"""Matches with verdicts of known rank, probability and outcome."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from matchmaker.domain.calendar import now
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.levels import Level
from matchmaker.domain.lifecycles import MatchState
from matchmaker.models import Achievement, Introduction, Match, Verdict
from tests.support.world import World


@dataclass(frozen=True)
class Judgement:
    """One match with its verdict.

    Attributes:
        rank: place the broker saw.
        approved: what they decided.
        probability: what was predicted.
        undone: whether it was taken back.
        hours: from match to verdict; an introduction follows an approval after half of that.
    """

    rank: int = 1
    approved: bool = True
    probability: float = 0.75
    undone: bool = False
    hours: float = 2.0


def judge(world: World, judgements: Iterable[Judgement], level: Level = Level.FAIR) -> None:
    """Publish one demand and give it a match with a verdict for each judgement."""
    demand = world.published("firm", EntryKind.DEMAND)
    broker, moment = world.actor("broker").person_id, now()
    with world.container.database.write() as session:
        for number, held in enumerate(judgements):
            other = Achievement(
                code=f"CG-2026-9{number:05}",
                organisation_id=demand.organisation_id,
                created_at=moment,
                updated_at=moment,
            )
            session.add(other)
            session.flush()
            match = _match(demand.id, other.id, held, level, moment)
            session.add(match)
            session.flush()
            _decide(match, broker or 0, held)
            session.add(match)


def _match(demand_id: int, other_id: int, held: Judgement, level: Level, moment: datetime) -> Match:
    return Match(
        demand_id=demand_id,
        other_id=other_id,
        state=MatchState.INTRODUCED if held.approved else MatchState.REJECTED,
        score=0.5,
        level=level,
        rank=held.rank,
        assessment={},
        model_version="test",
        demand_version=1,
        other_version=1,
        suggested_at=moment,
        updated_at=moment,
    )


def _decide(match: Match, broker_id: int, held: Judgement) -> None:
    given_at = match.suggested_at + timedelta(hours=held.hours)
    match.verdicts.append(
        Verdict(
            broker_id=broker_id,
            decision="approve" if held.approved else "reject",
            seen={"rank": held.rank, "assessment": {"probability": held.probability}},
            given_at=given_at,
            undone_at=given_at if held.undone else None,
        )
    )
    if held.approved:
        introduced_at = given_at + timedelta(hours=held.hours / 2)
        match.introduction = Introduction(created_at=introduced_at)
