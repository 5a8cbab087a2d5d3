"""The walk: every route, in each state that matters, as everybody who could come by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import update
from werkzeug.wrappers import Response

from matchmaker.bootstrap import Container
from matchmaker.models import Membership
from tests.support.forms import without_tokens
from tests.support.permission_table import ROLES, TABLE, Row, address_of, form_of
from tests.support.profiles import EMBEDDED
from tests.support.scene import Scene, Stage, build_scene, opened_stage
from tests.support.world import World

# The stage is dear to set: one worker plays all of it.
pytestmark = pytest.mark.xdist_group("permissions")

#: Pages for those who build the portal, which production does not have.
FOR_BUILDERS = ("styleguide.components",)
IN_EMBEDDED = pytest.mark.one_profile("embedded", because="production has no style guide")
PAGES = [
    pytest.param(row, marks=[IN_EMBEDDED] if row.endpoint in FOR_BUILDERS else [])
    for row in TABLE
    if row.method == "GET"
]
#: Forms that somebody whose session ran out finds again after signing in.
KEPT_FORMS = ("workspace.create", "workspace.save", "workspace.resolve")
DEEDS = [row for row in TABLE if row.method == "POST"]


@pytest.fixture(scope="module")
def stage(
    template: Path,
    shared: Container,
    stage_engines: Mapping[str, object],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    """An opened stage; whatever is done on it is undone."""
    folder = tmp_path_factory.mktemp("stage")
    with opened_stage(template, shared, folder, stage_engines) as opened:
        yield opened


@pytest.fixture(scope="module")
def scene(stage: Stage) -> Scene:
    """The scene, set once."""
    return build_scene(World(stage.container))


def met(row: Row, answer: Response) -> str:
    """What somebody meets with: ok, sign-in, or the status of an error."""
    sent_to = urlsplit(answer.location).path if answer.status_code in (302, 303) else ""
    if sent_to == "/account/sign-in" and row.endpoint != "account.set_by_token":
        return "sign-in"
    return "ok" if answer.status_code < 400 else str(answer.status_code)


def in_words(outcomes: Mapping[str, str]) -> str:
    """One line, to be compared as a whole."""
    return ", ".join(f"{who} {outcome}" for who, outcome in outcomes.items())


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_a_page_is_shown_to_whom_it_may_be_shown(stage: Stage, scene: Scene, row: Row) -> None:
    address = address_of(stage.app, scene, row)
    found = {}
    with stage.nothing_written():
        for who in ROLES:
            with stage.client(who).get(address) as answer:
                found[who] = met(row, answer)
    assert in_words(found) == in_words(row.expected)


@pytest.mark.parametrize("row", DEEDS, ids=str)
def test_a_deed_is_done_for_whom_it_may_be_done(stage: Stage, scene: Scene, row: Row) -> None:
    address = address_of(stage.app, scene, row)
    found = {}
    for who, outcome in row.expected.items():
        undone = outcome == "ok" or (who == "visitor" and row.endpoint in KEPT_FORMS)
        with stage.played() if undone else stage.nothing_written():
            answer = stage.client(who).post(address, data=form_of(scene, row))
            found[who] = met(row, answer)
    assert in_words(found) == in_words(row.expected)


def test_every_route_stands_in_the_table_and_every_line_has_a_route(stage: Stage) -> None:
    routes = {
        (rule.endpoint, method)
        for rule in stage.app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}
    }
    left_out = () if stage.container.settings.profile == EMBEDDED else FOR_BUILDERS
    table = {(row.endpoint, row.method) for row in TABLE if row.endpoint not in left_out}
    assert table == routes


def test_no_two_lines_are_the_same() -> None:
    names = [str(row) for row in TABLE]
    assert sorted(set(names)) == sorted(names)


def test_signing_in_leads_back_to_where_one_was_going(stage: Stage) -> None:
    for address in ("/workspace?state=draft", "/en/desk?view=mine"):
        answer = stage.client("visitor").get(address)
        with stage.app.test_request_context():
            wanted = stage.app.url_for("account.sign_in", next=address)
        assert answer.location.removeprefix("/en") == wanted
        assert answer.location.startswith("/en/") is address.startswith("/en/")


def test_an_answer_about_a_hidden_entry_is_the_same_as_about_none(
    stage: Stage, scene: Scene
) -> None:
    rival = stage.client("rival")
    hidden, missing = scene.codes["brokers"], "CG-2026-999999"
    for address in ("/entries/{}", "/workspace/entries/{}", "/workspace/entries/{}/history"):
        [one, other] = [
            without_tokens(rival.get(address.format(code)).text).replace(code, "")
            for code in (hidden, missing)
        ]
        assert one == other


#: Pages of the desk that are lists: they are shown, without what lies elsewhere.
LISTS = ("desk.queue", "desk.screening", "desk.introductions")
AT_THE_DESK = [r for r in TABLE if r.endpoint.startswith("desk.") and r.expected["broker"] == "ok"]


@pytest.mark.parametrize("row", AT_THE_DESK, ids=str)
def test_a_broker_of_another_region_finds_nothing_at_the_desk(
    stage: Stage, scene: Scene, row: Row
) -> None:
    with stage.played():
        limit_to_region(stage, "broker2", "150500")
        client, address = stage.client("broker2"), address_of(stage.app, scene, row)
        with stage.nothing_written():
            answer = client.open(address, method=row.method, data=form_of(scene, row))
        assert met(row, answer) == ("ok" if row.endpoint in LISTS else "404")
        assert "矿井水" not in answer.text


@pytest.mark.parametrize("row", AT_THE_DESK, ids=str)
def test_a_broker_of_the_region_around_finds_it_all(stage: Stage, scene: Scene, row: Row) -> None:
    with stage.played():
        limit_to_region(stage, "broker", "150600")
        client, address = stage.client("broker"), address_of(stage.app, scene, row)
        answer = client.open(address, method=row.method, data=form_of(scene, row))
        assert met(row, answer) == "ok"


def limit_to_region(stage: Stage, who: str, region: str) -> None:
    """Let somebody's role hold in one region alone."""
    number = World(stage.container).actor(who).person_id
    with stage.container.database.write() as session:
        session.execute(
            update(Membership).where(Membership.person_id == number).values(region=region)
        )
