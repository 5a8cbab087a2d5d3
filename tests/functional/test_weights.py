"""Journeys of the operator through the weights: compare, make live, roll back, fit; the command."""

from __future__ import annotations

import json

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.cli import main
from matchmaker.domain.learning import WeightState
from matchmaker.domain.work import JobKind
from matchmaker.matching.weights import bundled_weights
from matchmaker.models import Event, Job
from matchmaker.services.weighing import keep_bundled
from tests.conftest import SignIn
from tests.support.learning import weight_version
from tests.support.profiles import as_environment
from tests.support.world import World

BUNDLED = bundled_weights().version
SAME = "两个版本没有差别"


@pytest.fixture
def admin(client: FlaskClient, sign_in: SignIn, world: World) -> FlaskClient:
    """The operator's browser, on a portal that has learned something that is not live."""
    with world.container.database.write() as session:
        keep_bundled(session)
        session.add(weight_version("learned-1", WeightState.CANDIDATE))
    sign_in(client, "admin")
    return client


def text_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    page = BeautifulSoup(answer.text, "html.parser").select_one("main")
    assert page is not None
    return page.get_text(" ", strip=True)


def test_two_versions_stand_side_by_side_with_their_figures(admin: FlaskClient) -> None:
    text = text_of(admin, "/admin/weights")
    assert "learned-1" in text
    assert "0.610 → 0.640" in text
    assert "+0.010, +0.050" in text
    assert SAME not in text
    assert SAME not in text_of(admin, f"/admin/weights?left=learned-1&right={BUNDLED}")
    assert SAME in text_of(admin, f"/admin/weights?left={BUNDLED}&right={BUNDLED}")


def test_a_version_is_made_live_after_a_question_and_rolled_back(
    admin: FlaskClient, world: World
) -> None:
    weighing = world.container.weighing
    assert "learned-1" in text_of(admin, "/admin/weights/learned-1/activate")
    assert admin.post("/admin/weights/learned-1/activate").status_code == 303
    assert weighing.live().version == "learned-1"
    assert BUNDLED in text_of(admin, "/admin/weights/roll-back")
    assert admin.post("/admin/weights/roll-back").status_code == 303
    assert weighing.live().version == BUNDLED
    with world.container.database.read() as session:
        events = session.scalars(
            select(Event).where(Event.subject_type == "weights").order_by(Event.id)
        ).all()
        jobs = session.scalars(select(Job).where(Job.kind == JobKind.REMATCH)).all()
    assert [event.action for event in events] == ["activate", "roll_back"]
    assert {event.actor_id for event in events} == {world.actor("admin").person_id}
    assert len(jobs) == 1
    assert "启用权重" in text_of(admin, "/admin/audit")


def test_what_is_live_or_unknown_cannot_be_made_live(admin: FlaskClient) -> None:
    assert admin.get(f"/admin/weights/{BUNDLED}/activate").status_code == 404
    assert admin.post(f"/admin/weights/{BUNDLED}/activate").status_code == 409
    assert admin.post("/admin/weights/nonsense/activate").status_code == 404
    assert admin.get("/admin/weights/roll-back").status_code == 404
    assert admin.post("/admin/weights/roll-back").status_code == 409


def test_a_fit_is_queued_at_once(admin: FlaskClient, world: World) -> None:
    assert admin.post("/admin/weights/fit").status_code == 303
    with world.container.database.read() as session:
        assert session.scalars(select(Job.subject).where(Job.kind == JobKind.FIT_WEIGHTS)).one()
    world.work()
    assert "0 条审核结论" in text_of(admin, "/admin/weights")


def test_the_command_lists_activates_and_rolls_back(
    admin: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = world.container.settings
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(settings.data_dir))
    for name, value in as_environment(settings).items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> str:
        result = CliRunner().invoke(main, ["weights", *words])
        assert result.exit_code == 0, result.output
        return result.output

    assert "learned-1" in run("list")
    assert run("activate", "learned-1").startswith("learned-1 is live")
    listed = {row["version"]: row["state"] for row in json.loads(run("list", "--json"))}
    assert listed == {"learned-1": "live", BUNDLED: "former"}
    assert run("rollback").startswith(BUNDLED)
    assert "Queued" in run("fit")
    assert CliRunner().invoke(main, ["weights", "activate", "nonsense"]).exit_code == 1
