"""Fixtures: a portal in a process of its own, and browsers in which people sign in."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from matchmaker.bootstrap import Container
from matchmaker.config import Settings
from matchmaker.domain.kinds import EntryKind
from matchmaker.migrations import upgrade
from tests.conftest import settings_for
from tests.support.browsers import ARGUMENTS, require_chromium
from tests.support.processes import Serve
from tests.support.profiles import EMBEDDED, as_environment, production
from tests.support.restoring import Restorable
from tests.support.services import eventually, postgres_database
from tests.support.world import PASSWORD, World, email_of, populate

DESKTOP = (1280, 860)
PHONE = (390, 844)
#: Milliseconds a busy machine may take; a step that works takes a fraction of them.
PATIENCE = 15_000
#: Address of the pages in a language.
PREFIX = {"zh": "", "en": "/en"}


class Enter(Protocol):
    """Signs one of `PEOPLE` in, in a browser of their own."""

    def __call__(
        self,
        who: str,
        language: str = "zh",
        size: tuple[int, int] = DESKTOP,
        *,
        script: bool = True,
    ) -> Page: ...


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium in place of one that is downloaded."""
    return {"executable_path": require_chromium(), "args": list(ARGUMENTS)}


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the small world and a published achievement."""
    folder = tmp_path_factory.mktemp("furnished")
    furnish(settings_for(folder))
    return folder


@pytest.fixture(scope="session")
def furnished_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restorable]:
    """A PostgreSQL database with the same."""
    folder = tmp_path_factory.mktemp("furnishing")
    with postgres_database() as url:
        with production(url) as changes:
            furnish(settings_for(folder, **changes))
        yield Restorable(url)


def furnish(settings: Settings) -> None:
    """Put the small world and a published achievement there, searchable and matched."""
    with closing(Container(settings)) as container:
        upgrade(container.database)
        populate(container)
        World(container).published("university", EntryKind.ACHIEVEMENT)
        container.runner.drain()


@pytest.fixture
def settings(profile: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Those of the portal; what a test needs beyond what is there is put in before it starts."""
    folder = tmp_path / "data"
    if profile == EMBEDDED:
        yield settings_for(shutil.copytree(request.getfixturevalue("furnished"), folder))
        return
    folder.mkdir()
    with production(request.getfixturevalue("furnished_database").restore()) as changes:
        found = settings_for(folder, **changes)
        with closing(Container(found)) as container:
            container.rebuilding.rebuild()
        yield found


@pytest.fixture
def portal(settings: Settings) -> Iterator[str]:
    """The address of a portal that serves web, worker and schedule with these settings."""
    serving = Serve(
        settings.data_dir,
        "--no-samples",
        MATCHMAKER_SIGN_IN_LIMIT="1000 per minute",
        MATCHMAKER_REAP_SECONDS="1",
        **as_environment(settings),
    )
    try:
        assert eventually(serving.is_ready, 60), serving.said
        yield f"http{serving.address}"
    finally:
        serving.end(signal.SIGINT)


@pytest.fixture
def enter(browser: Browser, portal: str) -> Iterator[Enter]:
    """Opens browsers; a script of ours that fails there fails the test."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []
    expect.set_options(timeout=PATIENCE)

    def sign_in(
        who: str,
        language: str = "zh",
        size: tuple[int, int] = DESKTOP,
        *,
        script: bool = True,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            base_url=portal,
            java_script_enabled=script,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"{PREFIX[language]}/account/sign-in")
        form = page.locator("main form").first
        form.locator("[name=email]").fill(email_of(who))
        form.locator("[name=password]").fill(PASSWORD)
        form.locator("button[type=submit]").click()
        expect(page.locator("body:not([data-account=''])")).to_be_attached()
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert troubles == []
