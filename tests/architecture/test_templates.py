"""Every page, in both languages: no inline script or style, one heading, labels, a way past."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from werkzeug.test import TestResponse

import matchmaker
from matchmaker.bootstrap import Container
from matchmaker.web.errors import PAGES, error_page
from tests.support.permission_table import TABLE, Row, address_of
from tests.support.scene import Scene, Stage, build_scene, opened_stage
from tests.support.world import World

pytestmark = pytest.mark.xdist_group("templates")

TEMPLATES = Path(matchmaker.__file__).parent / "web" / "templates"
LANGUAGES = {"": "zh-CN", "/en": "en"}
#: Answers that are no page: files, feeds, probes, and the part that htmx asks for.
NO_PAGE = (
    "static",
    "probes.alive",
    "probes.ready",
    "showcase.robots",
    "showcase.sitemap",
    "showcase.quality_data",
    "showcase.attachment",
    "unmet.export",
    "workspace.progress",
)
SHOWN = [r for r in TABLE if r.method == "GET" and "ok" in r.outcomes and r.endpoint not in NO_PAGE]
in_each_language = pytest.mark.parametrize("prefix", LANGUAGES, ids=["zh", "en"])
of_each_page = pytest.mark.parametrize("row", SHOWN, ids=str)
#: What a block of data may be; no browser runs it.
DATA = ("application/ld+json", "application/json")


@pytest.fixture(scope="module")
def stage(
    template: Path, shared: Container, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """An opened stage."""
    with opened_stage(template, shared, tmp_path_factory.mktemp("templates")) as opened:
        yield opened


@pytest.fixture(scope="module")
def scene(stage: Stage) -> Scene:
    """The scene, set once."""
    return build_scene(World(stage.container))


@of_each_page
@in_each_language
def test_a_page_is_whole(stage: Stage, scene: Scene, row: Row, prefix: str) -> None:
    page = page_of(stage, scene, row, prefix)
    assert faults_of(page, LANGUAGES[prefix]) == []


@of_each_page
def test_a_form_that_changes_something_carries_a_token(
    stage: Stage, scene: Scene, row: Row
) -> None:
    for form in page_of(stage, scene, row, "").select('form[method="post"]'):
        assert form.select_one('input[type="hidden"][name="csrf_token"]'), form


@of_each_page
def test_the_switch_of_languages_leads_to_the_same_page(
    stage: Stage, scene: Scene, row: Row
) -> None:
    answer = answer_to(stage, scene, row, "")
    switch = parsed(answer).select_one('a.tool-language[hreflang="en"]')
    assert switch is not None
    assert switch["href"] == "/en" + answer.request.full_path.rstrip("?")


@pytest.mark.parametrize("status", PAGES)
@in_each_language
def test_a_page_of_an_error_is_whole(stage: Stage, status: int, prefix: str) -> None:
    page = BeautifulSoup(error_text(stage, status, prefix), "html.parser")
    assert str(status) in page.get_text()
    assert faults_of(page, LANGUAGES[prefix]) == []


@pytest.mark.parametrize("status", PAGES)
def test_a_page_of_an_error_leads_on(stage: Stage, status: int) -> None:
    page = BeautifulSoup(error_text(stage, status, ""), "html.parser")
    assert page.select("main a[href], main button")


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda p: str(p.relative_to(TEMPLATES))
)
def test_a_template_has_no_inline_script_or_style(path: Path) -> None:
    text = re.sub(r"{#.*?#}|{{.*?}}|{%.*?%}", "", path.read_text("utf-8"), flags=re.DOTALL)
    assert not re.findall(r"<style\b|\sstyle\s*=|javascript:", text, re.IGNORECASE)
    assert not re.findall(r"<[^>]*\s(?:on[a-z]+)\s*=\s*[\"']", text, re.IGNORECASE)
    for script in re.findall(r"<script\b[^>]*>", text, re.IGNORECASE):
        assert "src=" in script or "type=" in script and any(kind in script for kind in DATA), (
            script
        )


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda p: str(p.relative_to(TEMPLATES))
)
def test_a_template_trusts_no_text(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "autoescape false" not in text
    assert "|safe" not in text.replace(" ", "")


def page_of(stage: Stage, scene: Scene, row: Row, prefix: str) -> BeautifulSoup:
    """A page as the first person sees it who may."""
    return parsed(answer_to(stage, scene, row, prefix))


def answer_to(stage: Stage, scene: Scene, row: Row, prefix: str) -> TestResponse:
    """What the first person gets who may, where a redirect leads to another page."""
    who = next(who for who, outcome in row.expected.items() if outcome == "ok")
    address = prefix + address_of(stage.app, scene, row)
    answer = stage.client(who).get(address, follow_redirects=True)
    assert answer.status_code == 200, answer.text[:300]
    return answer


def parsed(answer: TestResponse) -> BeautifulSoup:
    """A page without the rows that a script may add later; such rows stand in it as well."""
    page = BeautifulSoup(answer.text, "html.parser")
    for unused in page.select("template"):
        unused.decompose()
    return page


def error_text(stage: Stage, status: int, prefix: str) -> str:
    """The page of an error."""
    with stage.app.test_client() as client:
        client.get(f"{prefix}/about")
        text, answered = error_page(status, "")
    assert answered == status
    return text


def faults_of(page: BeautifulSoup, language: str) -> list[str]:
    """What is wrong with a page, in words."""
    checks = (in_the_frame(page, language), inline(page), unnamed(page), ambiguous(page))
    return [fault for check in checks for fault in check]


def in_the_frame(page: BeautifulSoup, language: str) -> Iterator[str]:
    """One heading, a title, the language, a main part, and a way past the navigation."""
    if page.html is None or page.html.get("lang") != language:
        yield f"lang is not {language}"
    if len(page.select("h1")) != 1:
        yield f"{len(page.select('h1'))} first headings"
    if any(not heading.get_text(strip=True) for heading in page.select("h1, h2, h3, h4")):
        yield "an empty heading"
    if page.title is None or not re.match(r"\S.*\S", page.title.get_text(strip=True)):
        yield "no title"
    if len(page.select("main#main")) != 1:
        yield "no main part"
    skip = page.select_one('body > a[href="#main"]')
    if page.select("nav") and (skip is None or not skip.get_text(strip=True)):
        yield "no way past the navigation"
    if page.select_one('meta[name="viewport"][content*="width=device-width"]') is None:
        yield "no viewport for phones"


def inline(page: BeautifulSoup) -> Iterator[str]:
    """Scripts and styles that stand in the page, which the policy of contents forbids."""
    yield from (f"a style element: {tag}" for tag in page.select("style"))
    yield from (
        f"a script without an address: {tag}"
        for tag in page.select("script:not([src])")
        if tag.get("type") not in DATA
    )
    for tag in page.find_all(True):
        for name in tag.attrs:
            if name == "style" or name.startswith("on"):
                yield f"an attribute {name}: {str(tag)[:120]}"
        if str(tag.get("href", "")).startswith("javascript:"):
            yield f"a script as an address: {tag}"


def unnamed(page: BeautifulSoup) -> Iterator[str]:
    """Controls, links and pictures that say nothing to who can't see them."""
    silent = ("hidden", "submit", "button", "image", "reset")
    for control in page.select("input, select, textarea"):
        if control.get("type") not in silent and not is_labelled(page, control):
            yield f"no label: {str(control)[:120]}"
    for thing in page.select("a[href], button, summary"):
        if not (
            thing.get_text(strip=True)
            or thing.get("aria-label")
            or thing.select("img[alt], svg[aria-label]")
        ):
            yield f"nothing to read: {str(thing)[:120]}"
    yield from (f"no text for a picture: {tag}" for tag in page.select("img:not([alt])"))
    yield from (
        f"no name for a group: {str(tag)[:120]}"
        for tag in page.select("fieldset")
        if tag.select_one("legend") is None
    )


def is_labelled(page: BeautifulSoup, control: Tag) -> bool:
    """Whether a control has a label that says something."""
    if str(control.get("aria-label") or "").strip():
        return True
    pointed = [page.find(id=one) for one in str(control.get("aria-labelledby") or "").split()]
    around = control.find_parent("label")
    own = page.select(f'label[for="{control["id"]}"]') if control.get("id") else []
    return any(
        label is not None and label.get_text(strip=True) for label in [*pointed, around, *own]
    )


def ambiguous(page: BeautifulSoup) -> Iterator[str]:
    """Names that stand for two things, and references to nothing."""
    names = [str(tag["id"]) for tag in page.select("[id]")]
    yield from sorted({f"two things named {name}" for name in names if names.count(name) > 1})
    for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "form"):
        for tag in page.select(f"[{attribute}]"):
            for name in str(tag[attribute]).split():
                if name not in names:
                    yield f"{attribute} points to nothing: {name}"
