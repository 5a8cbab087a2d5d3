"""Search without the search index, in Chinese and English, on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import text

from matchmaker.domain.actors import VISITOR
from matchmaker.domain.calendar import today
from matchmaker.domain.kinds import EntryKind
from matchmaker.models import Entry
from matchmaker.models.grams import holds_all
from matchmaker.services import database_search
from matchmaker.services.database_search import Answer, DatabaseSearch, Question
from tests.support.world import World

FACETS = ("kind", "field")
#: Questions that would mean something to SQLite's full text, to LIKE or to an array of PostgreSQL.
SIGNS = (
    '"',
    '" OR "',
    "羊绒 AND NOT 分梳",
    "a* NEAR(b c)",
    "entry_grams:羊绒",
    "%_",
    "{}'--",
    "羊绒\\",
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> str:
    """All of this holds on both databases."""
    return str(request.param)


def asked(
    world: World,
    words: str,
    *,
    kinds: tuple[str, ...] = (),
    filters: Mapping[str, tuple[str, ...]] | None = None,
    order: str = "relevance",
) -> Answer:
    """What a visitor gets."""
    search = DatabaseSearch(world.container.database, world.container.analyser)
    return search.find(VISITOR, Question(words, kinds, filters or {}, order, FACETS))


def found(world: World, words: str) -> list[int]:
    return asked(world, words).ids


def achievement(world: World, title: str, body: str = "", **values: object) -> int:
    """A published achievement with these words and no others of its own."""
    typed = {"title": title, "summary": "一句话。", "keywords": [], "benefits": ""}
    entry = world.published(
        "university",
        EntryKind.ACHIEVEMENT,
        **{**typed, "applications": [], "body": body or "正文。", **values},
    )
    return entry.id


def test_a_chinese_word_of_two_characters_is_found(world: World) -> None:
    wanted = achievement(world, "羊绒分梳装置")
    achievement(world, "风电叶片检测")
    assert found(world, "羊绒") == [wanted]


def test_a_piece_of_a_chinese_word_is_found_where_it_says_something(world: World) -> None:
    wanted = achievement(world, "高盐矿井水零排放")
    assert found(world, "矿井") == [wanted]
    assert found(world, "零排") == [wanted]


def test_characters_in_another_order_are_another_word(world: World) -> None:
    achievement(world, "水井改造")
    assert found(world, "井水") == []


def test_an_english_word_is_found_in_any_of_its_forms(world: World) -> None:
    wanted = achievement(world, "Recycling of catalysts", "Membranes are stored dry.")
    assert found(world, "recycled catalyst") == [wanted]
    assert found(world, "MEMBRANE") == [wanted]
    assert found(world, "hydrogen") == []


def test_both_languages_are_found_in_one_text(world: World) -> None:
    wanted = achievement(world, "一种 PEM 电解水制氢装置", "能耗 4.3 kWh，效率 98.6 %。")
    assert found(world, "pem 制氢") == [wanted]
    assert found(world, "98.6 %") == [wanted]


def test_every_word_must_stand_in_the_text(world: World) -> None:
    wanted = achievement(world, "粉煤灰制砖", "用于道路。")
    achievement(world, "粉煤灰提铝")
    assert found(world, "粉煤灰 道路") == [wanted]


def test_a_word_in_the_title_outranks_one_in_the_summary_and_in_the_body(world: World) -> None:
    in_title = achievement(world, "光伏组件清洗")
    in_summary = achievement(world, "组件清洗机器人", summary="用于光伏电站。")
    in_body = achievement(world, "清洗机器人", "也可用于光伏电站。")
    assert found(world, "光伏") == [in_title, in_summary, in_body]


def test_the_question_as_it_stands_outranks_its_scattered_words(world: World) -> None:
    whole = achievement(world, "Storage of hydrogen")
    scattered = achievement(world, "Hydrogen pumps and cold storage", summary="hydrogen storage")
    assert found(world, "storage of hydrogen") == [whole, scattered]


def test_of_two_that_fit_alike_the_newer_comes_first(world: World) -> None:
    older = achievement(world, "灌溉控制器")
    newer = achievement(world, "灌溉控制器")
    assert found(world, "灌溉") == [newer, older]


def test_what_holds_some_of_the_words_is_offered_as_near(world: World) -> None:
    near = achievement(world, "蒙药炮制工艺")
    answer = asked(world, "蒙药 机器人")
    assert (answer.ids, answer.near) == ([], [near])


@pytest.mark.parametrize("words", SIGNS)
def test_signs_of_a_query_language_are_only_signs(world: World, words: str) -> None:
    achievement(world, "风电叶片检测")
    assert found(world, words) == []


def test_what_is_only_signs_or_empty_words_finds_nothing(world: World) -> None:
    achievement(world, "风电叶片检测")
    assert found(world, "……！？") == []


def test_without_words_the_newest_come_first(world: World) -> None:
    numbers = [achievement(world, f"装置{number}") for number in range(3)]
    assert found(world, "") == numbers[::-1]


def test_an_edit_changes_what_is_found(world: World) -> None:
    actor = world.actor("university")
    entry = world.draft("university", EntryKind.ACHIEVEMENT, title="羊绒分梳装置")
    with world.container.database.write() as session:
        session.get_one(Entry, entry.id).search_grams = " 氢能 "
    with world.container.database.read() as session:
        held = [
            session.query(Entry.id).where(holds_all(session, [word])).all()
            for word in ("氢能", "羊绒")
        ]
    assert actor.organisations
    assert held == [[(entry.id,)], []]


def test_kinds_and_facets_narrow_and_are_counted(world: World) -> None:
    achievement(world, "羊绒分梳装置", fields=["textile"])
    demand = world.published("firm", EntryKind.DEMAND, title="羊绒分梳需求")
    answer = asked(world, "羊绒")
    assert answer.facets["kind"] == {"achievement": 1, "demand": 1}
    assert answer.facets["field"] == {"textile": 1, "water": 1, "water.mine": 1}
    assert asked(world, "羊绒", kinds=("demand",)).ids == [demand.id]
    assert asked(world, "羊绒", filters={"field": ("water",)}).ids == [demand.id]


def test_what_is_hidden_from_a_visitor_is_not_found(world: World) -> None:
    achievement(world, "羊绒分梳装置", visibility="registered")
    answer = asked(world, "羊绒 氢能")
    assert (found(world, "羊绒"), answer.near) == ([], [])


def test_it_says_when_it_did_not_look_at_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_search, "MOST", 2)
    numbers = [achievement(world, "羊绒分梳装置") for _ in range(3)]
    answer = asked(world, "羊绒")
    assert (answer.ids, answer.more) == (numbers[:0:-1], True)
    assert answer.facets["kind"] == {"achievement": 2}


def test_by_deadline_what_has_none_comes_last(world: World) -> None:
    never = world.published("firm", EntryKind.DEMAND, deadline=None)
    later, sooner = (
        world.published("firm", EntryKind.DEMAND, deadline=today() + timedelta(days=days))
        for days in (60, 30)
    )
    offer = achievement(world, "矿井水装置")
    expected = [sooner.id, later.id, offer, never.id]
    assert asked(world, "矿井水", order="deadline").ids == expected


def test_an_index_finds_the_words(world: World) -> None:
    """PostgreSQL's way is checked among many entries, in tests/architecture/test_plans.py."""
    database = world.container.database
    if not database.is_sqlite:
        pytest.skip("a few rows are read faster without an index")
    with database.read() as session:
        query = session.query(Entry.id).where(holds_all(session, ["羊绒", "分梳"]))
        raw = query.statement.compile(database.engine, compile_kwargs={"literal_binds": True})
        plan = session.execute(text(f"EXPLAIN QUERY PLAN {raw}")).all()
    said = " ".join(str(row) for row in plan)
    assert "VIRTUAL TABLE INDEX" in said
    assert "SCAN entries" not in said
