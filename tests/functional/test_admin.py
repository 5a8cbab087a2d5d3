"""Journeys of the operator: organisations, people, jobs, the outbox, the audit."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.domain.kinds import EntryKind, OrganisationKind, OrganisationStatus
from matchmaker.domain.work import JobKind, JobState
from matchmaker.models import Job, Organisation
from matchmaker.services.accounts import SignUp
from matchmaker.services.jobs import enqueue
from matchmaker.services.organisations import NewOrganisation
from matchmaker.services.screening import Remark
from tests.conftest import SignIn
from tests.support.world import PASSWORD, World, email_of

NEW = "示例新单位"


@pytest.fixture
def admin(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    """A browser in which the operator is signed in."""
    sign_in(client, "admin")
    return client


@pytest.fixture
def newcomer(world: World) -> int:
    """The number of an organisation that waits for approval."""
    world.container.organisations.sign_up(
        SignUp("新人", "new@example.com", PASSWORD, "zh"),
        NewOrganisation(NEW, OrganisationKind.FIRM, "150603"),
    )
    return organisation(world, NEW).id


def organisation(world: World, name: str) -> Organisation:
    with world.container.database.read() as session:
        return session.scalars(select(Organisation).where(Organisation.name == name)).one()


def rows_of(client: FlaskClient, address: str) -> list[Tag]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser").select("main :is(li.entry-row, tbody tr)")


def test_a_new_organisation_is_approved_and_its_people_are_told(
    admin: FlaskClient, world: World, newcomer: int
) -> None:
    assert [NEW in row.get_text() for row in rows_of(admin, "/admin/organisations")] == [True]
    address = f"/admin/organisations/{newcomer}"
    assert admin.post(address, data={"decision": "approve"}).status_code == 303
    assert organisation(world, NEW).status is OrganisationStatus.ACTIVE
    assert rows_of(admin, "/admin/organisations") == []
    letters = world.container.mailing.outbox()[0]
    assert any(letter.recipient == "new@example.com" for letter in letters)


def test_an_organisation_is_refused_only_with_a_word_why(
    admin: FlaskClient, world: World, newcomer: int
) -> None:
    address = f"/admin/organisations/{newcomer}"
    assert admin.post(address, data={"decision": "refuse", "note": " "}).status_code == 422
    assert organisation(world, NEW).status is OrganisationStatus.PENDING
    form = {"decision": "refuse", "note": "名称与登记不符"}
    assert admin.post(address, data=form).status_code == 303
    refused = rows_of(admin, "/admin/organisations?status=refused")
    assert [NEW in row.get_text() for row in refused] == [True]


def test_an_organisation_is_decided_once(admin: FlaskClient, newcomer: int) -> None:
    address = f"/admin/organisations/{newcomer}"
    admin.post(address, data={"decision": "approve"})
    assert admin.post(address, data={"decision": "approve"}).status_code == 409


def test_trust_is_given_and_taken_away(admin: FlaskClient, world: World) -> None:
    firm = organisation(world, "示例甲企业")
    for decision, trusted in (("trust", True), ("distrust", False)):
        answer = admin.post(f"/admin/organisations/{firm.id}", data={"decision": decision})
        assert answer.location == "/admin/organisations?status=active"
        assert organisation(world, "示例甲企业").trusted is trusted


def test_who_is_shut_out_is_signed_out_at_once_and_can_be_let_in_again(
    admin: FlaskClient, portal: Flask, sign_in: SignIn, world: World
) -> None:
    theirs, person = portal.test_client(), world.actor("firm").person_id
    sign_in(theirs, "firm")
    assert theirs.get("/workspace").status_code == 200
    admin.post(f"/admin/people/{person}", data={"active": "no"})
    assert theirs.get("/workspace").status_code == 302
    form = {"email": email_of("firm"), "password": PASSWORD}
    assert theirs.post("/account/sign-in", data=form).status_code == 422
    [row] = [row for row in rows_of(admin, "/en/admin/people") if "firm@" in row.get_text()]
    assert "shut out" in row.get_text()
    admin.post(f"/admin/people/{person}", data={"active": "yes"})
    sign_in(theirs, "firm")


def test_admins_can_t_shut_themselves_out(admin: FlaskClient, world: World) -> None:
    own = world.actor("admin").person_id
    assert admin.post(f"/admin/people/{own}", data={"active": "no"}).status_code == 422
    [row] = [row for row in rows_of(admin, "/admin/people") if "admin@" in row.get_text()]
    assert row.select_one("button") is None


def test_a_job_that_was_given_up_shows_its_error_and_runs_again(
    admin: FlaskClient, world: World
) -> None:
    with world.container.database.write() as session:
        enqueue(session, JobKind.SEND_MAIL, "404")
        job = session.scalars(select(Job).where(Job.kind == JobKind.SEND_MAIL)).one()
        job.status, job.tries, job.error = JobState.DEAD, 8, "Traceback\nsmtplib: refused"
    [row] = rows_of(admin, "/admin/jobs")
    assert "smtplib: refused" in row.get_text()
    form = row.select_one("form")
    assert form is not None
    assert admin.post(str(form["action"])).status_code == 303
    with world.container.database.read() as session:
        [again] = session.scalars(select(Job).where(Job.kind == JobKind.SEND_MAIL))
        assert (again.status, again.tries) == (JobState.PENDING, 0)
    assert rows_of(admin, "/admin/jobs?state=dead")[0].select_one("form") is None


def test_the_outbox_shows_a_letter_that_resets_a_password(
    admin: FlaskClient, portal: Flask, world: World
) -> None:
    visitor = portal.test_client()
    visitor.post("/account/forgotten", data={"email": email_of("firm")})
    page = BeautifulSoup(admin.get("/admin/mail").text, "html.parser")
    letter = page.select_one("details.letter")
    assert letter is not None
    assert email_of("firm") in letter.get_text()
    link = letter.select_one('a[href*="/account/reset/"]')
    assert link is not None
    path = "/account/reset/" + str(link["href"]).rsplit("/", 1)[1]
    assert visitor.get(path).status_code == 200


def test_the_audit_is_narrowed_by_code_action_and_person(admin: FlaskClient, world: World) -> None:
    entry = world.submitted("firm", EntryKind.DEMAND)
    other = world.submitted("rival", EntryKind.DEMAND)
    world.container.screening.return_(
        world.actor("broker"), entry.code, entry.version, {"body": Remark("vague", "太笼统")}
    )
    page = f"/en/admin/audit?code={entry.code.lower()}"
    told = [row.get_text(" ", strip=True) for row in rows_of(admin, page)]
    assert [entry.code in line and other.code not in line for line in told] == [True] * len(told)
    assert "Too vague" in told[0]
    assert "太笼统" in told[0]
    submitted = rows_of(admin, "/admin/audit?action=submit")
    assert [other.code in submitted[0].get_text(), len(submitted)] == [True, 2]
    broker = world.actor("broker").person_id
    [deed] = rows_of(admin, f"/admin/audit?person={broker}")
    assert entry.code in deed.get_text()


def test_the_audit_says_what_a_change_changed(admin: FlaskClient, world: World) -> None:
    entry = world.draft("firm", EntryKind.DEMAND)
    values = {"title": "矿井水零排放改造"}
    world.container.editing.save(world.actor("firm"), entry.code, values, entry.version)
    [row, *_] = rows_of(admin, f"/admin/audit?code={entry.code}&action=edit")
    assert "高盐矿井水处理降本" in row.get_text()
    assert "矿井水零排放改造" in row.get_text()
