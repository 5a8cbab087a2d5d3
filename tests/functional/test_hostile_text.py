"""Texts that would like to be more than text, on every page, in a letter, and as data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from matchmaker.bootstrap import Container
from matchmaker.domain.kinds import EntryKind
from matchmaker.models import Entry
from tests.support.scene import Scene, Stage, build_scene, opened_stage
from tests.support.world import World

pytestmark = pytest.mark.xdist_group("hostile")

HOSTILE = "<script>alert(1)</script>{{7*7}}{% if 1 %}<img src=x onerror=alert(1)>${7*7}"
LINES = [HOSTILE, "矿井水"]
OF_KIND: Mapping[EntryKind, Mapping[str, Any]] = {
    EntryKind.DEMAND: {"clauses": LINES, "existing_basis": HOSTILE},
    EntryKind.ACHIEVEMENT: {"applications": LINES, "benefits": HOSTILE},
    EntryKind.PROJECT: {"programme": HOSTILE, "leader": HOSTILE, "partners": LINES},
    EntryKind.EXPERT: {"professional_title": HOSTILE},
}


class HostileWorld(World):
    """A world in which every text of every entry is hostile."""

    def draft(self, who: str, kind: EntryKind, **values: Any) -> Entry:
        texts = dict.fromkeys(("title", "summary", "body", "contact_name"), HOSTILE)
        hostile = {**texts, **OF_KIND[kind], "keywords": LINES}
        return World.draft(self, who, kind, **{**hostile, **values})


@pytest.fixture(scope="module")
def stage(
    template: Path,
    shared: Container,
    stage_engines: Mapping[str, object],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    """An opened stage."""
    folder = tmp_path_factory.mktemp("hostile")
    with opened_stage(template, shared, folder, stage_engines) as opened:
        yield opened


@pytest.fixture(scope="module")
def scene(stage: Stage) -> Scene:
    """The scene, with every text of its entries made hostile."""
    return build_scene(HostileWorld(stage.container))


@pytest.mark.parametrize("prefix", ["", "/en"], ids=["zh", "en"])
@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("visitor", "/"),
        ("visitor", "/search?q=script"),
        ("visitor", "/search?q=矿井水 alert"),
        ("visitor", "/search?kind=achievement"),
        ("visitor", "/entries/{demand}"),
        ("visitor", "/entries/{open}"),
        ("visitor", "/organisations/{organisation}"),
        ("firm", "/workspace"),
        ("firm", "/workspace/matches"),
        ("firm", "/workspace/entries/{demand}"),
        ("firm", "/workspace/entries/{demand}/edit"),
        ("firm", "/workspace/entries/{demand}/history"),
        ("firm", "/workspace/introductions"),
        ("firm", "/workspace/introductions/{introduced}"),
        ("firm", "/account/notifications"),
        ("broker", "/desk"),
        ("broker", "/desk/matches/{suggested}"),
        ("broker", "/desk/screening"),
        ("broker", "/desk/screening/{submitted}"),
        ("broker", "/desk/introductions"),
        ("admin", "/admin/mail"),
        ("admin", "/admin/audit"),
    ],
)
def test_it_is_shown_as_text(
    stage: Stage, scene: Scene, who: str, address: str, prefix: str
) -> None:
    path = prefix + address.format(**scene.codes, **scene.numbers)
    answer = stage.client(who).get(path)
    assert answer.status_code == 200
    page = BeautifulSoup(answer.text, "html.parser")
    assert "{{7*7}}" in answer.text
    assert not [tag for tag in page.select("script") if tag.get_text().startswith("alert")]
    assert page.select("[onerror], [src=x]") == []
    assert "</script>49" not in page.get_text()


def test_it_is_data_to_search_engines(stage: Stage, scene: Scene) -> None:
    answer = stage.client("visitor").get(f"/entries/{scene.codes['demand']}")
    page = BeautifulSoup(answer.text, "html.parser")
    data = [tag.get_text() for tag in page.select('script[type="application/ld+json"]')]
    assert json.loads(data[0])["name"] == HOSTILE
    assert all("<" not in text for text in data)


def test_it_is_plain_text_in_a_letter(stage: Stage, scene: Scene) -> None:
    letters, _ = stage.container.mailing.outbox()
    [letter] = [mail for mail in letters if scene.codes["demand"] in mail.subject][:1]
    assert HOSTILE in letter.body
    assert "\n" not in letter.subject


def test_a_title_over_several_lines_makes_a_subject_of_one(world: World) -> None:
    world.published("firm", EntryKind.DEMAND, title="矿井水\r\nBcc: everybody@example.org\r\n\r\n")
    letters, _ = world.container.mailing.outbox()
    assert letters
    assert all(len(letter.subject.splitlines()) == 1 for letter in letters)
