"""A page asks the database as often for twenty-five rows as for five."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from matchmaker.bootstrap import Container
from matchmaker.domain.kinds import EntryKind, LinkRelation
from matchmaker.services.accounts import SignUp
from matchmaker.services.health import Health
from matchmaker.services.organisations import NewOrganisation
from matchmaker.services.review_queue import QueueFilter
from tests.support.scene import PNG, Stage, opened_stage
from tests.support.world import PASSWORD, World

pytestmark = [pytest.mark.xdist_group("queries"), pytest.mark.slow]

FEW, MANY = 5, 25
#: Address → who asks. `{...}` is filled in with what the scene holds.
PAGES: Mapping[str, str] = {
    "/": "firm",
    "/search": "visitor",
    "/search?q=矿井水": "visitor",
    "/en/search?q=矿井水&kind=achievement": "firm",
    "/entries/{achievement}": "visitor",
    "/en/entries/{achievement}": "university",
    "/organisations": "visitor",
    "/quality": "visitor",
    "/organisations/{organisation}?kind=achievement": "visitor",
    "/account/notifications": "firm",
    "/workspace": "firm",
    "/workspace/entries/{demand}": "firm",
    "/workspace/entries/{demand}/matches": "firm",
    "/workspace/entries/{demand}/history": "firm",
    "/workspace/entries/{achievement}/links": "university",
    "/workspace/matches": "firm",
    "/en/workspace/matches": "firm",
    "/workspace/introductions": "firm",
    "/desk": "broker",
    "/en/desk": "broker",
    "/desk?view=done": "broker",
    "/desk/matches/{match}": "broker",
    "/desk/screening": "broker",
    "/desk/introductions": "broker",
    "/en/desk/introductions": "broker",
    "/admin/organisations": "admin",
    "/admin/people": "admin",
    "/admin/work": "admin",
    "/admin/jobs?state=done": "admin",
    "/admin/mail": "admin",
    "/admin/weights": "admin",
    "/unmet/": "broker",
    "/admin/audit": "admin",
}


@pytest.fixture(scope="module")
def stage(
    template: Path, shared: Container, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """An opened stage."""
    with opened_stage(template, shared, tmp_path_factory.mktemp("queries")) as opened:
        yield opened


@pytest.fixture(scope="module")
def counts(stage: Stage) -> Mapping[int, Mapping[str, list[str]]]:
    """Rows → page → the questions it puts to the database."""
    container = stage.container
    # One look at the engines for the whole module: when the next one falls due is chance.
    container.__dict__["health"] = Health(container.database, container.index, keep_seconds=3600)
    container.health.report()
    scene: dict[str, Any] = {}
    found = {}
    for size, more in ((FEW, FEW), (MANY, MANY - FEW)):
        grow(World(stage.container), scene, more)
        found[size] = {address: asked(stage, scene, address) for address in PAGES}
    return found


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_no_more_for_more_rows(
    counts: Mapping[int, Mapping[str, list[str]]], address: str
) -> None:
    few, many = counts[FEW][address], counts[MANY][address]
    assert len(many) <= len(few), "\n".join(sorted(set(many), key=many.count)[-3:])


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_a_bounded_number_of_questions(
    counts: Mapping[int, Mapping[str, list[str]]], address: str
) -> None:
    assert 0 < len(counts[MANY][address]) <= 45


def asked(stage: Stage, scene: Mapping[str, Any], address: str) -> list[str]:
    """What a page asks, once the figures that are kept for a while are known."""
    client, path = stage.client(PAGES[address]), address.format(**scene)
    stage.container.__dict__.pop("statistics", None)
    client.get(path)
    with recorded(stage) as questions:
        answer = client.get(path)
    assert answer.status_code == 200, (path, answer.text[:200])
    return questions


@contextmanager
def recorded(stage: Stage) -> Iterator[list[str]]:
    """The statements that the engine is given within."""
    questions: list[str] = []

    def note(_: Any, __: Any, statement: str, *rest: Any) -> None:
        questions.append(statement)

    engine = stage.container.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield questions
    finally:
        event.remove(engine, "before_cursor_execute", note)


def grow(world: World, scene: dict[str, Any], more: int) -> None:
    """Add rows of everything that a page lists."""
    demands = [world.published("firm", EntryKind.DEMAND) for _ in range(more)]
    achievements = [world.published("university", EntryKind.ACHIEVEMENT) for _ in range(more)]
    for _ in range(more):
        world.submitted("firm", EntryKind.PROJECT)
    world.work()
    scene.setdefault("demand", demands[0].code)
    scene.setdefault("achievement", achievements[0].code)
    scene.setdefault("organisation", achievements[0].organisation_id)
    scene["others"] = [*scene.get("others", []), *(entry.code for entry in achievements[1:])]
    hang_on(world, scene, min(more, 10))
    introduce(world, scene, more)
    for _ in range(more):
        register(world, scene)


def hang_on(world: World, scene: Mapping[str, Any], more: int) -> None:
    """Files, links and edits of one achievement, and edits of one demand."""
    university, firm = world.actor("university"), world.actor("firm")
    achievement = scene["achievement"]
    for number in range(more):
        world.container.attachments.add(
            university, achievement, f"{number}.png", io.BytesIO(PNG + bytes([number]))
        )
    world.container.editing.link(university, achievement, LinkRelation.OUTCOME_OF, scene["others"])
    for number in range(more):
        version = world.container.reading.get(firm, scene["demand"]).version
        changes = {"contact_name": f"技术科{number}{more}"}
        world.container.editing.save(firm, scene["demand"], changes, version)


def introduce(world: World, scene: dict[str, Any], more: int) -> None:
    """Approve some matches at once; the first that is left is the one looked at."""
    review, broker = world.container.review, world.actor("broker")
    waiting, _ = review.queue(broker, QueueFilter(), limit=more + 1)
    scene["match"] = waiting[-1].id
    for match in waiting[:-1]:
        review.approve(broker, match.id, match.version, at_once=True)
    world.work()


def register(world: World, scene: dict[str, Any]) -> None:
    """A person with an organisation that waits."""
    number = scene["people"] = scene.get("people", 0) + 1
    person = SignUp(f"Person {number}", f"person{number}@example.com", PASSWORD, "zh")
    organisation = NewOrganisation(f"示例待审企业{number}", "firm", "150603", "")
    world.container.organisations.sign_up(person, organisation)
