"""Journeys of an account: signing up, in and out, passwords, notices."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.domain.kinds import EntryKind, OrganisationStatus
from matchmaker.models import Mail, Organisation
from tests.conftest import SignIn
from tests.support.world import PASSWORD, World, email_of

NEW_PASSWORD = "quite-another-secret"
NEWCOMER = {
    "name": "示例新用户",
    "email": "newcomer@example.net",
    "password": NEW_PASSWORD,
    "password_again": NEW_PASSWORD,
    "organisation_name": "示例新企业",
    "organisation_kind": "firm",
    "region": "150603",
    "about": "",
}


def enter(client: FlaskClient, email: str, password: str, target: str = "") -> int:
    """Send the sign-in form; the status of the answer."""
    form = {"email": email, "password": password, "next": target}
    return client.post("/account/sign-in", data=form).status_code


def reset_token(world: World) -> str:
    """The token in the last letter."""
    with world.container.database.read() as session:
        body = session.scalars(select(Mail.body).order_by(Mail.id.desc())).first()
    found = re.search(r"/account/reset/(\S+)", body or "")
    assert found
    return found[1]


def test_the_right_password_opens_the_workspace(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, "firm")
    assert client.get("/workspace").status_code == 200


@pytest.mark.parametrize("email", [email_of("firm"), "nobody@example.org"])
def test_a_failed_sign_in_does_not_say_which_part_was_wrong(
    client: FlaskClient, email: str
) -> None:
    answer = client.post("/en/account/sign-in", data={"email": email, "password": "wrong"})
    assert answer.status_code == 422
    assert "Address and password do not fit together" in answer.text
    assert f'value="{email}"' in answer.text


def test_signing_in_leads_back_to_the_page_that_asked(client: FlaskClient) -> None:
    asked = client.get("/en/workspace/matches?page=2")
    assert asked.status_code == 302
    assert asked.location == "/en/account/sign-in?next=/en/workspace/matches?page%3D2"
    form = {
        "email": email_of("firm"),
        "password": PASSWORD,
        "next": "/en/workspace/matches?page=2",
    }
    assert client.post("/account/sign-in", data=form).location == "/en/workspace/matches?page=2"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_signing_in_never_leads_to_another_site(client: FlaskClient, target: str) -> None:
    form = {"email": email_of("firm"), "password": PASSWORD, "next": target}
    assert client.post("/account/sign-in", data=form).location == "/"


def test_signing_in_begins_a_session_of_its_own(client: FlaskClient, sign_in: SignIn) -> None:
    with client.session_transaction() as before:
        before["left_by_somebody"] = "1"
    sign_in(client, "firm")
    with client.session_transaction() as after:
        assert "left_by_somebody" not in after


def test_after_signing_out_the_workspace_is_closed(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, "firm")
    assert client.post("/account/sign-out").status_code == 303
    assert "/account/sign-in" in client.get("/workspace").location


def test_too_many_tries_are_slowed_down(portal: Flask) -> None:
    portal.extensions["matchmaker"].settings.__dict__["sign_in_limit"] = "2 per minute"
    client = portal.test_client()
    tries = [enter(client, email_of("firm"), "wrong") for _ in range(3)]
    assert tries[-1] == 429


def test_sample_accounts_are_named_on_loopback_only(portal: Flask) -> None:
    client = portal.test_client()
    assert "firm@example.org" in client.get("/account/sign-in").text
    portal.extensions["matchmaker"].settings.__dict__["host"] = "0.0.0.0"
    assert "firm@example.org" not in client.get("/account/sign-in").text


def test_a_newcomer_waits_for_approval_and_can_post_after_it(
    client: FlaskClient, world: World
) -> None:
    joined = client.post("/en/account/sign-up", data=NEWCOMER, follow_redirects=True)
    assert joined.status_code == 200
    assert "waits for approval" in joined.text
    assert client.get("/workspace/new/demand").status_code == 403
    with world.container.database.read() as session:
        added = session.scalars(select(Organisation).where(Organisation.name == "示例新企业")).one()
    assert added.status is OrganisationStatus.PENDING
    world.container.organisations.decide(world.actor("admin"), added.id, approve=True)
    assert client.get("/workspace/new/demand").status_code == 200


def test_a_refused_sign_up_shows_what_was_typed_and_what_is_wrong(client: FlaskClient) -> None:
    wrong = {**NEWCOMER, "email": email_of("firm"), "organisation_kind": ""}
    answer = client.post("/en/account/sign-up", data=wrong)
    assert answer.status_code == 422
    assert "There is an account with this address already." in answer.text
    assert 'value="示例新企业"' in answer.text
    assert NEW_PASSWORD not in answer.text


def test_a_forgotten_password_is_set_anew_by_the_letter_and_only_once(
    client: FlaskClient, world: World
) -> None:
    client.post("/account/forgotten", data={"email": email_of("firm")})
    address = f"/account/reset/{reset_token(world)}"
    twice = {"password": NEW_PASSWORD, "password_again": NEW_PASSWORD}
    assert client.get(address).status_code == 200
    assert client.post(address, data=twice).status_code == 303
    assert client.get(address).status_code == 410
    assert enter(client, email_of("firm"), PASSWORD) == 422
    assert enter(client, email_of("firm"), NEW_PASSWORD) == 303


def test_asking_for_a_letter_does_not_tell_who_has_an_account(client: FlaskClient) -> None:
    known = client.post("/en/account/forgotten", data={"email": email_of("firm")}).text
    unknown = client.post("/en/account/forgotten", data={"email": "nobody@example.org"}).text
    assert "a letter is on its way" in known
    assert known.replace(email_of("firm"), "") == unknown.replace("nobody@example.org", "")


def test_a_changed_password_ends_other_sessions_and_keeps_this_one(
    portal: Flask, sign_in: SignIn
) -> None:
    here, elsewhere = portal.test_client(), portal.test_client()
    sign_in(here, "firm")
    sign_in(elsewhere, "firm")
    form = {
        "old_password": PASSWORD,
        "password": NEW_PASSWORD,
        "password_again": NEW_PASSWORD,
    }
    assert here.post("/account/password", data=form).status_code == 303
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


def test_two_new_passwords_that_differ_are_refused(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, "firm")
    form = {"old_password": PASSWORD, "password": NEW_PASSWORD, "password_again": "a-third-secret"}
    answer = client.post("/en/account/password", data=form)
    assert answer.status_code == 422
    assert "The two passwords differ." in answer.text


def test_a_notice_is_told_in_words_and_leads_to_its_page_until_read(
    client: FlaskClient, sign_in: SignIn, world: World
) -> None:
    entry = world.published("firm", EntryKind.DEMAND)
    sign_in(client, "firm")
    page = client.get("/en/account/notifications").text
    assert f"{entry.code} “{entry.title}” is published." in page
    assert f'href="/en/entries/{entry.code}"' in page
    assert "data-unread" in page
    client.post("/account/notifications/read")
    assert "data-unread" not in client.get("/en/account/notifications").text
