"""Journeys of the screening desk: publish, return field by field, reject, judge edits."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from matchmaker.domain.fields import FIELDS
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.lifecycles import EntryState
from matchmaker.models import Entry
from tests.conftest import SignIn
from tests.support.world import World


@pytest.fixture
def broker(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    """A browser in which a broker is signed in."""
    sign_in(client, "broker")
    return client


def decide(client: FlaskClient, entry: Entry, decision: str, **form: str) -> tuple[int, str]:
    """Send a decision as the page's form does; status and address or text of the answer."""
    data = {"decision": decision, "version": str(entry.version), **form}
    answer = client.post(f"/en/desk/screening/{entry.code}", data=data)
    return answer.status_code, answer.location or answer.text


def test_all_fields_stand_on_the_page_in_the_groups_of_the_form(
    broker: FlaskClient, world: World
) -> None:
    entry = world.submitted("firm", EntryKind.DEMAND)
    page = BeautifulSoup(broker.get(f"/en/desk/screening/{entry.code}").text, "html.parser")
    shown = {str(row["id"]) for row in page.select(".screen-row")}
    assert shown == {f"field-{spec.name}" for spec in FIELDS[EntryKind.DEMAND]}
    for group in page.select(".screen-section"):
        assert group.select_one("h2") is not None
    assert "contact@example.org" in page.get_text()


def test_near_entries_are_shown_so_that_a_duplicate_is_seen(
    broker: FlaskClient, world: World
) -> None:
    there = world.published("rival", EntryKind.DEMAND)
    world.work()
    entry = world.submitted("firm", EntryKind.DEMAND)
    page = BeautifulSoup(broker.get(f"/desk/screening/{entry.code}").text, "html.parser")
    assert page.select_one(f'aside a[href="/entries/{there.code}"]') is not None


def test_publishing_leads_to_the_next_that_waits(broker: FlaskClient, world: World) -> None:
    first = world.submitted("firm", EntryKind.DEMAND)
    second = world.submitted("university", EntryKind.ACHIEVEMENT)
    assert decide(broker, first, "publish") == (303, f"/en/desk/screening/{second.code}")
    assert world.reload(first).status is EntryState.PUBLISHED
    assert decide(broker, second, "publish") == (303, "/en/desk/screening")
    assert "Nothing waits for screening" in broker.get("/en/desk/screening").text


def test_an_entry_goes_back_with_a_reason_at_each_field(broker: FlaskClient, world: World) -> None:
    entry = world.submitted("firm", EntryKind.DEMAND)
    remarks = {
        "reason-body": "no_figures",
        "note-body": "请补充水质数据",
        "note-summary": "再短一些",
        "reason-": "several_in_one",
    }
    assert decide(broker, entry, "return", **remarks)[0] == 303
    kept = world.reload(entry)
    assert kept.status is EntryState.RETURNED
    assert kept.return_reasons == {
        "": {"code": "several_in_one", "note": ""},
        "body": {"code": "no_figures", "note": "请补充水质数据"},
        "summary": {"code": "other", "note": "再短一些"},
    }


def test_a_return_without_remarks_is_not_sent(broker: FlaskClient, world: World) -> None:
    entry = world.submitted("firm", EntryKind.DEMAND)
    status, text = decide(broker, entry, "return")
    assert status == 422
    assert "Please say what should be changed." in text
    assert world.reload(entry).status is EntryState.SUBMITTED


def test_remarks_that_were_refused_are_still_in_the_form(broker: FlaskClient, world: World) -> None:
    entry = world.submitted("firm", EntryKind.DEMAND)
    status, text = decide(
        broker, entry, "return", **{"reason-title": "other", "reason-body": "vague"}
    )
    assert status == 422
    page = BeautifulSoup(text, "html.parser")
    chosen = {
        str(option.find_parent("select")["name"]): option["value"]  # type: ignore[index]
        for option in page.select("option[selected]")
    }
    assert chosen == {"reason-title": "other", "reason-body": "vague"}


def test_the_broker_sees_what_was_asked_for_before(broker: FlaskClient, world: World) -> None:
    entry = world.submitted("firm", EntryKind.DEMAND)
    decide(broker, entry, "return", **{"reason-body": "no_figures", "note-body": "缺水质"})
    returned = world.reload(entry)
    world.container.steps.submit(world.actor("firm"), entry.code, returned.version)
    assert "缺水质" in broker.get(f"/desk/screening/{entry.code}").text


def test_a_refusal_needs_its_reason_and_its_note(broker: FlaskClient, world: World) -> None:
    entry = world.submitted("firm", EntryKind.DEMAND)
    assert decide(broker, entry, "reject", note="广告")[0] == 422
    status, text = decide(broker, entry, "reject", reason="unlawful")
    assert status == 422
    assert BeautifulSoup(text, "html.parser").select_one("dialog#refuse[open]") is not None
    assert decide(broker, entry, "reject", reason="advertisement")[0] == 303
    assert world.reload(entry).status is EntryState.REJECTED


def test_what_a_colleague_screened_is_not_screened_again(broker: FlaskClient, world: World) -> None:
    entry = world.submitted("firm", EntryKind.DEMAND)
    world.container.screening.publish(world.actor("broker2"), entry.code, entry.version)
    assert decide(broker, entry, "reject", reason="advertisement") == (303, "/en/desk/screening")
    assert world.reload(entry).status is EntryState.PUBLISHED
    assert "screened by a colleague meanwhile" in broker.get("/en/desk/screening").text
    assert broker.get(f"/desk/screening/{entry.code}").status_code == 404


def edited(world: World, *, trusted: bool) -> Entry:
    """A published entry of the firm whose title was changed."""
    firm = world.actor("firm")
    [organisation] = firm.organisations
    world.container.organisations.set_trusted(world.actor("admin"), organisation, trusted=trusted)
    entry = world.published("firm", EntryKind.DEMAND)
    values = {"title": "高盐矿井水分质结晶降本"}
    world.container.editing.save(firm, entry.code, values, entry.version)
    return entry


def judge(client: FlaskClient, decision: str, **form: str) -> int:
    """Judge the only edit that waits, as the page's form does; the status of the answer."""
    page = BeautifulSoup(client.get("/desk/screening").text, "html.parser")
    [card] = page.select('[id^="edit-"]')
    number = str(card["id"]).removeprefix("edit-")
    assert "高盐矿井水处理降本" in card.get_text()
    assert "高盐矿井水分质结晶降本" in card.get_text()
    data = {"decision": decision, **form}
    return client.post(f"/desk/screening/edits/{number}", data=data).status_code


def test_an_edit_that_waits_is_shown_once_it_is_accepted(broker: FlaskClient, world: World) -> None:
    entry = edited(world, trusted=False)
    assert world.reload(entry).title == "高盐矿井水处理降本"
    assert judge(broker, "accept") == 303
    assert world.reload(entry).title == "高盐矿井水分质结晶降本"


def test_an_edit_of_a_trusted_organisation_is_taken_back_when_it_is_turned_down(
    broker: FlaskClient, world: World
) -> None:
    entry = edited(world, trusted=True)
    assert world.reload(entry).title == "高盐矿井水分质结晶降本"
    assert judge(broker, "refuse") == 422
    assert judge(broker, "refuse", note="标题请保留原样") == 303
    assert world.reload(entry).title == "高盐矿井水处理降本"
