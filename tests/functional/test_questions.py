"""Questions to suppliers: asked at the desk, answered in the workspace, counted in the match."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.lifecycles import QuestionState
from matchmaker.matching.clauses.model import Clause, ClauseLine, Comparator, Outcome
from matchmaker.matching.payload import from_payload, to_payload
from matchmaker.matching.sides import Span
from matchmaker.models import (
    ClauseQuestion,
    Entry,
    Event,
    Mail,
    Match,
    Membership,
    Notification,
    Person,
)
from tests.conftest import SignIn
from tests.support.world import World, email_of

OPEN = "蒸发系统连续运行时间不低于 3000 小时"
CLAUSES = ["氯化钠纯度不低于 98 %", OPEN]
SILENT = {
    "summary": "把高盐矿井水变成回用水和合格工业盐。",
    "body": "以余热驱动低温多效蒸发，氯化钠与硫酸钠分质结晶，氯化钠纯度 98.6 %。",
    "benefits": "",
}
ANSWER = "3600 小时"


@pytest.fixture
def demand(world: World) -> Entry:
    """A demand with a requirement that the only achievement leaves open; both are matched."""
    world.published("university", EntryKind.ACHIEVEMENT, **SILENT)
    found = world.published("firm", EntryKind.DEMAND, clauses=CLAUSES)
    world.work()
    return found


@pytest.fixture
def number(world: World, demand: Entry) -> int:
    """The number of their match."""
    with world.container.database.read() as session:
        return session.scalars(select(Match.id)).one()


@pytest.fixture
def broker(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    sign_in(client, "broker")
    return client


@pytest.fixture
def supplier(portal: Flask, sign_in: SignIn) -> FlaskClient:
    """A browser of a member of the university."""
    return entered(portal, sign_in, "university")


def entered(portal: Flask, sign_in: SignIn, who: str) -> FlaskClient:
    client = portal.test_client()
    sign_in(client, who)
    return client


def page_of(client: FlaskClient, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def clause_of(page: BeautifulSoup, text: str) -> Tag:
    """The line of a requirement."""
    [line] = [item for item in page.select("li.clause") if text in item.get_text()]
    return line


def ask(client: FlaskClient, number: int, clause: str = OPEN) -> None:
    answer = client.post(f"/desk/matches/{number}/questions", data={"clause": clause})
    assert answer.status_code == 303, answer.text


def the_question(world: World) -> ClauseQuestion:
    with world.container.database.read() as session:
        return session.scalars(select(ClauseQuestion)).one()


def reply(client: FlaskClient, question: ClauseQuestion, **form: str) -> int:
    data = {"version": str(question.version), **form}
    return client.post(f"/workspace/questions/{question.id}", data=data).status_code


def notices_of(world: World, who: str) -> list[str]:
    with world.container.database.read() as session:
        return list(
            session.scalars(
                select(Notification.kind)
                .join(Person, Person.id == Notification.person_id)
                .where(Person.email == email_of(who), Notification.kind.startswith("clause_"))
            )
        )


def test_an_open_requirement_is_asked_answered_and_met(
    broker: FlaskClient, supplier: FlaskClient, world: World, number: int
) -> None:
    line = clause_of(page_of(broker, f"/desk/matches/{number}"), OPEN)
    assert "clause-unknown" in line["class"]
    ask(broker, number)
    assert notices_of(world, "university") == ["clause_asked"]
    assert notices_of(world, "firm") == []

    listed = page_of(supplier, "/workspace/questions")
    address = str(listed.select("main table a")[0]["href"])
    assert OPEN in page_of(supplier, address).get_text()
    assert reply(supplier, the_question(world), answer=ANSWER) == 303
    assert notices_of(world, "broker") == ["clause_answered"]
    world.work()

    line = clause_of(page_of(broker, f"/en/desk/matches/{number}"), OPEN)
    assert "clause-met" in line["class"]
    assert "as the supplier answered" in line.get_text()
    assert ANSWER in line.get_text()
    assert "University of the supplier answered" in line.get_text()


def judged(world: World, number: int, outcome: Outcome, answer: str) -> None:
    """Let the match say of the open requirement what an answer would make of it."""
    match = world.container.review.get(number)
    start = "\n".join(CLAUSES).index(OPEN)
    clause = Clause(OPEN, start, start + len(OPEN), "", Comparator.AT_LEAST, 3000, None, "小时", "")
    quoted = Span("clauses", start, start + len(OPEN), OPEN)
    told = Span("answers", 0, len(answer), answer)
    line = ClauseLine(clause, quoted, outcome, clause, told)
    assessment = replace(from_payload(match.assessment), clauses=(line,))
    with world.container.database.write() as session:
        session.get_one(Match, number).assessment = to_payload(assessment)


@pytest.mark.parametrize("outcome", [Outcome.MET, Outcome.NOT_MET])
def test_what_became_of_a_requirement_is_shown_with_both_quotations_to_broker_and_sides(
    broker: FlaskClient,
    portal: Flask,
    sign_in: SignIn,
    world: World,
    demand: Entry,
    number: int,
    outcome: Outcome,
) -> None:
    ask(broker, number)
    question = the_question(world)
    world.container.questions.answer(world.actor("university"), question.id, 1, ANSWER)
    world.work()
    judged(world, number, outcome, ANSWER)
    firm = entered(portal, sign_in, "firm")
    for client, address in (
        (broker, f"/en/desk/matches/{number}"),
        (firm, f"/en/workspace/entries/{demand.code}/matches"),
    ):
        line = clause_of(page_of(client, address), OPEN)
        assert f"clause-{outcome}" in line["class"]
        assert ANSWER in line.get_text()
        assert "as the supplier answered" in line.get_text()
        assert line.select_one("form") is None


def test_the_demands_organisation_and_entry_are_never_named_to_the_supplier(
    broker: FlaskClient, supplier: FlaskClient, world: World, demand: Entry, number: int
) -> None:
    ask(broker, number)
    question = the_question(world)
    pages = [
        supplier.get(address).text
        for address in ("/workspace/questions", f"/workspace/questions/{question.id}")
    ]
    with world.container.database.read() as session:
        letters = session.scalars(select(Mail.body).where(Mail.recipient == email_of("university")))
        pages += list(letters)
    for text in pages:
        assert "示例甲企业" not in text
        assert demand.code not in text
        assert demand.title not in text
    assert any(OPEN in text for text in pages)


def test_a_question_is_asked_once_and_a_colleague_sees_who_asked(
    broker: FlaskClient, portal: Flask, sign_in: SignIn, world: World, number: int
) -> None:
    colleague = entered(portal, sign_in, "broker2")
    ask(broker, number)
    ask(colleague, number)
    assert notices_of(world, "university") == ["clause_asked"]
    line = clause_of(page_of(colleague, f"/en/desk/matches/{number}"), OPEN)
    assert "Broker asked the supplier" in line.get_text()
    assert line.select_one("[data-key=q]") is None


def test_a_question_can_be_taken_back_until_it_is_answered_and_asked_again(
    broker: FlaskClient, supplier: FlaskClient, world: World, number: int
) -> None:
    ask(broker, number)
    question = the_question(world)
    broker.post(f"/desk/questions/{question.id}/take-back")
    assert the_question(world).state is QuestionState.WITHDRAWN
    assert supplier.get(f"/workspace/questions/{question.id}").status_code == 404
    assert clause_of(page_of(broker, f"/desk/matches/{number}"), OPEN).select_one("[data-key=q]")
    ask(broker, number)
    assert reply(supplier, the_question(world), answer=ANSWER) == 303
    broker.post(f"/desk/questions/{question.id}/take-back")
    assert the_question(world).state is QuestionState.ANSWERED


def test_who_cant_say_says_so_and_the_requirement_stays_open(
    broker: FlaskClient, supplier: FlaskClient, world: World, number: int
) -> None:
    ask(broker, number)
    assert reply(supplier, the_question(world), unable="yes") == 303
    world.work()
    line = clause_of(page_of(broker, f"/en/desk/matches/{number}"), OPEN)
    assert "clause-unknown" in line["class"]
    assert "University of the supplier can't say" in line.get_text()


def test_an_answer_without_words_is_refused_and_a_second_one_from_an_old_page_too(
    broker: FlaskClient, supplier: FlaskClient, world: World, number: int
) -> None:
    ask(broker, number)
    before = the_question(world)
    assert reply(supplier, before, answer="  \n ") == 422
    assert reply(supplier, before, answer="x" * 501) == 422
    assert reply(supplier, before, answer=ANSWER) == 303
    assert reply(supplier, before, answer="9 小时") == 303
    assert the_question(world).answer == ANSWER


def test_a_question_is_open_to_the_organisation_asked_alone(
    broker: FlaskClient, portal: Flask, sign_in: SignIn, world: World, number: int
) -> None:
    ask(broker, number)
    question = the_question(world)
    for who in ("firm", "rival"):
        stranger = entered(portal, sign_in, who)
        assert stranger.get(f"/workspace/questions/{question.id}").status_code == 404
        assert reply(stranger, question, answer=ANSWER) == 404
        assert OPEN not in stranger.get("/workspace/questions").text


def test_a_broker_of_another_region_neither_asks_nor_takes_back(
    broker: FlaskClient, portal: Flask, sign_in: SignIn, world: World, number: int
) -> None:
    ask(broker, number)
    elsewhere = world.actor("broker2").person_id
    with world.container.database.write() as session:
        limited = update(Membership).where(Membership.person_id == elsewhere)
        session.execute(limited.values(region="150622"))
    stranger = entered(portal, sign_in, "broker2")
    answer = stranger.post(f"/desk/matches/{number}/questions", data={"clause": OPEN})
    assert answer.status_code == 404
    taken = stranger.post(f"/desk/questions/{the_question(world).id}/take-back")
    assert taken.status_code == 404
    assert the_question(world).state is QuestionState.OPEN


def test_nothing_of_a_demand_that_is_held_back_is_quoted_before_the_introduction(
    broker: FlaskClient, world: World
) -> None:
    world.published("university", EntryKind.ACHIEVEMENT, **SILENT)
    world.published("firm", EntryKind.DEMAND, clauses=CLAUSES, visibility="brokers")
    world.work()
    with world.container.database.read() as session:
        number = session.scalars(select(Match.id)).one()
    page = page_of(broker, f"/en/desk/matches/{number}")
    assert page.select_one("[data-key=q]") is None
    assert "can't be quoted" in page.get_text()
    ask(broker, number)
    assert notices_of(world, "university") == []


def test_only_what_the_match_leaves_open_can_be_asked(
    broker: FlaskClient, world: World, number: int
) -> None:
    for clause in ("氯化钠纯度不低于 98 %", "请把联系方式发给我", ""):
        ask(broker, number, clause)
    with world.container.database.read() as session:
        assert session.scalars(select(ClauseQuestion)).all() == []


def test_an_open_question_ends_with_the_demand(
    broker: FlaskClient, supplier: FlaskClient, world: World, demand: Entry, number: int
) -> None:
    ask(broker, number)
    question = the_question(world)
    world.container.steps.withdraw(world.actor("firm"), demand.code)
    assert supplier.get(f"/workspace/questions/{question.id}").status_code == 404
    assert reply(supplier, question, answer=ANSWER) == 404


def test_what_was_asked_and_answered_stands_in_the_entrys_history(
    broker: FlaskClient, supplier: FlaskClient, world: World, number: int
) -> None:
    ask(broker, number)
    reply(supplier, the_question(world), answer=ANSWER)
    with world.container.database.read() as session:
        deeds = session.execute(
            select(Event.action, Event.note, Event.changes).where(
                Event.action.in_(["ask", "reply"])
            )
        ).all()
    assert [tuple(deed) for deed in deeds] == [
        ("ask", OPEN, {}),
        ("reply", OPEN, {"answers": ["", ANSWER]}),
    ]
