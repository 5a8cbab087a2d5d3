"""Weights and verdicts for tests of learning."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from matchmaker.domain.calendar import now
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.learning import WeightState
from matchmaker.domain.levels import Level
from matchmaker.domain.lifecycles import MatchState
from matchmaker.matching.signals.registry import TEXT_NAMES
from matchmaker.matching.weights import bundled_weights, weights_payload
from matchmaker.models import Entry, Match, Verdict, WeightVersion
from tests.support.world import World


def weight_version(name: str, state: WeightState, parent: str = "") -> WeightVersion:
    """A version that differs from the bundled weights in its first text weight."""
    bundled = bundled_weights()
    text = {**bundled.text, TEXT_NAMES[0]: bundled.text[TEXT_NAMES[0]] + 1}
    weights = replace(bundled, version=name, text=text)
    figure = {"name": "ndcg@10", "old": 0.61, "new": 0.64, "low": 0.01, "high": 0.05}
    return WeightVersion(
        version=name,
        parent=parent or bundled.version,
        state=state,
        weights=weights_payload(weights),
        found="a test",
        fitted_on=60,
        held_out=20,
        held_out_demands=4,
        figures=[{**figure, "rising": True}],
        created_at=now(),
    )


def judge(world: World, demands: int, others: int, *, telling: str = TEXT_NAMES[0]) -> None:
    """Verdicts on every pair of some demands with some achievements, which follow one signal.

    A broker approves where `telling` reads high and rejects, with a reason, where it reads low;
    what the other signals read says nothing.
    """
    firms = [world.published("firm", EntryKind.DEMAND) for _ in range(demands)]
    results = [world.published("university", EntryKind.ACHIEVEMENT) for _ in range(others)]
    broker = world.actor("broker").person_id or 0
    with world.container.database.write() as session:
        for row, demand in enumerate(firms):
            for column, other in enumerate(results):
                fits = (row + column) % 3 == 0
                noise = ((row * 7 + column * 5) % 11) / 10
                read = dict.fromkeys(TEXT_NAMES, noise) | {telling: 0.9 if fits else 0.1}
                match = _match(demand, other, read)
                session.add(match)
                session.flush()
                session.add(_verdict(match, broker, approved=fits))


def _match(demand: Entry, other: Entry, read: dict[str, float]) -> Match:
    readings = [{"signal": name, "value": value} for name, value in read.items()]
    return Match(
        demand_id=demand.id,
        other_id=other.id,
        state=MatchState.REJECTED,
        score=0.5,
        level=Level.FAIR,
        rank=1,
        assessment={
            "demand": demand.code,
            "other": other.code,
            "kind": "achievement",
            "readings": readings,
        },
        model_version="test",
        demand_version=1,
        other_version=1,
        suggested_at=now(),
        updated_at=now(),
    )


def _verdict(match: Match, broker: int, *, approved: bool) -> Verdict:
    return Verdict(
        match_id=match.id,
        broker_id=broker,
        decision="approve" if approved else "reject",
        reason="" if approved else "different_problem",
        seen={"assessment": match.assessment, "level": "fair", "score": 0.5},
        given_at=now(),
    )


def reject_all(world: World, entry: Entry, reason: str) -> int:
    """Have a broker reject all suggestions of an entry; returns how many there were."""
    with world.container.database.read() as session:
        numbers = session.scalars(
            select(Match.id).where(
                (Match.demand_id == entry.id) | (Match.other_id == entry.id),
                Match.state == MatchState.SUGGESTED,
            )
        ).all()
    review, broker = world.container.review, world.actor("broker")
    for number in numbers:
        review.reject(broker, number, review.get(number).version, reason)
    return len(numbers)
