"""The map of unmet demands: who sees what of it, what stands behind it, and handing it on."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.bootstrap import Container
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.work import JobKind
from matchmaker.models import Event, UnmetDemand
from matchmaker.services.jobs import enqueue
from tests.conftest import SignIn
from tests.support.world import World

CASHMERE: Mapping[str, Any] = {
    "title": "羊绒分梳机节能改造",
    "keywords": ["羊绒", "分梳"],
    "fields": ["textile.cashmere"],
}

TOLD = {"summary": "羊绒分梳能耗高。", "body": "羊绒分梳机能耗高，希望降低三成。", "clauses": []}


def draw(container: Container) -> None:
    """Draw the map now."""
    with container.database.write() as session:
        job = enqueue(session, JobKind.MAP_UNMET, "now")
    assert container.runner.run(job)


@pytest.fixture
def mapped(world: World) -> World:
    """Two unmet demands, one of them for brokers only, and one that is met."""
    world.published("firm", EntryKind.DEMAND, **CASHMERE, **TOLD)
    secret = {**CASHMERE, "title": "羊绒原料快检", "visibility": "brokers"}
    world.published("firm", EntryKind.DEMAND, **secret, **TOLD)
    world.published("firm", EntryKind.DEMAND)
    world.published("university", EntryKind.ACHIEVEMENT)
    world.work()
    draw(world.container)
    return world


def page_of(client: FlaskClient, address: str) -> Tag:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    page = BeautifulSoup(answer.text, "html.parser").select_one("main")
    assert page is not None
    return page


def test_an_official_sees_fields_months_clusters_and_the_demands_behind_them(
    mapped: World, client: FlaskClient, sign_in: SignIn
) -> None:
    sign_in(client, "official")
    page = page_of(client, "/unmet/")
    assert CASHMERE["title"] in page.get_text()
    assert "高盐矿井水处理降本" not in page.get_text()  # that one is met
    assert page.select_one("form, a[href*='hand']") is None  # only brokers hand on
    link = page.select_one(".heat a")
    assert link is not None
    behind = page_of(client, str(link["href"]).partition("#")[0])
    assert len(behind.select("#demands li")) == 2
    elsewhere = page_of(client, "/unmet/?field=water&cluster=99999")
    assert elsewhere.select("#demands li") == []


def test_the_map_is_empty_with_a_sentence_before_it_was_drawn(
    client: FlaskClient, sign_in: SignIn
) -> None:
    sign_in(client, "broker")
    assert "没有未满足的需求" in page_of(client, "/unmet/").get_text()


def test_drawing_twice_leaves_the_same_rows(mapped: World) -> None:
    def rows() -> list[tuple[int, int, object]]:
        with mapped.container.database.read() as session:
            held = session.scalars(select(UnmetDemand).order_by(UnmetDemand.entry_id))
            return [(row.entry_id, row.cluster, row.terms) for row in held]

    before = rows()
    draw(mapped.container)
    assert rows() == before
    assert len(before) == 2


def test_the_export_is_a_table_that_no_spreadsheet_runs(
    mapped: World, client: FlaskClient, sign_in: SignIn
) -> None:
    formula = {**CASHMERE, **TOLD, "title": "=HYPERLINK(羊绒)"}
    mapped.published("firm", EntryKind.DEMAND, **formula)
    mapped.work()
    draw(mapped.container)
    sign_in(client, "official")
    answer = client.get("/unmet/export.csv")
    assert answer.mimetype == "text/csv"
    head, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert head[0] == "条目编号"
    assert sorted(row[1] for row in rows)[0].startswith("'=HYPERLINK")


def test_a_broker_hands_a_cluster_to_a_university_and_no_more_than_it_may_see(
    mapped: World, client: FlaskClient, sign_in: SignIn
) -> None:
    university = next(iter(mapped.actor("university").organisations))
    sign_in(client, "broker")
    assert "示例大学" in page_of(client, "/unmet/clusters/1/hand").get_text()
    answer = client.post("/unmet/clusters/1/hand", data={"organisation": university})
    assert answer.status_code == 303
    person = mapped.actor("university").person_id or 0
    notice = mapped.container.notices.of(person)[0][0]
    assert notice.kind == "unmet_handed"
    assert str(CASHMERE["title"]) in notice.params["named"]
    assert "羊绒原料快检" not in str(notice.params)
    with mapped.container.database.read() as session:
        event = session.scalars(select(Event).where(Event.action == "hand_unmet")).one()
    assert event.subject_id == university


def test_a_firm_is_no_receiver_and_a_cluster_that_is_gone_is_said_to_be(
    mapped: World, client: FlaskClient, sign_in: SignIn
) -> None:
    firm = next(iter(mapped.actor("rival").organisations))
    sign_in(client, "broker")
    assert client.post("/unmet/clusters/1/hand", data={"organisation": firm}).status_code == 404
    assert client.get("/unmet/clusters/77/hand").status_code == 404


def test_the_poster_reads_what_decisions_teach_and_nobodys_name(
    world: World, client: FlaskClient, sign_in: SignIn
) -> None:
    from tests.support.learning import reject_all

    achievement = world.published("university", EntryKind.ACHIEVEMENT)
    world.published("firm", EntryKind.DEMAND)
    world.published("rival", EntryKind.DEMAND)
    world.work()
    assert reject_all(world, achievement, "maturity_too_low") == 2
    sign_in(client, "university")
    page = page_of(client, f"/workspace/entries/{achievement.code}").get_text()
    assert "有 2 条推荐未通过：成熟度不足" in page
    assert "中试" in page
    assert "示例甲企业" not in page
