"""The page of published quality over HTTP: empty, with too little, filled, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import event

from matchmaker.domain.kinds import EntryKind
from tests.support.verdicts import Judgement, judge
from tests.support.world import World

ENOUGH = [Judgement(rank=1 + number % 10, approved=number % 4 != 0) for number in range(40)]


def text_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[:300]
    return " ".join(BeautifulSoup(answer.text, "html.parser").get_text(" ").split())


@contextmanager
def questions(world: World) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(world.container.database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(world.container.database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("address", "words"),
    [("/quality", "尚无统计数据"), ("/en/quality", "Nothing has been counted yet")],
)
def test_before_the_first_count_the_page_says_so(
    client: FlaskClient, address: str, words: str
) -> None:
    assert words in text_of(client, address)


def test_a_few_verdicts_are_named_and_give_no_figure(client: FlaskClient, world: World) -> None:
    judge(world, ENOUGH[:12])
    world.container.quality.take()
    page = text_of(client, "/en/quality")
    assert "12 verdicts so far; the plot appears from 30 on." in page
    assert "2 verdicts so far; a figure appears from 30 on" in page
    assert 'svg class="plot"' not in client.get("/en/quality").text


@pytest.mark.parametrize(
    ("address", "heading"), [("/quality", "概率校准"), ("/en/quality", "Calibration")]
)
def test_enough_verdicts_give_shares_intervals_and_a_plot(
    client: FlaskClient, world: World, address: str, heading: str
) -> None:
    judge(world, ENOUGH)
    world.container.quality.take()
    page = text_of(client, address)
    assert heading in page
    assert "75 %" in page
    assert "59.8 % – 85.8 %" in page
    assert "70 % – 80 %" in page
    plot = BeautifulSoup(client.get(address).text, "html.parser").select_one("svg.plot")
    assert plot is not None
    assert plot["aria-label"]
    assert len(plot.select("circle")) == 1


def test_the_page_is_found_from_the_foot_of_every_page(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/").text, "html.parser")
    assert page.select_one('footer a[href="/quality"]') is not None


def test_programs_read_the_same_figures(client: FlaskClient, world: World) -> None:
    judge(world, ENOUGH)
    world.container.quality.take()
    data = client.get("/quality.json").get_json()
    assert set(data) == {"as_of", "portal", "months", "measured"}
    assert data["portal"]["precision"]["10"] == {
        "hits": 30,
        "total": 40,
        "share": 0.75,
        "low": 0.5981,
        "high": 0.8581,
    }
    assert [held["month"] for held in data["months"]] == [data["as_of"][:7]]


def test_without_a_count_programs_read_null(client: FlaskClient) -> None:
    data = client.get("/quality.json").get_json()
    assert (data["as_of"], data["portal"], data["months"]) == (None, None, [])


def test_no_name_of_an_organisation_is_told(client: FlaskClient, world: World) -> None:
    world.published("firm", EntryKind.DEMAND)
    judge(world, ENOUGH)
    world.container.quality.take()
    for address in ("/quality", "/quality.json"):
        assert "示例甲企业" not in client.get(address).text


def test_the_page_asks_little(client: FlaskClient, world: World) -> None:
    judge(world, ENOUGH)
    world.container.quality.take()
    client.get("/quality")
    with questions(world) as asked:
        client.get("/quality")
    assert len([one for one in asked if "quality_snapshots" in one]) == 1
    assert len([one for one in asked if one.startswith("SELECT")]) <= 12
