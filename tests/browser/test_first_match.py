"""From a demand in a form to two sides that are interested, as people do it in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select, update

from matchmaker.bootstrap import Container
from matchmaker.config import Settings
from matchmaker.domain.calendar import now
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.work import JobState
from matchmaker.models import Job, Match
from tests.browser.conftest import DESKTOP, PHONE, PREFIX, Enter
from tests.support.world import DEMAND, World

pytestmark = pytest.mark.browser


@contextmanager
def services_of(settings: Settings) -> Iterator[World]:
    """The services of a portal, beside it or before it serves."""
    with closing(Container(settings, owns_index=False)) as container:
        yield World(container)


@pytest.fixture
def matched(settings: Settings) -> list[int]:
    """Two matches that wait for review, the better one first."""
    with closing(Container(settings)) as container:
        world = World(container)
        world.published("firm", EntryKind.DEMAND)
        world.published("rival", EntryKind.DEMAND, keywords=[], clauses=[])
        world.work()
        with container.database.read() as session:
            numbers = list(session.scalars(select(Match.id).order_by(Match.score.desc(), Match.id)))
    assert len(numbers) == 2
    return numbers


@pytest.fixture
def held_back(settings: Settings) -> str:
    """The code of the firm's published demand, whose background work waits for its hour."""
    with services_of(settings) as world:
        demand = world.published("firm", EntryKind.DEMAND)
        postpone(world, timedelta(hours=1))
    return demand.code


def postpone(world: World, wait: timedelta) -> None:
    """Let all work that is pending begin so much later from now."""
    with world.container.database.write() as session:
        pending = Job.status == JobState.PENDING
        session.execute(update(Job).where(pending).values(not_before=now() + wait))


def post_demand(page: Page, language: str) -> None:
    """Fill the form in and submit it; the page shows where the demand stands."""
    page.goto(f"{PREFIX[language]}/workspace/new/demand")
    form = page.locator("form[data-autosave-url]")
    for name in ("title", "summary", "body", "contact_name", "contact_phone"):
        form.locator(f"[name={name}]").fill(str(DEMAND[name]))
    for name in ("keywords", "clauses"):
        form.locator(f"[name={name}]").fill("\n".join(DEMAND[name]))
    form.locator("[name=fields][value='water.mine']").check()
    form.locator("[name=region]").select_option(str(DEMAND["region"]))
    form.locator(f"[name=demand_type][value={DEMAND['demand_type']}]").check()
    form.locator("button[name=then][value=submit]").click()
    expect(page.get_by_role("heading", name=str(DEMAND["title"]))).to_be_visible()


def press(page: Page, key: str) -> None:
    """Press a key once the page listens: what is pressed before its scripts ran is lost."""
    page.wait_for_load_state()
    page.keyboard.press(key)


def agree(page: Page, language: str) -> None:
    """Open the only introduction, read the contact, and say that one is interested."""
    page.goto(f"{PREFIX[language]}/workspace/introductions")
    page.locator("main a[href*='/workspace/introductions/']").first.click()
    expect(page.locator("main")).to_contain_text("000-0000-0000")
    page.locator("button[name=answer][value=interested]").click()


def next_match(page: Page) -> Locator:
    """The mark of the match that is under review, in the queue beside it."""
    return page.locator(".queue-now .queue-title")


@pytest.mark.parametrize(("language", "size"), [("zh", DESKTOP), ("en", PHONE)])
def test_a_demand_is_posted_screened_matched_approved_and_both_sides_agree(
    enter: Enter, language: str, size: tuple[int, int]
) -> None:
    prefix = PREFIX[language]
    firm = enter("firm", language, size)
    post_demand(firm, language)

    broker = enter("broker", language, size)
    broker.goto(f"{prefix}/desk/screening")
    broker.get_by_role("link", name=str(DEMAND["title"])).click()
    broker.locator("button[value=publish]").click()
    expect(broker.locator(".flashes .notice-success")).to_be_visible()

    firm.reload()
    expect(firm.locator("main a[href$='/matches']").first).to_be_visible()
    expect(firm.locator("[hx-get]")).to_have_count(0)

    broker.goto(f"{prefix}/desk")
    broker.locator(".queue-item a").first.click()
    expect(broker.locator("#demand .entry-tags")).to_contain_text("XQ-")
    expect(broker.locator("#other .entry-tags")).to_contain_text("CG-")
    for side in ("demand", "other"):
        expect(broker.locator(f"#{side} mark[data-mark='1']").first).to_be_visible()
    broker.locator("[data-key=i]").click()
    expect(broker.locator(".flashes .notice-success")).to_be_visible()

    broker.goto(f"{prefix}/desk?view=done")
    expect(broker.locator(".queue-item")).to_have_count(1)

    university = enter("university", language, size)
    for page in (firm, university):
        agree(page, language)
    expect(university.locator("main .notice-success").last).to_be_visible()
    firm.reload()
    expect(firm.locator("main .notice-success").last).to_be_visible()


def test_the_poster_watches_the_matching_without_touching_the_page(
    held_back: str, settings: Settings, enter: Enter
) -> None:
    firm = enter("firm")
    firm.goto(f"/workspace/entries/{held_back}")
    expect(firm.locator(".live-waiting, .live-active").first).to_be_visible()
    with services_of(settings) as world:
        postpone(world, timedelta(0))
    expect(firm.locator(".live-waiting, .live-active")).to_have_count(0)
    expect(firm.locator(".live-done")).to_have_count(3)
    expect(firm.locator("main a[href$='/matches']").first).to_be_visible()


def test_of_two_brokers_at_once_one_decides_and_the_other_is_told(
    matched: list[int], enter: Enter
) -> None:
    one, two = enter("broker"), enter("broker2", "en")
    one.goto(f"/desk/matches/{matched[0]}")
    two.goto(f"/en/desk/matches/{matched[0]}")
    one.locator(".bar [data-key=a]").click()
    expect(one).to_have_url(f"{one.url.split('/desk')[0]}/desk/matches/{matched[1]}")
    two.locator(".bar [data-key=a]").click()
    expect(two.locator(".notice-warning")).to_contain_text("Broker was first: Approved")
    expect(two.locator(".bar [data-key=a]")).to_have_count(0)


def test_a_verdict_is_given_and_taken_back_with_keys_alone(
    matched: list[int], enter: Enter
) -> None:
    page = enter("broker", "en")
    page.goto("/en/desk")
    press(page, "j")
    expect(next_match(page)).to_be_visible()
    expect(page.locator("h1")).to_have_text("Review of a match")
    press(page, "r")
    expect(page.locator("dialog#reject")).to_be_visible()
    press(page, "2")
    press(page, "Enter")
    expect(page.locator(".flashes")).to_contain_text("Rejected.")
    assert page.url.endswith(str(matched[1]))
    press(page, "u")
    expect(page.locator(".flashes")).to_contain_text("taken back")
    assert page.url.endswith(str(matched[0]))
    press(page, "?")
    expect(page.get_by_role("dialog")).to_contain_text("Keyboard shortcuts")
    press(page, "Escape")
    press(page, "j")
    expect(page).to_have_url(f"{page.url.split('/en')[0]}/en/desk/matches/{matched[1]}")


def test_keys_are_letters_while_one_types(matched: list[int], enter: Enter) -> None:
    page = enter("broker")
    page.goto(f"/desk/matches/{matched[0]}")
    press(page, "r")
    note = page.locator("dialog#reject textarea")
    note.click()
    note.press_sequentially("just a test")
    expect(note).to_have_value("just a test")
    expect(page.locator("dialog#reject")).to_be_visible()


def test_the_desk_works_without_a_script(matched: list[int], enter: Enter) -> None:
    page = enter("broker", "en", script=False)
    page.goto(f"/en/desk/matches/{matched[0]}")
    page.locator(".bar a[href='#reject-form']").click()
    dialog = page.locator("dialog#reject")
    expect(dialog).to_be_visible()
    dialog.get_by_text("Figures not met").click()
    dialog.locator("button.btn-danger").click()
    expect(page.locator(".flashes")).to_contain_text("Rejected.")
