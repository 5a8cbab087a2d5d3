"""The public pages over HTTP: what a visitor finds, and what never reaches one."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import update

from matchmaker.domain.actors import VISITOR
from matchmaker.domain.calendar import today
from matchmaker.domain.kinds import EntryKind, OrganisationStatus
from matchmaker.models import Demand, Entry, Organisation
from matchmaker.services.keeping import KeptInMemory
from matchmaker.services.statistics import KEPT_SECONDS, Statistics
from matchmaker.web.showcase.highlights import marked, snippet, with_literal
from tests.conftest import SignIn
from tests.support.world import World

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 40


def page(client: FlaskClient, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[:300]
    return BeautifulSoup(answer.text, "html.parser")


def links(soup: BeautifulSoup) -> list[str]:
    return [str(link["href"]) for link in soup.select("a[href]")]


def titles(soup: BeautifulSoup) -> list[str]:
    return [title.get_text(strip=True) for title in soup.select(".entry-title")]


def robots_of(soup: BeautifulSoup) -> str:
    tag = soup.select_one('meta[name="robots"]')
    return str(tag["content"]) if tag else ""


@pytest.fixture
def achievement(world: World) -> Entry:
    """A public achievement that can be searched."""
    entry = world.published("university", EntryKind.ACHIEVEMENT)
    world.work()
    return entry


@pytest.fixture
def hidden(world: World) -> Entry:
    """An achievement for brokers alone."""
    entry = world.published("university", EntryKind.ACHIEVEMENT, visibility="brokers")
    world.work()
    return entry


def test_home_counts_only_what_a_visitor_may_see(
    client: FlaskClient, achievement: Entry, hidden: Entry
) -> None:
    figure = page(client, "/").select_one('.figures a[href="/search?kind=achievement"]')
    assert figure is not None
    assert figure.get_text(strip=True) == "1"


def test_home_shows_open_demands_by_deadline_and_leaves_out_those_gone_by(
    client: FlaskClient, world: World
) -> None:
    for title, days in (("后截止的需求", 40), ("先截止的需求", 20)):
        world.published(
            "firm", EntryKind.DEMAND, title=title, deadline=today() + timedelta(days=days)
        )
    late = world.published(
        "firm", EntryKind.DEMAND, title="已过期的需求", deadline=today() + timedelta(days=1)
    )
    with world.container.database.write() as session:
        demand = session.get_one(Demand, late.id)
        demand.deadline = today() - timedelta(days=1)
    rows = [row.get_text() for row in page(client, "/").select(".entry-row-title")]
    assert rows == ["先截止的需求", "后截止的需求"]


def test_figures_of_visitors_are_kept_for_half_a_minute(world: World) -> None:
    clock = [0.0]
    statistics = Statistics(world.container.database, KeptInMemory(lambda: clock[0]))
    before = statistics.overview(VISITOR)
    world.published("university", EntryKind.ACHIEVEMENT)
    clock[0] = KEPT_SECONDS - 1
    assert statistics.overview(VISITOR) == before
    clock[0] = KEPT_SECONDS
    assert statistics.overview(VISITOR).entries[EntryKind.ACHIEVEMENT] == 1


def test_search_marks_what_agrees_in_title_and_text(
    client: FlaskClient, achievement: Entry
) -> None:
    soup = page(client, "/search?q=分质结晶")
    card = soup.select_one(".entry-card")
    assert card is not None
    assert "分质结晶" in [mark.get_text() for mark in card.select(".entry-title em")]
    assert card.select(".hit em")


def test_search_writes_what_was_typed_as_text(client: FlaskClient, achievement: Entry) -> None:
    answer = client.get("/search", query_string={"q": '"><script>alert(1)</script> 矿井水'})
    assert "<script>alert" not in answer.text


def test_a_code_leads_straight_to_its_entry(client: FlaskClient, achievement: Entry) -> None:
    answer = client.get("/search", query_string={"q": achievement.code.lower()})
    assert answer.location == f"/entries/{achievement.code}"


def test_a_code_one_may_not_know_leads_nowhere(client: FlaskClient, hidden: Entry) -> None:
    assert client.get("/search", query_string={"q": hidden.code}).status_code == 200


def test_facets_open_level_by_level_and_chips_lead_back(
    client: FlaskClient, achievement: Entry
) -> None:
    boxes = 'input[name="field"]'
    assert [box["value"] for box in page(client, "/search").select(boxes)] == [
        "water",
        "water.mine",
    ]
    soup = page(client, "/search?kind=achievement&field=water&field=water.mine&stage=pilot")
    chips = {
        parse_qs(urlsplit(str(chip["href"])).query)["kind"][0] for chip in soup.select(".chip")
    }
    assert chips == {"achievement"}
    assert len(soup.select(".chip")) == 2
    assert len(titles(soup)) == 1


def test_a_filter_the_database_does_not_have_is_passed_over(
    client: FlaskClient, achievement: Entry
) -> None:
    soup = page(client, "/search?kind=achievement&availability=available&field=nonsense&page=x")
    assert len(titles(soup)) == 1
    assert not soup.select(".chip")


def test_plain_lists_are_for_search_engines_and_filtered_ones_are_not(
    client: FlaskClient, achievement: Entry
) -> None:
    plain = page(client, "/search?kind=achievement")
    assert robots_of(plain) == ""
    canonical = plain.select_one('link[rel="canonical"]')
    assert canonical is not None
    assert str(canonical["href"]).endswith("/search?kind=achievement")
    assert robots_of(page(client, "/search?field=water")) == "noindex, follow"


def test_no_result_offers_near_things_and_carries_the_need_to_the_form(
    client: FlaskClient, achievement: Entry
) -> None:
    soup = page(client, "/search?q=海底光缆打捞&kind=demand")
    assert soup.select(".empty")
    assert achievement.title in titles(soup)
    [form] = {link for link in links(soup) if link.startswith("/workspace/new/demand?")}
    assert parse_qs(urlsplit(form).query)["title"] == ["海底光缆打捞"]


def test_an_entry_page_holds_no_contact(
    client: FlaskClient, achievement: Entry, sign_in: SignIn
) -> None:
    for who in (None, "firm"):
        if who:
            sign_in(client, who)
        text = client.get(f"/entries/{achievement.code}").text
        assert achievement.title in text
        assert "contact@example.org" not in text
        assert "000-0000-0000" not in text


def test_an_entry_page_describes_itself_to_search_engines(
    client: FlaskClient, achievement: Entry
) -> None:
    soup = page(client, f"/entries/{achievement.code}")
    described = [
        json.loads(tag.get_text()) for tag in soup.select('script[type="application/ld+json"]')
    ]
    assert [part["@type"] for part in described] == ["CreativeWork", "BreadcrumbList"]
    assert described[0]["identifier"] == achievement.code
    assert soup.select_one('meta[property="og:title"]')
    assert len(soup.select("h1")) == 1


def test_what_one_may_not_see_is_not_there(
    client: FlaskClient, hidden: Entry, sign_in: SignIn
) -> None:
    assert client.get(f"/entries/{hidden.code}").status_code == 404
    assert titles(page(client, "/search")) == []
    sign_in(client, "broker")
    soup = page(client, f"/entries/{hidden.code}")
    assert robots_of(soup) == "noindex"
    assert not soup.select('script[type="application/ld+json"]')


def test_an_address_in_small_letters_leads_to_the_right_one(
    client: FlaskClient, achievement: Entry
) -> None:
    answer = client.get(f"/entries/{achievement.code.lower()}")
    assert (answer.status_code, answer.location) == (301, f"/entries/{achievement.code}")


def test_an_untranslated_entry_says_so_in_english(client: FlaskClient, achievement: Entry) -> None:
    soup = page(client, f"/en/entries/{achievement.code}")
    assert "there is no translation yet" in soup.get_text()
    heading = soup.select_one("h1 [lang]")
    assert heading is not None
    assert heading["lang"] == "zh-CN"


def test_the_next_step_is_the_workspace_for_owners_and_a_posting_for_others(
    client: FlaskClient, achievement: Entry, sign_in: SignIn
) -> None:
    address = f"/entries/{achievement.code}"
    assert "/workspace/new/demand" in links(page(client, address))
    sign_in(client, "university")
    assert f"/workspace/entries/{achievement.code}" in links(page(client, address))


def test_files_are_handed_out_to_be_kept_and_only_to_who_may_see_the_entry(
    client: FlaskClient, world: World, achievement: Entry
) -> None:
    file = world.container.attachments.add(
        world.actor("university"), achievement.code, "检测报告.png", io.BytesIO(PNG)
    )
    address = f"/entries/{achievement.code}/files/{file.id}"
    with client.get(address) as answer:
        assert answer.data == PNG
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "filename*=UTF-8''%E6%A3%80" in answer.headers["Content-Disposition"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.mimetype == "image/png"
    world.container.steps.withdraw(world.actor("university"), achievement.code)
    assert client.get(address).status_code == 404


def test_an_organisation_shows_what_it_has_published(
    client: FlaskClient, world: World, achievement: Entry, hidden: Entry
) -> None:
    soup = page(client, f"/organisations/{achievement.organisation_id}")
    assert titles(soup) == [achievement.title]
    assert "示例大学" in titles(page(client, "/organisations"))
    with world.container.database.write() as session:
        session.execute(update(Organisation).values(status=OrganisationStatus.PENDING))
    assert client.get(f"/organisations/{achievement.organisation_id}").status_code == 404


def test_the_sitemap_names_public_entries_in_every_language(
    client: FlaskClient, achievement: Entry, hidden: Entry
) -> None:
    tree = ElementTree.fromstring(client.get("/sitemap.xml").data)
    places = [
        str(node.text) for node in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    ]
    entries = [place for place in places if "/entries/" in place]
    assert entries == [
        f"http://localhost/entries/{achievement.code}",
        f"http://localhost/en/entries/{achievement.code}",
    ]
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").text


@pytest.mark.parametrize("address", ["/about", "/en/about", "/help", "/en/help", "/en/"])
def test_pages_of_text_have_one_heading(client: FlaskClient, address: str) -> None:
    assert len(page(client, address).select("h1")) == 1


def test_marks_join_and_escape() -> None:
    pieces = with_literal([("高盐", True), ("矿井水", False), ("<回用>", False)], "高盐矿井水")
    assert marked(pieces) == "<em>高盐矿井水</em>&lt;回用&gt;"


def test_a_snippet_is_cut_around_the_hits() -> None:
    text = [("前文。" * 60, False), ("矿井水", True), ("后文，" * 60, False)]
    cut = snippet(text)
    assert cut.startswith("…")
    assert cut.endswith("…")
    assert "<em>矿井水</em>" in cut
    assert snippet([("没有", False)]) == ""
