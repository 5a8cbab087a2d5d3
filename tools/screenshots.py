"""Takes the README's pictures: a fresh portal with its sample data, seen through Chromium."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from matchmaker.bootstrap import Container
from matchmaker.config import Settings
from matchmaker.services.seeding import SAMPLE_PASSWORD
from matchmaker.web.app import create_app

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "screenshots"
START_SECONDS = 120
MATCH_SECONDS = 60
DESKTOP = (1280, 900)
PHONE = (390, 844)
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")


@dataclass(frozen=True)
class Picture:
    """One page as someone sees it.

    `opens` is a link to follow from the page first; `size` is in CSS pixels.
    """

    name: str
    endpoint: str
    values: dict[str, Any] = field(default_factory=dict)
    language: str = "zh"
    account: str = ""
    opens: str = ""
    size: tuple[int, int] = DESKTOP


PICTURES = (
    Picture("home", "showcase.home"),
    Picture("home-english", "showcase.home", language="en"),
    Picture("home-phone", "showcase.home", size=PHONE),
    Picture("search", "showcase.search", {"q": "矿井水处理"}),
    Picture("post", "workspace.new", {"kind": "demand"}, account="firm@example.org"),
    Picture("queue", "desk.queue", account="broker@example.org"),
    Picture("match", "desk.queue", account="broker@example.org", opens="main a[href*='/matches/']"),
)


def main() -> None:
    """Take every picture, or those named on the command line."""
    wanted = set(sys.argv[1:])
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("There is no Chromium here: on Debian, apt-get install chromium fonts-noto-cjk.")
    TARGET.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        running_portal(Path(data)) as address,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium, args=list(QUIET)) as browser,
    ):
        paths = Paths(Path(data))
        for picture in PICTURES:
            if not wanted or picture.name in wanted:
                take(browser, address, paths, picture)


@contextmanager
def running_portal(data: Path) -> Iterator[str]:
    """Serve a portal from an empty folder; yield its address once its matches are there."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    log = data / "serve.log"
    settings = {"MATCHMAKER_DATA_DIR": str(data / "var"), "MATCHMAKER_PORT": str(port)}
    with log.open("wb") as output:
        portal = subprocess.Popen(
            [str(Path(sys.executable).with_name("matchmaker")), "serve", "--with-samples"],
            cwd=ROOT,
            env={**os.environ, **settings},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_ready(portal, address, log)
        wait_for_quiet(data)
        yield address
    finally:
        portal.send_signal(signal.SIGINT)
        portal.wait(timeout=15)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(portal: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Return once the portal answers; exit with its own words where it does not."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and portal.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    sys.exit(f"The portal did not start:\n{log.read_text(encoding='utf-8')}")


def wait_for_quiet(data: Path) -> None:
    """Give the worker time to match what was loaded, so that the queue is full."""
    command = [str(Path(sys.executable).with_name("matchmaker")), "jobs", "list", "--json"]
    environment = {**os.environ, "MATCHMAKER_DATA_DIR": str(data / "var")}
    until = time.monotonic() + MATCH_SECONDS
    while time.monotonic() < until:
        listed = subprocess.run(command, env=environment, capture_output=True, check=True)
        states = {job["status"] for job in json.loads(listed.stdout)}
        if not states & {"pending", "running"}:
            return
        time.sleep(1)


class Paths:
    """Looks up the paths of pages by their endpoint, as the portal itself does."""

    def __init__(self, data: Path) -> None:
        settings = Settings(data_dir=data / "var")
        self._app = create_app(Container(settings, owns_index=False))

    def of(self, endpoint: str, values: dict[str, Any], language: str) -> str:
        """Return the path of a page in a language."""
        with self._app.test_request_context("/"):
            path = self._app.url_for(endpoint, **values)
        return path if language == "zh" else f"/{language}{path}"


def take(browser: Browser, address: str, paths: Paths, picture: Picture) -> None:
    """Open one page as its reader and write its picture."""
    width, height = picture.size
    page = browser.new_page(viewport={"width": width, "height": height}, locale=picture.language)
    if picture.account:
        sign_in(page, address + paths.of("account.sign_in", {}, picture.language), picture.account)
    page.goto(address + paths.of(picture.endpoint, picture.values, picture.language))
    if picture.opens:
        page.locator(picture.opens).first.click()
        page.wait_for_load_state()
    path = TARGET / f"{picture.name}.png"
    page.screenshot(path=path)
    page.close()
    print(path.relative_to(ROOT))


def sign_in(page: Page, address: str, email: str) -> None:
    """Sign in with a sample account."""
    page.goto(address)
    page.locator("main input[name=email]").fill(email)
    page.locator("main input[name=password]").fill(SAMPLE_PASSWORD)
    page.locator("main input[name=password]").press("Enter")
    page.wait_for_load_state()


if __name__ == "__main__":
    main()
