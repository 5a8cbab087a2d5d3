"""Journeys of the workspace: steps, history, files, ties, matches, introductions."""

from __future__ import annotations

import io

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.domain.kinds import EntryKind, LinkRelation
from matchmaker.domain.lifecycles import EntryState
from matchmaker.models import Match
from matchmaker.services.screening import Remark
from tests.conftest import SignIn
from tests.support.forms import edit_form, shown_form
from tests.support.world import World

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


@pytest.fixture
def firm(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    """A browser in which the firm's member is signed in."""
    sign_in(client, "firm")
    return client


def test_remarks_stand_at_their_fields_when_an_entry_came_back(
    firm: FlaskClient, world: World
) -> None:
    entry = world.submitted("firm", EntryKind.DEMAND)
    remarks = {"body": Remark("no_figures", "请补充水质数据。")}
    world.container.screening.return_(world.actor("broker"), entry.code, entry.version, remarks)
    page = firm.get(f"/en/workspace/entries/{entry.code}").text
    assert "It came back with remarks." in page
    form = BeautifulSoup(firm.get(f"/en/workspace/entries/{entry.code}/edit").text, "html.parser")
    field = form.select_one("#field-body")
    assert field is not None
    assert "请补充水质数据。" in field.text


def test_an_entry_goes_through_the_steps_of_its_owner(firm: FlaskClient, world: World) -> None:
    draft = world.draft("firm", EntryKind.DEMAND)
    base = f"/workspace/entries/{draft.code}"

    def state_after(step: str, **form: str) -> EntryState:
        assert firm.post(f"{base}/{step}", data=form).status_code == 303
        return world.reload(draft).status

    assert state_after("submit", version=str(draft.version)) is EntryState.SUBMITTED
    assert state_after("recall") is EntryState.DRAFT
    version = str(world.reload(draft).version)
    assert state_after("submit", version=version) is EntryState.SUBMITTED
    broker = world.actor("broker")
    world.container.screening.publish(broker, draft.code, world.reload(draft).version)
    assert state_after("confirm") is EntryState.PUBLISHED
    assert state_after("withdraw", reason="no_longer_needed") is EntryState.WITHDRAWN
    assert state_after("reopen") is EntryState.DRAFT


def test_a_withdrawal_needs_its_reason(firm: FlaskClient, world: World) -> None:
    entry = world.published("firm", EntryKind.DEMAND)
    answer = firm.post(f"/workspace/entries/{entry.code}/withdraw", data={"note": "先不找了"})
    assert answer.status_code == 422
    assert "先不找了" in answer.text
    assert world.reload(entry).status is EntryState.PUBLISHED


def test_a_concluded_entry_keeps_what_came_of_it(firm: FlaskClient, world: World) -> None:
    entry = world.published("firm", EntryKind.DEMAND)
    firm.post(f"/workspace/entries/{entry.code}/conclude", data={"note": "已与示例大学签约"})
    assert world.reload(entry).status is EntryState.CONCLUDED
    assert "已与示例大学签约" in firm.get(f"/workspace/entries/{entry.code}/history").text


def test_a_copy_is_a_draft_of_its_own(firm: FlaskClient, world: World) -> None:
    entry = world.published("firm", EntryKind.DEMAND)
    answer = firm.post(f"/workspace/entries/{entry.code}/copy")
    copied = shown_form(firm.get(answer.location))
    assert entry.code not in answer.location
    assert copied["title"] == [entry.title]
    assert copied["valid_until"] == [""]


def test_an_incomplete_draft_is_sent_to_its_form_with_what_is_missing(
    firm: FlaskClient, world: World
) -> None:
    draft = world.draft("firm", EntryKind.DEMAND, summary="")
    answer = firm.post(
        f"/en/workspace/entries/{draft.code}/submit",
        data={"version": draft.version},
        follow_redirects=True,
    )
    assert "Not submitted yet: 1 field needs another look." in answer.text
    page = BeautifulSoup(answer.text, "html.parser")
    field = page.select_one("#field-summary")
    assert field is not None
    assert "Please fill this in." in field.text


def test_the_history_says_who_changed_what_in_words(firm: FlaskClient, world: World) -> None:
    draft = world.draft("firm", EntryKind.DEMAND)
    form = edit_form(firm, draft, clarity="fuzzy", budget_max="420")
    firm.post(f"/workspace/entries/{draft.code}/edit", data=form)
    page = firm.get(f"/en/workspace/entries/{draft.code}/history").text
    assert "Firm" in page
    assert "<del>Clear requirement</del>" in page
    assert "<ins>Direction known</ins>" in page
    assert "¥4.2 million" in page


def test_the_list_is_filtered_by_kind_and_state(firm: FlaskClient, world: World) -> None:
    draft = world.draft("firm", EntryKind.DEMAND, title="草稿需求")
    shown = world.published("firm", EntryKind.DEMAND, title="已发需求")
    everything = firm.get("/workspace").text
    assert draft.code in everything
    assert shown.code in everything
    drafts = firm.get("/workspace?kind=demand&state=draft").text
    assert draft.code in drafts
    assert shown.code not in drafts
    assert draft.code not in firm.get("/workspace?kind=expert").text


def test_an_empty_workspace_says_what_to_do(firm: FlaskClient) -> None:
    page = firm.get("/en/workspace").text
    assert "Nothing posted yet" in page
    assert 'href="/en/workspace/new"' in page


def test_a_file_is_attached_and_taken_off(firm: FlaskClient, world: World) -> None:
    draft = world.draft("firm", EntryKind.DEMAND)
    base = f"/workspace/entries/{draft.code}"
    firm.post(f"{base}/files", data={"file": (io.BytesIO(PDF), "报告.pdf")})
    assert "报告.pdf" in firm.get(base).text
    [file] = world.container.reading.attachments(draft.id)
    firm.post(f"{base}/files/{file.id}/remove")
    assert world.container.reading.attachments(draft.id) == []


def test_a_file_that_is_not_what_its_name_says_is_refused(firm: FlaskClient, world: World) -> None:
    draft = world.draft("firm", EntryKind.DEMAND)
    sent = {"file": (io.BytesIO(b"<script>alert(1)</script>"), "picture.png")}
    page = firm.post(f"/en/workspace/entries/{draft.code}/files", data=sent, follow_redirects=True)
    assert "picture.png:" in page.text
    assert world.container.reading.attachments(draft.id) == []


def test_an_achievement_is_tied_to_its_project_and_inventors_by_code(
    client: FlaskClient, sign_in: SignIn, world: World
) -> None:
    achievement = world.draft("university", EntryKind.ACHIEVEMENT)
    project = world.published("university", EntryKind.PROJECT)
    expert = world.published("university", EntryKind.EXPERT)
    sign_in(client, "university")
    form = {"outcome_of": project.code.lower(), "invented_by": f"{expert.code}\n"}
    client.post(f"/workspace/entries/{achievement.code}/links", data=form)
    held = world.container.reading.linked(world.actor("university"), achievement.id)
    assert {(link.relation, link.entry.code) for link in held} == {
        (LinkRelation.OUTCOME_OF, project.code),
        (LinkRelation.INVENTED_BY, expert.code),
    }


def test_a_code_that_fits_no_entry_is_named_and_nothing_is_tied(
    client: FlaskClient, sign_in: SignIn, world: World
) -> None:
    achievement = world.draft("university", EntryKind.ACHIEVEMENT)
    hidden = world.draft("firm", EntryKind.PROJECT)
    sign_in(client, "university")
    address = f"/en/workspace/entries/{achievement.code}/links"
    answer = client.post(address, data={"outcome_of": f"{hidden.code} nonsense"})
    assert answer.status_code == 422
    assert f"{hidden.code}: there is no such entry" in answer.text
    assert "“nonsense” is no code" in answer.text
    assert world.container.reading.linked(world.actor("university"), achievement.id) == []


def test_another_organisation_does_not_find_the_entry(
    client: FlaskClient, sign_in: SignIn, world: World
) -> None:
    entry = world.published("firm", EntryKind.DEMAND)
    sign_in(client, "rival")
    for page in ("", "/edit", "/matches", "/withdraw", "/links", "/progress"):
        assert client.get(f"/workspace/entries/{entry.code}{page}").status_code == 404
    assert client.post(f"/workspace/entries/{entry.code}/copy").status_code == 404


def test_the_owner_watches_a_published_entry_become_found_and_matched(
    firm: FlaskClient, world: World
) -> None:
    world.published("university", EntryKind.ACHIEVEMENT)
    world.work()
    entry = world.published("firm", EntryKind.DEMAND)
    address = f"/en/workspace/entries/{entry.code}"
    waiting = firm.get(f"{address}/progress").text
    assert f'hx-get="{address}/progress"' in waiting
    assert "<html" not in waiting
    world.work()
    done = firm.get(f"{address}/progress").text
    assert "hx-get" not in done
    assert "1 match found" in done
    page = firm.get(address).text
    assert "高盐矿井水低温多效蒸发与分质结晶技术" in page


@pytest.fixture
def introduced(world: World) -> Match:
    """A demand of the firm and an achievement of the university, introduced by a broker."""
    world.published("university", EntryKind.ACHIEVEMENT, contact_phone="111-2222")
    world.published("firm", EntryKind.DEMAND)
    world.work()
    with world.container.database.read() as session:
        match = session.scalars(select(Match)).one()
    broker = world.actor("broker")
    world.container.review.approve(broker, match.id, match.version, at_once=True)
    world.work()
    return match


def test_contact_is_shown_only_once_both_sides_are_introduced(
    firm: FlaskClient, world: World, introduced: Match
) -> None:
    matches = firm.get("/workspace/matches").text
    assert f"/workspace/introductions/{introduced.id}" in matches
    assert "111-2222" not in matches
    for prefix in ("", "/en"):
        page = firm.get(f"{prefix}/workspace/introductions/{introduced.id}")
        assert "111-2222" in page.text


def test_both_sides_answer_and_are_told(portal: Flask, sign_in: SignIn, introduced: Match) -> None:
    address = f"/en/workspace/introductions/{introduced.id}"
    firm, university = portal.test_client(), portal.test_client()
    sign_in(firm, "firm")
    sign_in(university, "university")
    firm.post(address, data={"answer": "interested"})
    assert "We are interested" not in firm.get(address).text
    answer = university.post(address, data={"answer": "interested"}, follow_redirects=True)
    assert "Both sides are interested." in answer.text
    assert "Both sides are interested" in firm.get("/en/account/notifications").text


def test_a_no_needs_its_reason_and_its_note_stays_with_ones_own_side(
    portal: Flask, sign_in: SignIn, introduced: Match
) -> None:
    address = f"/en/workspace/introductions/{introduced.id}"
    firm, university = portal.test_client(), portal.test_client()
    sign_in(firm, "firm")
    sign_in(university, "university")
    assert firm.post(address, data={"answer": "declined"}).status_code == 422
    no = {"answer": "declined", "reason": "timing", "note": "年底前没有预算"}
    assert firm.post(address, data=no).status_code == 303
    assert "年底前没有预算" in firm.get(address).text
    theirs = university.get(address).text
    assert "Wrong time" in theirs
    assert "年底前没有预算" not in theirs


def test_a_stranger_does_not_find_an_introduction(
    client: FlaskClient, sign_in: SignIn, introduced: Match
) -> None:
    sign_in(client, "rival")
    assert client.get(f"/workspace/introductions/{introduced.id}").status_code == 404
