"""Every route says who may call it, and nothing is changed by a form without its token."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from matchmaker.bootstrap import Container
from matchmaker.web.access import permission_of, undeclared_routes
from matchmaker.web.security import csrf
from tests.support.permission_table import TABLE, Row, address_of, form_of
from tests.support.scene import Scene, Stage, build_scene, opened_stage
from tests.support.world import World

pytestmark = pytest.mark.xdist_group("routes")

#: Each deed once, by somebody who may do it.
DEEDS = {row.endpoint: row for row in TABLE if row.method == "POST" and "ok" in row.outcomes}
#: What was typed into the form of an entry is kept as a form, never as the entry.
KEPT = "form_drafts"


@pytest.fixture(scope="module")
def stage(
    template: Path, shared: Container, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """An opened stage that asks for tokens once everybody is signed in."""
    with opened_stage(template, shared, tmp_path_factory.mktemp("routes")) as opened:
        opened.app.config["WTF_CSRF_ENABLED"] = True
        yield opened


@pytest.fixture(scope="module")
def scene(stage: Stage) -> Scene:
    """The scene, set once."""
    return build_scene(World(stage.container))


def entitled(row: Row) -> str:
    """Somebody who may do it, signed in where anybody is."""
    able = [who for who, outcome in row.expected.items() if outcome == "ok"]
    return able[1] if able[0] == "visitor" else able[0]


def content_of(stage: Stage) -> str:
    """All that the database holds, but for forms that were kept."""
    with closing(sqlite3.connect(stage.file)) as database:
        return "\n".join(line for line in database.iterdump() if KEPT not in line)


def test_every_route_declares_who_may_call_it(stage: Stage) -> None:
    assert undeclared_routes(stage.app) == []


def test_a_route_that_declares_nothing_is_found_and_closed_to_all(
    template: Path, shared: Container, tmp_path: Path
) -> None:
    with opened_stage(template, shared, tmp_path) as opened:
        opened.app.view_functions["showcase.about"] = lambda: "forgotten"
        assert undeclared_routes(opened.app) == ["showcase.about"]
        for who in ("visitor", "admin"):
            assert opened.client(who).get("/about").status_code == 403


def test_no_deed_is_done_by_looking(stage: Stage) -> None:
    for rule in stage.app.url_map.iter_rules():
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        assert methods in ({"GET"}, {"POST"}), rule


def test_a_view_keeps_its_permission_under_every_decorator(stage: Stage) -> None:
    for endpoint, view in stage.app.view_functions.items():
        assert endpoint == "static" or permission_of(view) is not None


def test_no_form_is_exempt_from_tokens() -> None:
    assert csrf._exempt_views == set()
    assert csrf._exempt_blueprints == set()


@pytest.mark.parametrize("row", DEEDS.values(), ids=DEEDS)
def test_a_form_without_its_token_is_refused_and_changes_nothing(
    stage: Stage, scene: Scene, row: Row
) -> None:
    before = content_of(stage)
    client = stage.client(entitled(row))
    answer = client.post(address_of(stage.app, scene, row), data=form_of(scene, row))
    if answer.status_code == 303:
        # The form of an entry comes back as it was typed, to be sent again.
        assert row.endpoint in ("workspace.create", "workspace.save", "workspace.resolve")
        assert answer.location.startswith("/workspace/")
    elif row.endpoint == "workspace.autosave":
        assert answer.status_code in (400, 401)
        assert answer.json is not None
        assert answer.json["message"]
    else:
        assert answer.status_code == 400
        assert BeautifulSoup(answer.text, "html.parser").select_one("h1") is not None
    assert content_of(stage) == before


@pytest.mark.parametrize("row", DEEDS.values(), ids=DEEDS)
def test_a_form_with_a_foreign_token_is_refused_too(stage: Stage, scene: Scene, row: Row) -> None:
    before = content_of(stage)
    foreign = token_of(stage, "broker2")
    form = {**form_of(scene, row), "csrf_token": foreign}
    answer = stage.client(entitled(row)).post(address_of(stage.app, scene, row), data=form)
    assert answer.status_code in (303, 400, 401)
    assert content_of(stage) == before


def test_a_form_with_its_token_is_taken(stage: Stage, scene: Scene) -> None:
    row = DEEDS["workspace.confirm"]
    with stage.played():
        client = stage.client("firm")
        page = BeautifulSoup(client.get("/workspace/new/demand").text, "html.parser")
        token = page.select_one('form [name="csrf_token"]')
        assert token is not None
        form = {"csrf_token": str(token["value"])}
        assert client.post(address_of(stage.app, scene, row), data=form).status_code == 303


def token_of(stage: Stage, who: str) -> str:
    """The token of a person's session."""
    page = BeautifulSoup(stage.client(who).get("/account/password").text, "html.parser")
    token = page.select_one('[name="csrf_token"]')
    assert token is not None
    return str(token["value"])
