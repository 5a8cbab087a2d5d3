"""The clinic beside the form: advice comes while somebody types, and typing is never disturbed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, PREFIX, Enter
from tests.support.world import DEMAND

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "size"), [("zh", DESKTOP), ("en", PHONE)])
def test_typing_shows_advice_and_a_figure_is_put_right_while_it_refreshes(
    enter: Enter, language: str, size: tuple[int, int]
) -> None:
    page = enter("firm", language, size)
    page.goto(f"{PREFIX[language]}/workspace/new/demand")
    form, panel = page.locator("form[data-autosave-url]"), page.locator("#clinic")
    form.locator("[name=body]").fill(str(DEMAND["body"]))
    expect(panel.locator("a[href='#deadline']")).to_be_visible()
    form.locator("[name=clauses]").fill("\n".join(DEMAND["clauses"]))
    rows = panel.locator(".clause-row")
    expect(rows).to_have_count(3)
    rows.nth(1).locator("summary").click()
    cell = rows.nth(1).locator("input[name$=low]")
    cell.fill("")
    with page.expect_response("**/workspace/clinic/**"):
        cell.press_sequentially("99", delay=30)
    cell.press_sequentially(".5", delay=30)
    expect(cell).to_have_value("99.5")
    expect(cell).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
