"""What guards every request: sessions, cookies, headers, throttles, versions."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from matchmaker.bootstrap import Container
from matchmaker.domain.kinds import EntryKind
from tests.conftest import SignIn, settings_for
from tests.support.forms import edit_form, without_tokens
from tests.support.world import PASSWORD, World, email_of

NEW_PASSWORD = "another-long-secret"
in_each_language = pytest.mark.parametrize("prefix", ["", "/en"], ids=["zh", "en"])


def heading(answer: TestResponse) -> str:
    """The one first heading of a page."""
    [found] = BeautifulSoup(answer.text, "html.parser").select("h1")
    return found.get_text(strip=True)


def is_signed_in(client: FlaskClient) -> bool:
    """Whether the portal still knows who asks."""
    return client.get("/account/").status_code == 200


def portal_with(container: Container, **changes: object) -> Flask:
    """The portal under other settings, on the same data."""
    from matchmaker.web.app import create_app

    settings = container.settings
    container.__dict__["settings"] = settings_for(settings.data_dir, **changes)
    app = create_app(container)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    return app


# Sessions


def test_a_new_password_ends_the_sessions_of_other_devices(portal: Flask, sign_in: SignIn) -> None:
    here, elsewhere = portal.test_client(), portal.test_client()
    for client in (here, elsewhere):
        sign_in(client, "firm")
    form = {"old_password": PASSWORD, "password": NEW_PASSWORD, "password_again": NEW_PASSWORD}
    assert here.post("/account/password", data=form).status_code == 303
    assert (is_signed_in(here), is_signed_in(elsewhere)) == (True, False)


def test_a_reset_password_ends_every_session(
    client: FlaskClient, world: World, sign_in: SignIn
) -> None:
    sign_in(client, "firm")
    world.container.accounts.set_password(email_of("firm"), NEW_PASSWORD)
    assert not is_signed_in(client)


def test_who_is_kept_out_is_out_at_once(client: FlaskClient, world: World, sign_in: SignIn) -> None:
    sign_in(client, "firm")
    number = world.actor("firm").person_id or 0
    world.container.accounts.set_active(world.actor("admin"), number, active=False)
    assert not is_signed_in(client)
    form = {"email": email_of("firm"), "password": PASSWORD}
    assert client.post("/account/sign-in", data=form).status_code == 422


def test_a_session_begins_anew_when_one_signs_in(client: FlaskClient, sign_in: SignIn) -> None:
    client.get("/account/sign-in")
    before = client.get_cookie("matchmaker")
    sign_in(client, "firm")
    after = client.get_cookie("matchmaker")
    assert after is not None
    assert before is None or before.value != after.value


@pytest.mark.parametrize("change", ["", "nonsense", "eyJ9.a.b"])
def test_a_session_that_was_tampered_with_is_nobodys(
    client: FlaskClient, sign_in: SignIn, change: str
) -> None:
    sign_in(client, "firm")
    cookie = client.get_cookie("matchmaker")
    assert cookie is not None
    client.set_cookie("matchmaker", change or cookie.value[:-3] + "abc")
    assert not is_signed_in(client)


def test_signing_out_ends_the_session(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, "firm")
    client.post("/account/sign-out")
    assert not is_signed_in(client)


def test_an_unknown_address_and_a_wrong_password_are_answered_alike(client: FlaskClient) -> None:
    texts = []
    for email in (email_of("firm"), "nobody@example.org"):
        form = {"email": email, "password": "a wrong password"}
        answer = client.post("/account/sign-in", data=form)
        assert answer.status_code == 422
        texts.append(without_tokens(answer.text).replace(f'value="{email}"', "", 1))
    assert texts[0] == texts[1]


def test_asking_for_a_reset_says_the_same_to_all(client: FlaskClient) -> None:
    texts = []
    for email in (email_of("firm"), "nobody@example.org"):
        answer = client.post("/account/forgotten", data={"email": email})
        texts.append(without_tokens(answer.text).replace(email, ""))
    assert texts[0] == texts[1]


def test_the_address_in_a_letter_is_ours_whatever_host_was_asked(
    client: FlaskClient, world: World
) -> None:
    form = {"email": email_of("firm")}
    client.post("/account/forgotten", data=form, headers={"Host": "evil.example"})
    [letter], _ = world.container.mailing.outbox(0, 1)
    assert "/account/reset/" in letter.body
    assert "evil.example" not in letter.body


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "/\t/evil.example/",
        "/\n/evil.example/",
        "\t//evil.example/",
        " //evil.example/",
        "///evil.example/",
        "/\x00/evil.example/",
        "javascript:alert(1)",
        "evil.example",
        "https:evil.example",
        "http:///evil.example",
    ],
)
@pytest.mark.parametrize("signed_in_before", [False, True])
def test_signing_in_never_leads_to_another_site(
    client: FlaskClient, sign_in: SignIn, target: str, signed_in_before: bool
) -> None:
    if signed_in_before:
        sign_in(client, "firm")
        answer = client.get("/account/sign-in", query_string={"next": target})
    else:
        form = {"email": email_of("firm"), "password": PASSWORD, "next": target}
        answer = client.post("/account/sign-in", data=form)
    assert answer.status_code == 303
    assert re.fullmatch(r"/([^/\\\s].*)?", answer.location), answer.location


def test_signing_in_leads_on_within_the_portal(client: FlaskClient) -> None:
    form = {"email": email_of("firm"), "password": PASSWORD, "next": "/en/workspace?state=draft"}
    assert client.post("/account/sign-in", data=form).location == "/en/workspace?state=draft"


def test_a_form_is_not_sent_back_to_another_site(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, "broker")
    answer = client.post(
        "/desk/screening/XQ-2026-000001", headers={"Referer": "https://evil.example/"}
    )
    assert "evil" not in (answer.location or "")


# Throttles


@pytest.fixture
def throttled(container: Container) -> FlaskClient:
    """A browser on a portal that allows three tries a minute."""
    return portal_with(container, sign_in_limit="3 per minute").test_client()


@in_each_language
@pytest.mark.parametrize("asked", ["sign-in", "forgotten", "sign-up"])
def test_many_tries_are_slowed_down_with_a_page(
    throttled: FlaskClient, asked: str, prefix: str
) -> None:
    form = {"email": "somebody@example.org", "password": "guess"}
    answers = [throttled.post(f"{prefix}/account/{asked}", data=form) for _ in range(4)]
    assert [answer.status_code == 429 for answer in answers] == [False, False, False, True]
    assert heading(answers[-1])
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_throttled_person_is_not_let_in_by_the_right_password(throttled: FlaskClient) -> None:
    wrong = {"email": email_of("firm"), "password": "a wrong password"}
    for _ in range(3):
        throttled.post("/account/sign-in", data=wrong)
    answer = throttled.post("/account/sign-in", data={**wrong, "password": PASSWORD})
    assert answer.status_code == 429
    assert not is_signed_in(throttled)


def test_reading_is_never_throttled(throttled: FlaskClient) -> None:
    assert {throttled.get("/").status_code for _ in range(8)} == {200}


# Cookies and headers


def cookies_of(answer: TestResponse) -> list[str]:
    """All cookies that an answer sets."""
    return answer.headers.getlist("Set-Cookie")


@pytest.mark.parametrize("secure", [False, True])
def test_cookies_are_out_of_reach_of_scripts_and_other_sites(
    container: Container, secure: bool
) -> None:
    client = portal_with(container, secure_cookies=secure).test_client()
    form = {"email": email_of("firm"), "password": PASSWORD}
    cookies = cookies_of(client.post("/account/sign-in", data=form))
    assert cookies
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert ("Secure" in cookie) is secure
        assert "Domain" not in cookie


def test_the_cookie_of_a_kept_form_is_guarded_too(client: FlaskClient) -> None:
    answer = client.post("/workspace/new/demand", data={"title": "未登录时写的需求"})
    kept = [cookie for cookie in cookies_of(answer) if cookie.startswith("matchmaker_form=")]
    assert len(kept) == 1
    assert "HttpOnly" in kept[0]
    assert "SameSite=Lax" in kept[0]


@pytest.mark.parametrize(
    "address",
    ["/", "/en/search", "/account/sign-in", "/nothing-here", "/healthz", "/static/css/tokens.css"],
)
def test_every_answer_says_what_a_browser_may_do_with_it(client: FlaskClient, address: str) -> None:
    with client.get(address) as answer:
        headers = answer.headers
    policy = directives(headers["Content-Security-Policy"])
    assert policy["script-src"] == policy["style-src"] == {"'self'"}
    assert policy["default-src"] == {"'self'"}
    assert policy["object-src"] == policy["frame-ancestors"] == {"'none'"}
    assert policy["form-action"] == policy["base-uri"] == {"'self'"}
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


def directives(policy: str) -> dict[str, set[str]]:
    """A policy of contents by directive."""
    parts = (part.split() for part in policy.split(";") if part.strip())
    return {name: set(values) for name, *values in parts}


def test_a_page_is_not_kept_by_those_between_and_a_static_file_is(client: FlaskClient) -> None:
    assert "no-store" in client.get("/").headers["Cache-Control"]
    with client.get("/static/css/tokens.css") as answer:
        assert "immutable" in answer.headers["Cache-Control"]


def test_over_https_browsers_are_told_to_stay_there(container: Container) -> None:
    client = portal_with(container, secure_cookies=True).test_client()
    answer = client.get("/", base_url="https://localhost")
    assert "max-age" in answer.headers["Strict-Transport-Security"]


# Two at once


def test_who_saves_second_is_shown_both_texts(portal: Flask, world: World, sign_in: SignIn) -> None:
    entry = world.draft("firm", EntryKind.DEMAND)
    one, other = portal.test_client(), portal.test_client()
    for client in (one, other):
        sign_in(client, "firm")
    forms = [
        edit_form(client, entry, title=title)
        for client, title in ((one, "先保存的标题"), (other, "后保存的标题"))
    ]
    address = f"/workspace/entries/{entry.code}/edit"
    assert one.post(address, data=forms[0]).status_code == 303
    answer = other.post(address, data=forms[1])
    assert answer.status_code == 409
    assert heading(answer)
    assert "先保存的标题" in answer.text
    assert "后保存的标题" in answer.text
    assert world.reload(entry).title == "先保存的标题"
