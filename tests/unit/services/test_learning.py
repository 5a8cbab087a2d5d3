"""Verdicts move the weights, and only where the weights get better by it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matchmaker.bootstrap import Container
from matchmaker.domain.calendar import now
from matchmaker.domain.errors import ConflictError, NotFoundError
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.learning import WeightState
from matchmaker.domain.lifecycles import MatchState
from matchmaker.domain.work import JobKind
from matchmaker.matching.signals.registry import TEXT_NAMES
from matchmaker.matching.weights import bundled_weights
from matchmaker.models import Event, Job, Match, Verdict, WeightVersion
from matchmaker.services.jobs import enqueue
from matchmaker.services.learning import Learning, split
from matchmaker.services.weighing import Weighing, keep_bundled
from tests.support.learning import judge, reject_all, weight_version
from tests.support.world import World

BUNDLED = bundled_weights()


@pytest.fixture
def learning(container: Container) -> Container:
    """Services that fit from twenty verdicts on."""
    container.__dict__["learning"] = Learning(
        container.database, container.jobs, container.weighing, 20
    )
    return container


def run_fit(container: Container) -> None:
    """Queue a fit and run it alone."""
    with container.database.write() as session:
        job = enqueue(session, JobKind.FIT_WEIGHTS, "now")
    assert container.runner.run(job)


def rows(container: Container) -> list[WeightVersion]:
    with container.database.read() as session:
        return list(session.scalars(select(WeightVersion).order_by(WeightVersion.id)))


def test_verdicts_that_follow_one_signal_give_it_weight_and_go_live(
    learning: Container, world: World
) -> None:
    judge(world, 12, 6)
    run_fit(learning)
    bundled, new = rows(learning)
    assert (bundled.version, bundled.state) == (BUNDLED.version, WeightState.FORMER)
    assert (new.parent, new.state) == (BUNDLED.version, WeightState.LIVE)
    name = TEXT_NAMES[0]
    live = learning.weighing.live
    learning.weighing._look_again()
    assert live().version == new.version
    assert live().text[name] > BUNDLED.text[name]
    assert live().version in learning.assessing.version
    with learning.database.read() as session:
        assert session.scalar(select(Job.id).where(Job.kind == JobKind.REMATCH)) is not None
        event = session.scalars(select(Event).where(Event.subject_type == "weights")).one()
    assert event.changes == {"version": [BUNDLED.version, new.version]}


def test_a_fit_that_runs_twice_leaves_the_same_rows(learning: Container, world: World) -> None:
    judge(world, 12, 6)
    run_fit(learning)
    once = [(row.version, row.state, row.weights, row.created_at) for row in rows(learning)]
    run_fit(learning)
    assert [(row.version, row.state, row.weights, row.created_at) for row in rows(learning)] == once


def test_what_was_rolled_back_stays_so_until_there_are_new_verdicts(
    learning: Container, world: World
) -> None:
    judge(world, 12, 6)
    run_fit(learning)
    admin = world.actor("admin")
    assert learning.weighing.roll_back(admin) == BUNDLED.version
    run_fit(learning)
    assert learning.weighing.live() == BUNDLED


def test_too_few_verdicts_teach_nothing(container: Container, world: World) -> None:
    judge(world, 4, 3)
    run_fit(container)
    assert rows(container) == []


def test_weights_that_are_worse_on_held_out_verdicts_are_kept_and_not_made_live(
    learning: Container, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge(world, 12, 6)
    pairs = learning.learning.judged()
    train, held_out = split(pairs)
    assert {pair.demand for pair in train}.isdisjoint(pair.demand for pair in held_out)
    with learning.database.write() as session:
        held = {pair.demand for pair in held_out}
        for verdict in session.scalars(select(Verdict)):
            if verdict.seen["assessment"]["demand"] in held:  # these brokers saw it the other way
                approved = verdict.decision == "approve"
                verdict.decision = "reject" if approved else "approve"
                verdict.reason = "different_problem" if approved else ""
    run_fit(learning)
    assert [row.state for row in rows(learning)] == [WeightState.LIVE, WeightState.REJECTED]
    assert learning.weighing.live() == BUNDLED
    assert rows(learning)[1].figures


def test_another_process_notices_new_weights_within_seconds(container: Container) -> None:
    clock = [0.0]
    other = Weighing(container.database, lambda: clock[0])
    assert other.live() == BUNDLED
    with container.database.write() as session:
        keep_bundled(session).state = WeightState.FORMER
        session.flush()
        session.add(weight_version("learned-1", WeightState.LIVE))
    assert other.live() == BUNDLED
    clock[0] = 2.0
    assert other.live().version == "learned-1"


def test_live_weights_for_signals_that_are_gone_give_way_to_the_bundled_ones(
    container: Container,
) -> None:
    old = weight_version("learned-1", WeightState.LIVE)
    old.weights = {**old.weights, "text": {"horoscope": 1.0}}
    with container.database.write() as session:
        session.add(old)
    assert container.weighing.live() == BUNDLED
    with pytest.raises(ConflictError, match="weights_live|weights_outdated"):
        container.weighing.activate(World(container).actor("admin"), "learned-1")


def test_a_version_nobody_knows_cannot_be_made_live(container: Container, world: World) -> None:
    with pytest.raises(NotFoundError):
        container.weighing.activate(world.actor("admin"), "nonsense")
    with pytest.raises(ConflictError, match="nothing_to_roll_back"):
        container.weighing.roll_back(world.actor("admin"))


def test_a_rejected_pair_is_not_suggested_again_and_speaks_against_like_pairs(
    container: Container, world: World
) -> None:
    demand = world.published("firm", EntryKind.DEMAND)
    world.published("university", EntryKind.ACHIEVEMENT)
    world.work()
    assert reject_all(world, demand, "different_problem") == 1
    like = world.published("rival", EntryKind.DEMAND)
    with container.database.write() as session:
        enqueue(session, JobKind.REMATCH, "all")
    world.work()
    with container.database.read() as session:
        first = session.scalars(select(Match).where(Match.demand_id == demand.id)).one()
        second = session.scalars(select(Match).where(Match.demand_id == like.id)).one()
    assert first.state is MatchState.REJECTED
    [reading] = [r for r in second.assessment["readings"] if r["signal"] == "precedent"]
    assert reading["value"] < 0.5
    assert reading["note"]["params"] == {
        "approved": 0,
        "rejected": 1,
        "reason": "different_problem",
    }
    assert demand.code not in str(second.assessment)


def test_advice_is_given_once_two_other_organisations_share_a_reason(
    container: Container, world: World
) -> None:
    achievement = world.published("university", EntryKind.ACHIEVEMENT)
    world.published("firm", EntryKind.DEMAND)
    world.work()
    reject_all(world, achievement, "maturity_too_low")
    owner = world.actor("university")
    assert container.advising.of_entry(owner, achievement.code) == []
    world.published("rival", EntryKind.DEMAND)
    world.work()
    reject_all(world, achievement, "maturity_too_low")
    [advice] = container.advising.of_entry(owner, achievement.code)
    assert (advice.reason.code, advice.count) == ("maturity_too_low", 2)
    with pytest.raises(NotFoundError):
        container.advising.of_entry(world.actor("rival"), achievement.code)


def test_verdicts_taken_back_teach_nothing(container: Container, world: World) -> None:
    judge(world, 3, 2)
    assert len(container.learning.judged()) == 6
    with container.database.write() as session:
        for verdict in session.scalars(select(Verdict).where(Verdict.id <= 2)):
            verdict.undone_at = now()
    assert len(container.learning.judged()) == 4
