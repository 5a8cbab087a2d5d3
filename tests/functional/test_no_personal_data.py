"""Whatever people do and whatever breaks: the log holds nothing that tells of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from matchmaker.bootstrap import Container
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.work import JobKind
from matchmaker.models import Job, Mail, Match, Person
from matchmaker.monitoring.statements import StatementWatch
from matchmaker.services.mailing import Mailing
from search_index.backends.base import SearchIndexError
from tests.support.logs import Written, written_log
from tests.support.permission_table import TYPED
from tests.support.services import eventually
from tests.support.smtp import mail_server
from tests.support.world import ACHIEVEMENT, PASSWORD, World, email_of
from tests.workers.test_running import working

# A worker of the test's own process: the memory broker is one for all.
pytestmark = pytest.mark.xdist_group("workers")

#: What is typed, sent or shown on the way, and must not be found in the log.
SECRETS = {
    "a name": "Zhao Mingxiu-Testperson",
    "a mail address": "zhao.mingxiu@personal.example.net",
    "an unknown address": "unknown.person@elsewhere.example.net",
    "an organisation": "示例赵氏新材料作坊",
    "a password": "zhaos-own-long-secret",
    "a wrong password": "zhaos-mistyped-secret",
    "a new password": "zhaos-second-long-secret",
    "a known password": PASSWORD,
    "a known address": email_of("firm"),
    "a phone number": "139-4770-2468",
    "a contact": "赵明秀联系人",
    "a contact's address": "contact.zhao@personal.example.net",
    "search words": "石墨烯气凝胶保温",
    "search words as they are sent": "%E7%9F%B3%E5%A2%A8",
    "a title": "高盐矿井水处理赵氏方案",
    "a text": "赵氏中试线的未公开细节",
    "a remark": "赵氏审核意见不宜外传",
    "an address's part": "zhao-mingxiu-in-the-address",
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> str:
    """Databases quote different things in their errors."""
    return str(request.param)


@pytest.fixture(params=[True, False], ids=["json", "text"])
def log(capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Iterator[Written]:
    """All that a process writes at the level that writes the most."""
    with written_log(capsys, "DEBUG", as_json=request.param) as written:
        yield written


def found_in(text: str, **more: str) -> dict[str, str]:
    """Which of the secrets stand in a text, by what they are."""
    return {what: secret for what, secret in {**SECRETS, **more}.items() if secret in text}


class Broken:
    """Stands for a service; whatever is asked of it fails as it is told."""

    def __init__(self, failure: Callable[[], Any]) -> None:
        self._failure = failure

    def __getattr__(self, name: str) -> Any:
        def fail(*args: Any, **named: Any) -> Any:
            return self._failure()

        return fail


def enter(client: FlaskClient, email: str, password: str) -> int:
    form = {"email": email, "password": password}
    return client.post("/account/sign-in", data=form).status_code


def join_and_recover(client: FlaskClient, world: World) -> str:
    """Sign up, sign in wrong and right, forget the password; the token of the letter."""
    joining = {
        "name": SECRETS["a name"],
        "email": SECRETS["a mail address"],
        "password": SECRETS["a password"],
        "password_again": SECRETS["a password"],
        "organisation_name": SECRETS["an organisation"],
        "organisation_kind": "firm",
        "region": "150603",
        "about": "",
    }
    assert client.post("/account/sign-up", data=joining).status_code == 303
    client.post("/account/sign-out")
    assert enter(client, SECRETS["an unknown address"], SECRETS["a wrong password"]) == 422
    assert enter(client, SECRETS["a mail address"], SECRETS["a wrong password"]) == 422
    assert enter(client, SECRETS["a mail address"], SECRETS["a password"]) == 303
    client.post("/account/sign-out")
    forgotten = client.post("/account/forgotten", data={"email": SECRETS["a mail address"]})
    assert forgotten.status_code in (200, 303)
    with world.container.database.read() as session:
        body = session.scalars(select(Mail.body).order_by(Mail.id.desc())).first() or ""
    token = re.search(r"/account/reset/(\S+)", body)
    assert token is not None
    twice = SECRETS["a new password"]
    address = f"/account/reset/{token[1]}"
    assert client.get(address).status_code == 200
    reset = client.post(address, data={"password": twice, "password_again": twice})
    assert reset.status_code == 303
    return token[1]


def post(client: FlaskClient) -> None:
    """Post a demand with everything that is personal in it."""
    form = {
        **TYPED,
        "title": SECRETS["a title"],
        "body": f"{TYPED['body']} {SECRETS['a text']}",
        "contact_name": SECRETS["a contact"],
        "contact_phone": SECRETS["a phone number"],
        "contact_email": SECRETS["a contact's address"],
        "then": "submit",
    }
    assert client.post("/workspace/new/demand", data=form).status_code == 303
    too_long = {**form, "title": SECRETS["a title"] * 40}
    assert client.post("/workspace/new/demand", data=too_long).status_code == 422


def review(client: FlaskClient, world: World) -> None:
    """Screen what was posted, then approve its match and introduce the two sides at once."""
    queue, _ = world.container.screening.queue(world.actor("broker"))
    [waiting] = [entry for entry in queue if entry.title == SECRETS["a title"]]
    form = {"decision": "publish", "version": waiting.version, "note": SECRETS["a remark"]}
    assert client.post(f"/desk/screening/{waiting.code}", data=form).status_code == 303
    assert eventually(lambda: bool(matches(world)), 20)
    [match] = matches(world)
    page = f"/desk/matches/{match.id}"
    assert client.get(page).status_code == 200
    verdict = {"decision": "approve", "version": match.version, "note": SECRETS["a remark"]}
    assert client.post(page, data=verdict).status_code == 303
    assert client.post(f"{page}/introduce").status_code == 303


def matches(world: World) -> list[Match]:
    with world.container.database.read() as session:
        return list(session.scalars(select(Match)))


def search(client: FlaskClient, container: Container) -> None:
    """Search with an index, and with one that quotes the question as it fails."""
    words = SECRETS["search words"]
    assert client.get("/search", query_string={"q": words}).status_code == 200

    def refuses() -> None:
        raise SearchIndexError(f"refused: failed to parse query [{words}]")

    held = container.search._index
    container.search._index = Broken(refuses)  # type: ignore[assignment]
    assert client.get("/search", query_string={"q": words}).status_code == 200
    container.search._index = held
    container.search._rest_until = 0.0


def fail_in_the_web(client: FlaskClient, container: Container) -> None:
    """Fail where nobody foresaw it: with a message that quotes, and with a broken constraint."""

    def quotes() -> None:
        raise RuntimeError(" ".join(SECRETS.values()))

    def breaks_a_rule() -> None:
        with container.database.write() as session:
            person = select(Person).where(Person.email == SECRETS["a mail address"])
            held = session.scalars(person).one()
            columns = Person.__table__.columns
            row = {column.name: getattr(held, column.name) for column in columns}
            session.execute(insert(Person).values({**row, "id": 999_999}))

    held = container.organisations
    for failure in (quotes, breaks_a_rule):
        container.__dict__["organisations"] = Broken(failure)
        assert client.get("/organisations?q=" + SECRETS["a name"]).status_code == 500
    container.__dict__["organisations"] = held
    assert client.get(f"/{SECRETS['an organisation']}/nothing").status_code == 404
    client.open("/", method=SECRETS["an address's part"])
    client.get("/", headers={"X-Request-ID": SECRETS["an address's part"]})


def tell_of_every_statement(container: Container) -> None:
    """Let each statement count as slow, so that its text is written."""
    watch = StatementWatch()
    watch._slow = 0.0
    watch.attach(container.database.engine)


def letters_done(world: World, refused: str) -> bool:
    """Whether each letter went out, but for those that the mail server refuses."""
    with world.container.database.read() as session:
        unsent = session.scalars(select(Mail.recipient).where(Mail.sent_at.is_(None)))
        failed = select(Job.id).where(Job.kind == JobKind.SEND_MAIL, Job.error != "")
        return set(unsent) == {refused} and session.scalar(failed) is not None


def test_no_journey_leaves_a_trace_of_a_person(portal: Flask, world: World, log: Written) -> None:
    container = world.container
    tell_of_every_statement(container)
    refused = SECRETS["a mail address"]
    with mail_server() as server, working(container):
        server.refused = {refused}
        container.__dict__["mailing"] = Mailing(
            container.database, container.jobs, server.url, "portal@example.org"
        )
        world.published("university", EntryKind.ACHIEVEMENT, **ACHIEVEMENT)
        visitor, firm, broker = (portal.test_client() for _ in range(3))
        token = join_and_recover(visitor, world)
        assert enter(firm, email_of("firm"), PASSWORD) == 303
        assert enter(broker, email_of("broker"), PASSWORD) == 303
        post(firm)
        review(broker, world)
        search(visitor, container)
        fail_in_the_web(visitor, container)
        assert eventually(lambda: letters_done(world, refused), 20)
    text = log.read()
    for event in ("request", "job", "job_failed", "search_degraded", "unexpected_error"):
        assert event in text, event
    assert "SMTPRecipientsRefused" in text
    assert "INSERT INTO entries" in text
    assert "UPDATE people" in text
    assert "IntegrityError" in text
    assert found_in(text, token=token) == {}


def test_the_search_for_traces_would_find_them(
    portal: Flask, container: Container, capsys: pytest.CaptureFixture[str]
) -> None:
    def quotes() -> None:
        raise RuntimeError(" ".join(SECRETS.values()))

    with written_log(capsys, "DEBUG", as_json=False, with_text=True) as log:
        container.__dict__["organisations"] = Broken(quotes)
        assert portal.test_client().get("/organisations").status_code == 500
    assert found_in(log.read()) == SECRETS
