"""The clinic over HTTP: advice while typing, as a page, and never on what one may not see."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from matchmaker.domain.kinds import EntryKind
from search_index.backends.base import SearchIndexError
from tests.conftest import SignIn
from tests.support.world import DEMAND, World

SCRIPT = {"HX-Request": "true"}
TYPED = {
    "title": DEMAND["title"],
    "summary": DEMAND["summary"],
    "body": DEMAND["body"],
    "keywords": "\n".join(DEMAND["keywords"]),
    "region": DEMAND["region"],
}


@pytest.fixture
def firm(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    """A browser in which the firm's member is signed in."""
    sign_in(client, "firm")
    return client


def test_a_script_gets_the_panel_alone(firm: FlaskClient) -> None:
    page = firm.post("/en/workspace/clinic/new:demand", data=TYPED, headers=SCRIPT)
    assert page.status_code == 200
    assert "<html" not in page.text
    assert "Readiness" in page.text
    assert 'href="#budget_max"' in page.text


def test_without_a_script_the_form_comes_back_with_the_advice_and_is_kept(
    firm: FlaskClient,
) -> None:
    page = firm.post("/en/workspace/clinic/new:demand", data=TYPED)
    assert "Readiness" in page.text
    assert TYPED["body"] in page.text
    assert TYPED["body"] in firm.get("/workspace/new/demand").text


def test_near_offers_and_duplicates_are_named(firm: FlaskClient, world: World) -> None:
    offer = world.published("university", EntryKind.ACHIEVEMENT)
    other = world.published("rival", EntryKind.DEMAND)
    world.work()
    page = firm.post("/en/workspace/clinic/new:demand", data=TYPED, headers=SCRIPT).text
    assert offer.title in page
    assert f"This looks like {other.code}" in page


def test_a_near_offer_says_what_holds_it_and_how_far_away(firm: FlaskClient, world: World) -> None:
    world.published("university", EntryKind.ACHIEVEMENT, region="150602")
    world.work()
    page = firm.post("/en/workspace/clinic/new:demand", data=TYPED, headers=SCRIPT).text
    assert "University about 30 km away" in page
    nearer = {**TYPED, "region": "150602"}
    page = firm.post("/en/workspace/clinic/new:demand", data=nearer, headers=SCRIPT).text
    assert "University in the same county" in page


def test_too_many_requests_for_advice_are_refused(firm: FlaskClient, world: World) -> None:
    world.container.settings.__dict__["advice_limit"] = "2 per minute"
    address = "/workspace/clinic/new:demand"
    codes = [firm.post(address, data=TYPED, headers=SCRIPT).status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_what_the_reader_may_not_see_is_not_named(firm: FlaskClient, world: World) -> None:
    offer = world.published("university", EntryKind.ACHIEVEMENT, visibility="brokers")
    other = world.published("rival", EntryKind.DEMAND, visibility="brokers")
    world.work()
    page = firm.post("/en/workspace/clinic/new:demand", data=TYPED, headers=SCRIPT).text
    assert offer.title not in page
    assert other.code not in page


def test_the_rules_answer_while_the_search_is_away(
    firm: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise SearchIndexError("away")

    monkeypatch.setattr(world.container.clinic, "_found", away)
    page = firm.post("/en/workspace/clinic/new:demand", data=TYPED, headers=SCRIPT).text
    assert "Readiness" in page
    assert "The search is away" in page


@pytest.mark.parametrize("text", ["", "\x00\ufffd", "9" * 9000, "≥" * 500, "<script>" * 50])
def test_rubbish_is_answered(firm: FlaskClient, text: str) -> None:
    page = firm.post("/workspace/clinic/new:demand", data={"body": text}, headers=SCRIPT)
    assert page.status_code == 200


@pytest.mark.parametrize("form", ["new:expert", "new:nonsense", "edit:XQ-2026-999999", "x"])
def test_a_form_without_advice_is_not_found(firm: FlaskClient, form: str) -> None:
    assert firm.post(f"/workspace/clinic/{form}", data=TYPED).status_code == 404
