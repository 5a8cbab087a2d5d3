"""The clauses read from a demand are put right in its form, and matching follows."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.domain.kinds import EntryKind
from matchmaker.matching.clauses.model import Outcome
from matchmaker.models import CorrectedClause, Entry, Match, Organisation
from matchmaker.web.workspace.clause_rows import key_of
from tests.conftest import SignIn
from tests.support.forms import edit_form
from tests.support.world import World

PURITY = "氯化钠纯度不低于 98 %"
ROW = f"clauses-{key_of(PURITY)}-"


@pytest.fixture
def firm(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    """A browser in which the firm's member is signed in."""
    sign_in(client, "firm")
    return client


@pytest.fixture
def demand(world: World) -> Entry:
    """A published demand of the firm, matched with an achievement that meets it."""
    world.published("university", EntryKind.ACHIEVEMENT)
    entry = world.published("firm", EntryKind.DEMAND)
    world.work()
    with world.container.database.write() as session:
        session.get_one(Organisation, entry.organisation_id).trusted = True
    return entry


def save(client: FlaskClient, entry: Entry, **changes: object) -> int:
    form = {name: text for name, text in edit_form(client, entry, **changes).items() if text != ""}
    return client.post(f"/workspace/entries/{entry.code}/edit", data=form).status_code


def rows(world: World) -> list[CorrectedClause]:
    with world.container.database.read() as session:
        return list(session.scalars(select(CorrectedClause)))


def outcomes(world: World) -> dict[str, Outcome]:
    world.work()
    with world.container.database.read() as session:
        match = session.scalars(select(Match)).one()
        told = world.container.assessing.explained(match)
    return {line.demand.text: line.outcome for line in told.clauses}


def test_the_form_shows_what_is_read_from_the_field(firm: FlaskClient, demand: Entry) -> None:
    form = edit_form(firm, demand)
    assert form[f"{ROW}quote"] == [PURITY]
    assert form[f"{ROW}low"] == ["98"]
    assert form[f"{ROW}comparator"] == [">="]


def test_sending_what_was_read_changes_nothing(
    firm: FlaskClient, demand: Entry, world: World
) -> None:
    assert save(firm, demand) == 303
    assert rows(world) == []
    assert world.reload(demand).index_version == demand.index_version


def test_a_corrected_figure_changes_what_comes_of_the_clause(
    firm: FlaskClient, demand: Entry, world: World
) -> None:
    assert outcomes(world)[PURITY] is Outcome.MET
    before = world.reload(demand).index_version
    assert save(firm, demand, **{f"{ROW}low": "99.5"}) == 303
    [row] = rows(world)
    assert row.as_read is not None
    assert row.as_corrected is not None
    assert (row.as_read["low"], row.as_corrected["low"]) == (98, 99.5)
    assert row.corrected_by_id == world.actor("firm").person_id
    assert world.reload(demand).index_version > before
    assert outcomes(world)[PURITY] is Outcome.NOT_MET
    assert edit_form(firm, demand)[f"{ROW}low"] == ["99.5"]


def test_a_correction_is_in_the_history(firm: FlaskClient, demand: Entry) -> None:
    save(firm, demand, **{f"{ROW}low": "99.5"})
    page = firm.get(f"/en/workspace/entries/{demand.code}/history").text
    assert "Put requirements right" in page


def test_a_dismissed_clause_is_held_against_nobody(
    firm: FlaskClient, demand: Entry, world: World
) -> None:
    save(firm, demand, **{f"{ROW}dismissed": "1"})
    assert rows(world)[0].as_corrected is None
    assert PURITY not in outcomes(world)


def test_what_is_set_back_as_it_was_read_is_forgotten(
    firm: FlaskClient, demand: Entry, world: World
) -> None:
    save(firm, demand, **{f"{ROW}low": "99.5"})
    save(firm, demand, **{f"{ROW}low": "98"})
    assert rows(world) == []


def test_a_clause_is_added_for_a_quoted_piece(
    firm: FlaskClient, demand: Entry, world: World
) -> None:
    added = {
        "clauses": f"{PURITY}\n连续运行要够长",
        "clauses-new-quote": "连续运行要够长",
        "clauses-new-subject": "连续运行",
        "clauses-new-low": "4000",
        "clauses-new-unit": "小时",
    }
    assert save(firm, demand, **added) == 303
    assert outcomes(world)["连续运行要够长"] is Outcome.MET


@pytest.mark.parametrize(
    "wrong", [{f"{ROW}low": "viel"}, {"clauses-new-quote": "别处的话", "clauses-new-low": "1"}]
)
def test_what_can_t_be_read_is_shown_and_nothing_is_saved(
    firm: FlaskClient, demand: Entry, world: World, wrong: dict[str, str]
) -> None:
    assert save(firm, demand, **wrong) == 422
    assert rows(world) == []
    kept = edit_form(firm, demand)
    assert all(kept[name] == [text] for name, text in wrong.items())


def test_a_correction_ends_with_its_quote_and_returns_with_it(
    firm: FlaskClient, demand: Entry, world: World
) -> None:
    save(firm, demand, **{f"{ROW}low": "99.5"})
    save(firm, demand, clauses="氯化钠纯度不低于 97 %")
    assert outcomes(world)["氯化钠纯度不低于 97 %"] is Outcome.MET
    save(firm, demand, title="高盐矿井水处理降本增效", clauses=PURITY)
    assert outcomes(world)[PURITY] is Outcome.NOT_MET


def test_a_draft_of_the_form_keeps_what_was_put_right(firm: FlaskClient, demand: Entry) -> None:
    sent = {**edit_form(firm, demand), f"{ROW}low": "99.5"}
    firm.post(f"/workspace/autosave/edit:{demand.code}", data=sent)
    assert edit_form(firm, demand)[f"{ROW}low"] == ["99.5"]


def test_a_new_demand_keeps_its_corrections(firm: FlaskClient, world: World) -> None:
    form = {"title": "盐", "clauses": PURITY, f"{ROW}quote": PURITY, f"{ROW}dismissed": "1"}
    assert firm.post("/workspace/new/demand", data={**form, "then": "save"}).status_code == 303
    assert [row.quote for row in rows(world)] == [PURITY]


def test_a_stranger_puts_nothing_right(
    firm: FlaskClient, demand: Entry, world: World, sign_in: SignIn
) -> None:
    sent = {**edit_form(firm, demand), f"{ROW}low": "99.5"}
    stranger = firm.application.test_client()
    sign_in(stranger, "rival")
    answer = stranger.post(f"/workspace/entries/{demand.code}/edit", data=sent)
    assert answer.status_code == 404
    assert rows(world) == []
