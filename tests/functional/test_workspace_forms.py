"""Posting and editing over HTTP: what is typed is read, shown back, kept and never lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from matchmaker.domain.calendar import today
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.lifecycles import EntryState
from tests.conftest import SignIn
from tests.support.forms import edit_form, shown_form, the_entry
from tests.support.world import PASSWORD, World, email_of

TYPED = {
    "title": "高盐矿井水处理降本",
    "summary": "希望吨水成本低于 8 元。",
    "body": "现用反渗透加蒸发，吨水成本 13 元。",
    "keywords": "矿井水\n分质结晶、零排放",
    "demand_type": "technical_problem",
    "clauses": "吨水处理成本低于 8 元\r\n\r\n氯化钠纯度不低于 98 %",
    "fields": ["water.mine", "energy.hydrogen"],
    "region": "150627",
    "budget_min": "12.5",
    "budget_max": "1,300",
    "deadline": "2031-05-01",
    "language": "zh",
    "visibility": "public",
    "valid_until": (today() + timedelta(days=300)).isoformat(),
    "contact_name": "技术科",
    "contact_phone": "000-0000-0000",
}


@pytest.fixture
def firm(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    """A browser in which the firm's member is signed in."""
    sign_in(client, "firm")
    return client


def test_a_demand_is_posted_with_its_values_typed(firm: FlaskClient, world: World) -> None:
    answer = firm.post("/workspace/new/demand", data={**TYPED, "then": "submit"})
    entry = the_entry(world)
    assert answer.location == f"/workspace/entries/{entry.code}"
    assert entry.status is EntryState.SUBMITTED
    assert entry.budget_min == 12_500_000
    assert entry.budget_max == 1_300_000_000
    assert entry.keywords == ["矿井水", "分质结晶", "零排放"]
    assert entry.clauses == ["吨水处理成本低于 8 元", "氯化钠纯度不低于 98 %"]
    assert entry.fields == ["water.mine", "energy.hydrogen"]
    assert entry.deadline.isoformat() == "2031-05-01"


def test_the_new_form_begins_with_what_can_be_guessed(firm: FlaskClient) -> None:
    shown = shown_form(firm.get("/en/workspace/new/demand"))
    assert shown["region"] == ["150603"]
    assert shown["language"] == ["en"]
    assert shown["visibility"] == ["public"]
    assert shown["contact_email"] == [email_of("firm")]
    assert shown["valid_until"] == [(today() + timedelta(days=365)).isoformat()]


def test_rows_are_read_wherever_they_stand_in_the_form(
    client: FlaskClient, sign_in: SignIn, world: World
) -> None:
    sign_in(client, "university")
    rows = {
        "ip_rights-1-type": "invention",
        "ip_rights-1-status": "granted",
        "ip_rights-1-number": "ZL0000",
        "ip_rights-4-type": "know_how",
        "ip_rights-4-status": "secret",
        "ip_rights-5-type": "",
    }
    client.post("/workspace/new/achievement", data={"title": "成果", **rows, "then": "save"})
    entry = the_entry(world, "university")
    assert entry.ip_rights == [
        {"type": "invention", "number": "ZL0000", "status": "granted"},
        {"type": "know_how", "status": "secret"},
    ]


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("budget_max", "about a million", "“about a million” is not a number."),
        ("budget_max", "1e9", "“1e9” is not a number."),
        ("deadline", "next spring", "“next spring” is not a date; write it as 2026-12-31."),
        ("valid_until", "2026-02-30", "“2026-02-30” is not a date; write it as 2026-12-31."),
        ("contact_email", "nobody", "This is not an email address."),
        ("budget_max", "1", "The upper limit of the budget is below the lower one."),
    ],
)
def test_what_cannot_be_read_is_shown_as_typed_with_a_sentence_at_its_field(
    firm: FlaskClient, name: str, typed: str, sentence: str
) -> None:
    answer = firm.post("/en/workspace/new/demand", data={**TYPED, name: typed, "then": "save"})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    field = page.select_one(f"#field-{name}")
    assert field is not None
    assert sentence in field.text
    assert shown_form(answer)[name] == [typed]
    assert shown_form(answer)["clauses"] == [TYPED["clauses"]]


def test_a_draft_may_be_incomplete_but_a_submission_may_not(
    firm: FlaskClient, world: World
) -> None:
    refused = firm.post("/en/workspace/new/demand", data={"title": "T", "then": "submit"})
    assert refused.status_code == 422
    assert "Please fill this in." in refused.text
    firm.post("/workspace/new/demand", data={"title": "T", "then": "save"})
    assert the_entry(world).status is EntryState.DRAFT


def test_a_wrong_cell_is_named_at_its_row(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, "university")
    form = {
        "title": "P",
        "milestones-3-text": "中试",
        "milestones-3-due_on": "soon",
        "then": "save",
    }
    answer = client.post("/en/workspace/new/project", data=form)
    page = BeautifulSoup(answer.text, "html.parser")
    cell = page.select_one("#field-milestones-0-due_on")
    assert cell is not None
    assert "“soon” is not a date" in cell.text


def test_what_is_typed_comes_back_after_leaving_the_page(firm: FlaskClient) -> None:
    answer = firm.post("/workspace/autosave/new:demand", data={**TYPED, "budget_max": "tbd"})
    assert re.fullmatch(r"\d\d:\d\d", answer.get_json()["saved_at"])
    page = firm.get("/en/workspace/new/demand")
    assert "Restored: what you typed until" in page.text
    assert shown_form(page)["title"] == [TYPED["title"]]
    assert shown_form(page)["budget_max"] == ["tbd"]


def test_a_kept_form_can_be_thrown_away_and_goes_when_it_is_sent(
    firm: FlaskClient,
) -> None:
    firm.post("/workspace/autosave/new:demand", data=TYPED)
    firm.post("/workspace/discard/new:demand")
    assert shown_form(firm.get("/workspace/new/demand"))["title"] == [""]
    firm.post("/workspace/autosave/new:demand", data=TYPED)
    firm.post("/workspace/new/demand", data={**TYPED, "then": "save"})
    assert shown_form(firm.get("/workspace/new/demand"))["title"] == [""]


@pytest.mark.parametrize("form", ["new:poem", "edit:XQ-2026-999999", "nonsense"])
def test_only_forms_that_exist_are_kept(firm: FlaskClient, form: str) -> None:
    answer = firm.post(f"/workspace/autosave/{form}", data=TYPED)
    assert answer.status_code == 404
    assert answer.get_json()["message"]


def test_a_form_sent_after_the_session_ended_comes_back_after_signing_in(
    client: FlaskClient,
) -> None:
    sent = client.post("/workspace/new/demand", data={**TYPED, "then": "submit"})
    assert sent.location == "/account/sign-in?next=/workspace/new/demand"
    form = {"email": email_of("firm"), "password": PASSWORD, "next": "/"}
    entered = client.post("/account/sign-in", data=form)
    assert entered.location == "/workspace/new/demand"
    shown = shown_form(client.get(entered.location))
    assert shown["title"] == [TYPED["title"]]
    assert shown["fields"] == TYPED["fields"]


def test_a_form_whose_token_is_out_of_date_is_kept_for_its_own_person(
    portal: Flask, sign_in: SignIn
) -> None:
    client = portal.test_client()
    sign_in(client, "firm")
    portal.config["WTF_CSRF_ENABLED"] = True
    sent = client.post("/en/workspace/new/demand", data={**TYPED, "csrf_token": "stale"})
    assert sent.location == "/en/workspace/new/demand"
    page = client.get(sent.location)
    assert "The page had been open for too long." in page.text
    assert shown_form(page)["title"] == [TYPED["title"]]


def test_a_form_from_another_site_is_not_kept(portal: Flask) -> None:
    portal.config["WTF_CSRF_ENABLED"] = True
    client = portal.test_client()
    sent = client.post(
        "/workspace/new/demand", data=TYPED, headers={"Origin": "https://evil.example"}
    )
    assert sent.status_code == 400
    assert "matchmaker_form" not in sent.headers.get("Set-Cookie", "")


def test_a_script_that_saves_without_a_session_is_told_so(client: FlaskClient) -> None:
    answer = client.post("/en/workspace/autosave/new:demand", data=TYPED)
    assert answer.status_code == 401
    assert "Your session has ended" in answer.get_json()["message"]


def test_an_edit_shows_the_entry_and_changes_only_what_was_changed(
    firm: FlaskClient, world: World
) -> None:
    draft = world.draft("firm", EntryKind.DEMAND)
    answer = firm.post(
        f"/workspace/entries/{draft.code}/edit", data=edit_form(firm, draft, title="新标题")
    )
    assert answer.status_code == 303
    line = world.container.reading.history(world.actor("firm"), draft.code)[0]
    assert line.event.changes == {"title": [draft.title, "新标题"]}


def test_who_saves_second_chooses_field_by_field_and_nothing_is_lost(
    firm: FlaskClient, world: World
) -> None:
    draft = world.draft("firm", EntryKind.DEMAND)
    mine = edit_form(firm, draft, title="我的标题", key_technology="纳滤")
    theirs = edit_form(firm, draft, title="同事的标题", summary="同事的摘要")
    firm.post(f"/workspace/entries/{draft.code}/edit", data=theirs)
    second = firm.post(f"/en/workspace/entries/{draft.code}/edit", data=mine)
    assert second.status_code == 409
    assert world.reload(draft).title == "同事的标题"
    chosen = shown_form(second)
    assert chosen["keep-title"] == ["yours"]
    assert chosen["keep-summary"] == ["current"]
    assert chosen["keep-key_technology"] == ["yours"]
    assert "我的标题" in second.text
    assert "同事的标题" in second.text
    firm.post(f"/workspace/entries/{draft.code}/resolve", data={**chosen, "then": "save"})
    now = the_entry(world)
    assert (now.title, now.summary) == ("我的标题", "同事的摘要")
    assert now.key_technology == "纳滤"


def test_a_version_raised_by_the_platform_alone_is_no_conflict(
    firm: FlaskClient, world: World
) -> None:
    draft = world.draft("firm", EntryKind.DEMAND)
    form = edit_form(firm, draft, title="新标题")
    world.container.steps.submit(world.actor("firm"), draft.code, draft.version)
    world.container.steps.recall(world.actor("firm"), draft.code)
    assert firm.post(f"/workspace/entries/{draft.code}/edit", data=form).status_code == 303
    assert world.reload(draft).title == "新标题"


def test_a_change_of_a_published_entry_waits_and_comes_back_into_the_form(
    firm: FlaskClient, world: World
) -> None:
    entry = world.published("firm", EntryKind.DEMAND)
    form = edit_form(firm, entry, title="修订后的标题")
    answer = firm.post(f"/en/workspace/entries/{entry.code}/edit", data=form, follow_redirects=True)
    assert "Your change waits for screening" in answer.text
    assert world.reload(entry).title == entry.title
    assert shown_form(firm.get(f"/workspace/entries/{entry.code}/edit"))["title"] == [
        "修订后的标题"
    ]
