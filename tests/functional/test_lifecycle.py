"""An entry's way from draft to match, through the services as the portal calls them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.domain.actors import SYSTEM
from matchmaker.domain.calendar import today
from matchmaker.domain.errors import (
    ConflictError,
    IllegalTransitionError,
    InvalidInputError,
    NotFoundError,
    StaleVersionError,
)
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.levels import Level
from matchmaker.domain.lifecycles import EntryState, IntroductionState, MatchState
from matchmaker.domain.work import JobKind, JobState
from matchmaker.models import Event, Job, Match, Verdict
from matchmaker.services.jobs import enqueue
from matchmaker.services.review_queue import QueueFilter
from matchmaker.services.screening import Remark
from matchmaker.services.searching import SearchRequest
from tests.support.world import World


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> str:
    """Every step below holds on both databases."""
    return str(request.param)


@pytest.fixture
def matched(world: World) -> Match:
    """A demand and an achievement that fit, published and matched."""
    world.published("university", EntryKind.ACHIEVEMENT)
    world.published("firm", EntryKind.DEMAND)
    world.work()
    return the_match(world)


def the_match(world: World) -> Match:
    """The only match there is."""
    with world.container.database.read() as session:
        number = session.scalars(select(Match.id)).one()
    return world.container.review.get(number)


def test_a_published_demand_meets_a_fitting_achievement(matched: Match) -> None:
    assert matched.state is MatchState.SUGGESTED
    assert matched.level.reaches(Level.FAIR)
    assert matched.rank == 1


def test_a_later_achievement_meets_the_open_demand_too(world: World) -> None:
    demand = world.published("firm", EntryKind.DEMAND)
    world.work()
    world.published("university", EntryKind.ACHIEVEMENT)
    world.work()
    assert the_match(world).demand_id == demand.id


def test_every_kind_of_the_other_side_is_matched(world: World) -> None:
    world.published("firm", EntryKind.DEMAND)
    for kind in (EntryKind.ACHIEVEMENT, EntryKind.PROJECT, EntryKind.EXPERT):
        world.published("university", kind)
    world.work()
    with world.container.database.read() as session:
        kinds = {match.other.kind for match in session.scalars(select(Match))}
    assert kinds == {EntryKind.ACHIEVEMENT, EntryKind.PROJECT, EntryKind.EXPERT}


def test_an_organisation_is_never_matched_with_itself(world: World) -> None:
    world.published("firm", EntryKind.ACHIEVEMENT)
    world.published("firm", EntryKind.DEMAND)
    world.work()
    with world.container.database.read() as session:
        assert session.scalars(select(Match)).all() == []


def test_matching_twice_leaves_the_same_rows(world: World, matched: Match) -> None:
    with world.container.database.write() as session:
        session.add(
            Job(
                kind=JobKind.MATCH,
                subject=matched.demand.code,
                not_before=matched.updated_at,
                created_at=matched.updated_at,
            )
        )
    world.work()
    again = the_match(world)
    assert (again.id, again.score, again.state) == (matched.id, matched.score, matched.state)


def test_a_withdrawn_entry_leaves_search_and_takes_its_match_along(
    world: World, matched: Match
) -> None:
    world.container.steps.withdraw(world.actor("university"), matched.other.code)
    world.work()
    assert the_match(world).state is MatchState.WITHDRAWN
    found = world.container.search.find(world.actor("rival"), SearchRequest("矿井水"))
    assert [hit.entry.code for hit in found.found] == [matched.demand.code]


def test_an_edit_that_ends_the_agreement_withdraws_the_match(world: World, matched: Match) -> None:
    elsewhere = {
        "title": "羊绒分梳机落绒率控制",
        "summary": "提高分梳羊绒长度并降低落绒率。",
        "body": "羊绒分梳工序纤维损伤大，希望降低落绒率。",
        "keywords": ["羊绒", "分梳"],
        "key_technology": "",
        "clauses": [],
        "existing_basis": "",
    }
    firm, code = world.actor("firm"), matched.demand.code
    entry = world.reload(matched.demand)
    assert world.container.editing.save(firm, code, elsewhere, entry.version) == "waiting"
    [edit] = world.container.screening.edits(SYSTEM)
    world.container.screening.accept_edit(world.actor("broker"), edit.revision.id)
    world.work()
    assert the_match(world).state is MatchState.WITHDRAWN


def test_a_match_somebody_acted_on_survives_an_edit(world: World, matched: Match) -> None:
    broker = world.actor("broker")
    world.container.review.snooze(broker, matched.id, matched.version, today() + timedelta(days=3))
    entry = world.reload(matched.demand)
    changed = {"title": "羊绒分梳", "summary": "羊绒", "body": "羊绒分梳。", "keywords": []}
    world.container.editing.save(world.actor("firm"), entry.code, changed, entry.version)
    [edit] = world.container.screening.edits(SYSTEM)
    world.container.screening.accept_edit(broker, edit.revision.id)
    world.work()
    assert the_match(world).state is MatchState.SNOOZED


def test_the_second_of_two_verdicts_loses_and_changes_nothing(world: World, matched: Match) -> None:
    review = world.container.review
    review.reject(world.actor("broker"), matched.id, matched.version, "different_problem")
    with pytest.raises(StaleVersionError):
        review.approve(world.actor("broker2"), matched.id, matched.version)
    assert the_match(world).state is MatchState.REJECTED


def test_a_verdict_keeps_what_the_broker_saw(world: World, matched: Match) -> None:
    world.container.review.approve(world.actor("broker"), matched.id, matched.version)
    with world.container.database.read() as session:
        seen = session.scalars(select(Verdict)).one().seen
    assert seen["score"] == matched.score
    assert seen["demand_version"] == matched.demand_version
    assert seen["assessment"] == matched.assessment


def test_approval_waits_ten_minutes_and_can_be_taken_back(world: World, matched: Match) -> None:
    broker = world.actor("broker")
    world.container.review.approve(broker, matched.id, matched.version)
    world.work()
    assert the_match(world).state is MatchState.APPROVED
    world.container.review.undo(broker, matched.id)
    assert the_match(world).state is MatchState.SUGGESTED
    with world.container.database.read() as session:
        introductions = select(Job).where(Job.kind == JobKind.INTRODUCE)
        assert session.scalars(introductions).all() == []


def test_nobody_takes_back_a_colleagues_verdict(world: World, matched: Match) -> None:
    world.container.review.approve(world.actor("broker"), matched.id, matched.version)
    with pytest.raises(ConflictError):
        world.container.review.undo(world.actor("broker2"), matched.id)


def test_introduced_sides_are_told_and_their_answers_close_it(world: World, matched: Match) -> None:
    world.container.review.approve(world.actor("broker"), matched.id, matched.version, at_once=True)
    world.work()
    firm, university = world.actor("firm"), world.actor("university")
    for actor in (firm, university):
        kinds = [notice.kind for notice in world.container.notices.of(actor.person_id or 0)[0]]
        assert "introduced" in kinds
    introductions = world.container.introductions
    introductions.answer(firm, matched.id, interested=True)
    assert introductions.get(firm, matched.id).introduction.state is IntroductionState.OPEN
    introductions.answer(university, matched.id, interested=True)
    assert introductions.get(firm, matched.id).introduction.state is IntroductionState.AGREED
    with pytest.raises(ConflictError):
        introductions.answer(firm, matched.id, interested=False, reason="terms")


def test_one_refusal_ends_an_introduction(world: World, matched: Match) -> None:
    world.container.review.approve(world.actor("broker"), matched.id, matched.version, at_once=True)
    world.work()
    firm = world.actor("firm")
    with pytest.raises(InvalidInputError):
        world.container.introductions.answer(firm, matched.id, interested=False, reason="")
    view = world.container.introductions.answer(firm, matched.id, interested=False, reason="timing")
    assert view.introduction.state is IntroductionState.DECLINED


def test_strangers_do_not_learn_of_an_introduction(world: World, matched: Match) -> None:
    world.container.review.approve(world.actor("broker"), matched.id, matched.version, at_once=True)
    world.work()
    with pytest.raises(NotFoundError):
        world.container.introductions.get(world.actor("rival"), matched.id)


def test_returning_names_the_fields_and_the_poster_submits_again(world: World) -> None:
    entry = world.submitted("firm", EntryKind.DEMAND)
    broker, firm = world.actor("broker"), world.actor("firm")
    remarks = {"body": Remark("vague"), "clauses": Remark("no_figures", "现在的成本是多少？")}
    world.container.screening.return_(broker, entry.code, entry.version, remarks)
    returned = world.container.reading.get(firm, entry.code)
    assert returned.status is EntryState.RETURNED
    assert set(returned.return_reasons) == {"body", "clauses"}
    again = world.container.steps.submit(firm, entry.code, returned.version)
    assert again.status is EntryState.SUBMITTED


def test_a_draft_without_its_required_fields_is_not_submitted(world: World) -> None:
    entry = world.draft("firm", EntryKind.DEMAND, summary="", contact_name="")
    with pytest.raises(InvalidInputError) as caught:
        world.container.steps.submit(world.actor("firm"), entry.code, entry.version)
    assert {problem.field for problem in caught.value.problems} == {"summary", "contact_name"}


def test_a_published_entry_can_not_be_published_again(world: World) -> None:
    entry = world.published("firm", EntryKind.DEMAND)
    with pytest.raises(IllegalTransitionError):
        world.container.screening.publish(world.actor("broker"), entry.code, entry.version)


def test_an_untrusted_edit_stays_hidden_until_a_broker_accepts_it(world: World) -> None:
    entry = world.published("firm", EntryKind.DEMAND)
    firm = world.actor("firm")
    world.container.editing.save(firm, entry.code, {"title": "新标题"}, entry.version)
    assert world.reload(entry).title == entry.title
    [edit] = world.container.screening.edits(SYSTEM)
    world.container.screening.accept_edit(world.actor("broker"), edit.revision.id)
    assert world.reload(entry).title == "新标题"


def test_a_trusted_edit_shows_at_once_and_can_be_turned_back(world: World) -> None:
    entry = world.published("university", EntryKind.ACHIEVEMENT)
    world.container.organisations.set_trusted(
        world.actor("admin"), entry.organisation_id, trusted=True
    )
    university = world.actor("university")
    saved = world.container.editing.save(university, entry.code, {"title": "新题"}, entry.version)
    assert saved == "shown"
    assert world.reload(entry).title == "新题"
    [edit] = world.container.screening.edits(SYSTEM)
    world.container.screening.refuse_edit(world.actor("broker"), edit.revision.id, "请说明依据")
    assert world.reload(entry).title == entry.title


def test_saving_over_somebody_elses_change_is_refused(world: World) -> None:
    entry = world.draft("firm", EntryKind.DEMAND)
    firm = world.actor("firm")
    world.container.editing.save(firm, entry.code, {"title": "甲"}, entry.version)
    with pytest.raises(StaleVersionError):
        world.container.editing.save(firm, entry.code, {"title": "乙"}, entry.version)
    assert world.reload(entry).title == "甲"


def test_entries_run_out_are_confirmed_and_come_back(world: World) -> None:
    entry = world.published("firm", EntryKind.DEMAND, valid_until=today())
    world.work()
    assert world.container.steps.expire_due(today() + timedelta(days=1)) == 1
    world.work()
    assert world.reload(entry).status is EntryState.EXPIRED
    world.container.steps.confirm(world.actor("firm"), entry.code)
    world.work()
    back = world.reload(entry)
    assert back.status is EntryState.PUBLISHED
    assert back.indexed_version == back.index_version


def test_every_step_leaves_an_event(world: World, matched: Match) -> None:
    world.container.steps.withdraw(world.actor("firm"), matched.demand.code, note="已解决")
    with world.container.database.read() as session:
        events = session.scalars(
            select(Event.action).where(Event.subject_code == matched.demand.code).order_by(Event.id)
        ).all()
    assert events == ["create", "submit", "publish", "withdraw"]


def test_a_failing_job_is_tried_again_then_given_up_and_can_be_retried(world: World) -> None:
    entry = world.published("firm", EntryKind.DEMAND)
    broken = dict.fromkeys(JobKind, fail_always)
    from matchmaker.services.job_runner import JobRunner

    runner = JobRunner(world.container.jobs, broken)
    with world.container.database.read() as session:
        job_id = session.scalars(
            select(Job.id).where(Job.kind == JobKind.EMBED, Job.subject == entry.code)
        ).one()
    for _ in range(6):
        make_due(world, job_id)
        assert runner.run(job_id) is False
    [dead] = world.container.jobs.listed(JobState.DEAD)
    assert "out of order" in dead.error
    world.container.jobs.retry(dead.id)
    world.work()
    assert world.reload(entry).indexed_version == entry.index_version


def fail_always(lease: object) -> None:
    """A handler that never succeeds."""
    raise RuntimeError("the engine is out of order")


def make_due(world: World, job_id: int) -> None:
    """Let a waiting job run at once."""
    with world.container.database.write() as session:
        job = session.get_one(Job, job_id)
        job.not_before = job.created_at


def test_a_broker_of_another_region_neither_sees_nor_decides(world: World, matched: Match) -> None:
    broker = world.actor("broker")
    [standing] = broker.standings
    elsewhere = replace(broker, standings=(replace(standing, region="150200"),))
    here = replace(broker, standings=(replace(standing, region="150600"),))
    review, screening = world.container.review, world.container.screening
    assert review.queue(here, QueueFilter())[1] == 1
    assert review.queue(elsewhere, QueueFilter())[1] == 0
    with pytest.raises(NotFoundError):
        review.approve(elsewhere, matched.id, matched.version)
    waiting = world.submitted("firm", EntryKind.DEMAND)
    assert screening.queue(here)[1] == 1
    assert screening.queue(elsewhere)[1] == 0
    with pytest.raises(NotFoundError):
        screening.publish(elsewhere, waiting.code, waiting.version)


def test_matches_of_other_weights_are_found_and_made_anew(world: World, matched: Match) -> None:
    matching = world.container.matching
    assert not matching.outdated()
    with world.container.database.write() as session:
        session.get_one(Match, matched.id).model_version = "other weights"
    assert matching.outdated()
    with world.container.database.write() as session:
        enqueue(session, JobKind.REMATCH, "all")
    world.work()
    assert not matching.outdated()
    assert the_match(world).model_version == matched.model_version
