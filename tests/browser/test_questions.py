"""A broker asks the supplier with one key, and the supplier's answer settles the requirement."""

from __future__ import annotations

from contextlib import closing

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from matchmaker.bootstrap import Container
from matchmaker.config import Settings
from matchmaker.domain.kinds import EntryKind
from matchmaker.models import Match
from tests.browser.conftest import DESKTOP, PHONE, PREFIX, Enter
from tests.support.services import eventually
from tests.support.world import World

pytestmark = pytest.mark.browser

OPEN = "蒸发系统连续无故障时间不低于 5000 小时"


@pytest.fixture
def number(settings: Settings) -> int:
    """A match that leaves one requirement open."""
    with closing(Container(settings)) as container:
        world = World(container)
        world.published("firm", EntryKind.DEMAND, clauses=["氯化钠纯度不低于 98 %", OPEN])
        world.work()
        with container.database.read() as session:
            return session.scalars(select(Match.id)).one()


@pytest.mark.parametrize(("language", "size"), [("zh", DESKTOP), ("en", PHONE)])
def test_a_requirement_is_asked_with_a_key_and_answered(
    number: int, enter: Enter, language: str, size: tuple[int, int]
) -> None:
    prefix = PREFIX[language]
    broker = enter("broker", language, size)
    broker.goto(f"{prefix}/desk/matches/{number}")
    line = broker.locator("li.clause", has_text=OPEN)
    expect(line.locator("button[data-key=q]")).to_be_visible()
    broker.keyboard.press("q")
    expect(line.locator("form[action$='/take-back']")).to_be_visible()

    supplier = enter("university", language, size)
    supplier.goto(f"{prefix}/account/notifications")
    supplier.locator("main a[href*='/workspace/questions/']").first.click()
    expect(supplier.locator("main")).to_contain_text(OPEN)
    supplier.locator("textarea[name=answer]").fill("5600 小时")
    supplier.locator("main form button.btn-primary").click()
    expect(supplier.locator("main table")).to_contain_text("5600 小时")

    def settled() -> bool:
        broker.reload()
        looks = line.get_attribute("class") or ""
        return "5600 小时" in line.inner_text() and "clause-unknown" not in looks

    assert eventually(settled, 20)
