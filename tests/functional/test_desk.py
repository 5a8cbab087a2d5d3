"""Journeys of the desk: the queue, a pair with its evidence, verdicts of one and of two brokers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.domain.calendar import now, today
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.lifecycles import MatchState
from matchmaker.models import Job, Match, Verdict
from matchmaker.web.evidence import MOST
from tests.conftest import SignIn
from tests.support.world import World

ELSEWHERE = {
    "title": "羊绒分梳落绒率偏高",
    "summary": "希望降低羊绒分梳的落绒率。",
    "body": "现用盖板式分梳机，山羊绒分梳落绒率约 12 %，希望降到 8 % 以下，并减少绒纤维损伤。",
    "keywords": ["羊绒", "分梳"],
    "fields": ["textile.cashmere"],
    "industries": ["17"],
    "region": "150624",
}


@pytest.fixture
def broker(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    """A browser in which a broker is signed in."""
    sign_in(client, "broker")
    return client


@pytest.fixture
def colleague(portal: Flask, sign_in: SignIn) -> FlaskClient:
    """Another browser, of another broker."""
    client = portal.test_client()
    sign_in(client, "broker2")
    return client


@pytest.fixture
def number(world: World) -> int:
    """The number of the only match there is."""
    world.published("university", EntryKind.ACHIEVEMENT)
    world.published("firm", EntryKind.DEMAND)
    world.work()
    return the_match(world).id


def the_match(world: World) -> Match:
    """The first match there is."""
    with world.container.database.read() as session:
        found = session.scalars(select(Match.id).order_by(Match.id)).first()
    assert found is not None
    return world.container.review.get(found)


def two_matches(world: World) -> list[int]:
    """Two matches of different demands, fields and regions, the better one first."""
    world.published("university", EntryKind.ACHIEVEMENT)
    world.published("firm", EntryKind.DEMAND)
    combing = {"benefits": "分梳落绒率降到 7 %。", "applications": ["羊绒分梳"]}
    world.published("university", EntryKind.ACHIEVEMENT, **ELSEWHERE, **combing)
    world.published("firm", EntryKind.DEMAND, **ELSEWHERE, clauses=["落绒率不高于 8 %"])
    world.work()
    with world.container.database.read() as session:
        return list(session.scalars(select(Match.id).order_by(Match.score.desc(), Match.id)))


def page_of(client: FlaskClient, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def listed(client: FlaskClient, query: str = "") -> list[str]:
    """The titles of the demands in the queue."""
    page = page_of(client, f"/desk?{query}")
    return [item.get_text(strip=True) for item in page.select(".queue .queue-title")]


def give(client: FlaskClient, match: Match, decision: str, **form: str) -> int:
    """Send a verdict as the page's form does; the status of the answer."""
    data = {"decision": decision, "version": str(match.version), **form}
    return client.post(f"/desk/matches/{match.id}", data=data).status_code


def one(page: BeautifulSoup, selector: str) -> Tag:
    found = page.select_one(selector)
    assert found is not None, selector
    return found


def test_the_queue_is_narrowed_by_field_region_level_and_age(
    broker: FlaskClient, world: World
) -> None:
    numbers = two_matches(world)
    assert len(numbers) == 2
    water, cashmere = "高盐矿井水处理降本", str(ELSEWHERE["title"])
    assert sorted(listed(broker)) == sorted([water, cashmere])
    assert listed(broker, "field=water") == [water]
    assert listed(broker, "field=textile") == [cashmere]
    assert listed(broker, "region=150624") == [cashmere]
    assert listed(broker, "region=150622") == []
    levels = {world.container.review.get(number).level for number in numbers}
    assert sum(len(listed(broker, f"level={level}")) for level in levels) == 2
    assert listed(broker, "older=3") == []
    with world.container.database.write() as session:
        session.get_one(Match, numbers[0]).suggested_at = now() - timedelta(days=4)
    assert len(listed(broker, "older=3")) == 1
    assert len(listed(broker, "older=7")) == 0


def test_a_filter_in_force_can_be_taken_away_and_stays_while_one_works(
    broker: FlaskClient, world: World
) -> None:
    two_matches(world)
    page = page_of(broker, "/desk?field=water&order=age")
    assert one(page, ".chip")["href"] == "/desk?order=age"
    first = str(one(page, ".queue a")["href"])
    assert "field=water" in first
    kept = one(page_of(broker, first), '#reject-form input[name="field"]')
    assert kept["value"] == "water"


def test_each_view_holds_what_its_name_says(broker: FlaskClient, world: World, number: int) -> None:
    def counts() -> list[str]:
        return [
            view for view in ("new", "mine", "snoozed", "done") if listed(broker, f"view={view}")
        ]

    assert counts() == ["new"]
    world.container.review.assign(
        world.actor("broker2"), number, the_match(world).version, world.actor("broker").person_id
    )
    assert counts() == ["new", "mine"]
    until = (today() + timedelta(days=7)).isoformat()
    give(broker, the_match(world), "snooze", until=until)
    assert counts() == ["snoozed"]
    world.container.review.wake_due(today() + timedelta(days=7))
    give(broker, the_match(world), "approve")
    assert counts() == ["done"]


def test_agreeing_spans_carry_the_same_number_on_both_sides(
    broker: FlaskClient, number: int
) -> None:
    page = page_of(broker, f"/desk/matches/{number}")

    def marks(side: str) -> set[str]:
        return {str(mark["data-mark"]) for mark in page.select(f"#{side} mark")}

    assert marks("demand") == marks("other")
    assert 0 < len(marks("demand")) <= MOST
    for mark in page.select("#demand mark sup a"):
        assert page.select_one(str(mark["href"])) is not None


def test_the_requirement_stands_beside_what_answers_it(broker: FlaskClient, number: int) -> None:
    reasons = one(page_of(broker, f"/en/desk/matches/{number}"), ".desk-reasons").get_text(" ")
    assert "Requirements" in reasons
    assert "氯化钠纯度不低于 98 %" in reasons
    assert "98.6 %" in reasons


def test_signals_show_their_share_and_what_they_rest_on(broker: FlaskClient, number: int) -> None:
    page = page_of(broker, f"/en/desk/matches/{number}")
    shares = [
        int(share.get_text().replace("share of the score", "").replace("%", ""))
        for share in page.select(".signal-share")
    ]
    assert 95 <= sum(shares) <= 105
    text = page.get_text(" ")
    assert "needs TRL 6, has TRL 6" in text
    assert "the same banner or district" in text
    assert "confirmed 0 days ago" in text


def test_a_code_is_never_shown_in_place_of_its_words(broker: FlaskClient, number: int) -> None:
    text = one(page_of(broker, f"/en/desk/matches/{number}"), "main").get_text(" ")
    for code in ("water.mine", "technical_problem", "budget_max", "level_not_stated", "150627"):
        assert code not in text


def test_an_approval_leads_to_the_next_match_and_can_be_taken_back(
    broker: FlaskClient, world: World
) -> None:
    first, second = two_matches(world)
    match = world.container.review.get(first)
    answer = broker.post(
        f"/desk/matches/{first}", data={"decision": "approve", "version": str(match.version)}
    )
    assert answer.status_code == 303
    assert answer.location == f"/desk/matches/{second}"
    page = page_of(broker, answer.location)
    undo = one(page, '[data-key="u"]').find_parent("form")
    assert undo is not None
    assert undo["action"] == f"/desk/matches/{first}/undo"
    assert broker.post(str(undo["action"])).location == f"/desk/matches/{first}"
    assert world.container.review.get(first).state is MatchState.SUGGESTED


def test_a_rejection_needs_a_reason_and_keeps_what_was_typed(
    broker: FlaskClient, world: World, number: int
) -> None:
    match = the_match(world)
    data = {"decision": "reject", "version": str(match.version), "note": "水质差别太大"}
    answer = broker.post(f"/desk/matches/{number}", data=data)
    assert answer.status_code == 422
    dialog = one(BeautifulSoup(answer.text, "html.parser"), "dialog#reject")
    assert dialog.has_attr("open")
    assert one(BeautifulSoup(str(dialog), "html.parser"), "textarea").text == "水质差别太大"
    assert the_match(world).state is MatchState.SUGGESTED
    assert give(broker, match, "reject", reason="other") == 422
    assert give(broker, match, "reject", reason="figures_not_met", note="差得远") == 303
    page = page_of(broker, f"/desk/matches/{number}?view=done").get_text(" ")
    assert "指标达不到" in page
    assert "差得远" in page


def test_a_match_is_snoozed_until_a_day_that_is_ahead(
    broker: FlaskClient, world: World, number: int
) -> None:
    assert give(broker, the_match(world), "snooze", until="") == 422
    assert give(broker, the_match(world), "snooze", until=today().isoformat()) == 422
    until = today() + timedelta(days=30)
    assert give(broker, the_match(world), "snooze", until=until.isoformat()) == 303
    assert the_match(world).snoozed_until == until


def test_a_match_is_handed_to_a_colleague_who_is_told(
    broker: FlaskClient, colleague: FlaskClient, world: World, number: int
) -> None:
    match, person = the_match(world), world.actor("broker2").person_id
    form = {"version": str(match.version), "person": str(person)}
    assert broker.post(f"/desk/matches/{number}/assign", data=form).status_code == 303
    assert listed(colleague, "view=mine") == ["高盐矿井水处理降本"]
    assert listed(broker, "view=mine") == []
    assert "高盐矿井水处理降本" in colleague.get("/account/notifications").text
    assert "Broker2" in page_of(broker, f"/desk/matches/{number}").get_text()


def test_an_approval_waits_ten_minutes_unless_the_broker_introduces_now(
    broker: FlaskClient, world: World, number: int
) -> None:
    give(broker, the_match(world), "approve")
    world.work()
    assert the_match(world).state is MatchState.APPROVED
    assert broker.post(f"/desk/matches/{number}/introduce").status_code == 303
    world.work()
    assert the_match(world).state is MatchState.INTRODUCED
    assert "高盐矿井水处理降本" in broker.get("/desk/introductions").text
    assert "Waiting for answers" in broker.get(f"/en/desk/matches/{number}").text


def test_what_was_introduced_can_no_longer_be_taken_back(
    broker: FlaskClient, world: World, number: int
) -> None:
    give(broker, the_match(world), "introduce")
    world.work()
    page = broker.post(f"/en/desk/matches/{number}/undo", follow_redirects=True)
    assert "no longer possible" in page.text
    assert the_match(world).state is MatchState.INTRODUCED


def test_of_two_brokers_the_later_is_shown_the_verdict_of_the_first(
    broker: FlaskClient, colleague: FlaskClient, world: World, number: int
) -> None:
    seen_by_both = the_match(world)
    assert give(broker, seen_by_both, "reject", reason="too_far") == 303
    data = {"decision": "approve", "version": str(seen_by_both.version)}
    late = colleague.post(f"/en/desk/matches/{number}", data=data)
    assert late.status_code == 409
    told = one(BeautifulSoup(late.text, "html.parser"), ".notice-warning").get_text()
    assert "Broker was first: Rejected · Too far to serve" in told
    assert the_match(world).state is MatchState.REJECTED
    with world.container.database.read() as session:
        assert len(session.scalars(select(Verdict)).all()) == 1
        assert session.scalars(select(Job).where(Job.kind == "introduce")).all() == []


def test_a_match_whose_demand_was_withdrawn_is_not_approved(
    broker: FlaskClient, world: World, number: int
) -> None:
    match = the_match(world)
    world.container.steps.withdraw(world.actor("firm"), match.demand.code)
    assert give(broker, match, "approve") == 409
    assert the_match(world).state is not MatchState.APPROVED


def test_an_empty_queue_says_what_to_do_next(broker: FlaskClient) -> None:
    for view in ("new", "mine", "snoozed", "done"):
        assert page_of(broker, f"/desk?view={view}").select_one(".empty .btn") is not None
