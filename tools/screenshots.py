"""Takes pictures of the portal with its sample data, through Chromium, for the README and the eye.

`make screenshots` takes all; `python -m tools.screenshots desk form` only those named.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from matchmaker.bootstrap import Container
from matchmaker.config import Settings
from matchmaker.domain.levels import Level
from matchmaker.migrations import upgrade
from matchmaker.models import Entry, Match, Organisation, Person
from matchmaker.services.seeding import SAMPLE_PASSWORD

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "screenshots"
START_SECONDS = 60
SIZES = {"": (1280, 860), "-phone": (390, 844)}
LANGUAGES = {"": "", "-en": "/en"}
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")
FIRM, UNIVERSITY, BROKER, ADMIN = (
    f"{who}@example.org" for who in ("firm", "university", "broker", "admin")
)


@dataclass(frozen=True)
class Story:
    """Addresses of what the pictures show.

    Attributes:
        entry: public code of an achievement.
        organisation: number of a university.
        match: number of a match between a firm's demand and an achievement, to be reviewed.
        introduction: number of a match whose two sides were introduced.
        submitted: public code of an entry that waits for screening.
        demand: public code of the firm's demand of that match.
    """

    entry: str
    organisation: int
    match: int
    introduction: int
    submitted: str
    demand: str


@dataclass(frozen=True)
class Picture:
    """One page: its file, its path in a story, and who looks at it; "" is a visitor."""

    name: str
    path: Callable[[Story], str]
    account: str = ""


PICTURES = (
    Picture("home", lambda story: "/"),
    Picture("search", lambda story: "/search?q=矿井水"),
    Picture("entry", lambda story: f"/entries/{story.entry}"),
    Picture("organisation", lambda story: f"/organisations/{story.organisation}"),
    Picture("sign-in", lambda story: "/account/sign-in"),
    Picture("form", lambda story: "/workspace/new/demand", FIRM),
    Picture("entries", lambda story: "/workspace", UNIVERSITY),
    Picture("introduction", lambda story: f"/workspace/introductions/{story.introduction}", FIRM),
    Picture("queue", lambda story: "/desk", BROKER),
    Picture("desk", lambda story: f"/desk/matches/{story.match}", BROKER),
    Picture("screening", lambda story: f"/desk/screening/{story.submitted}", BROKER),
    Picture("clinic", lambda story: f"/workspace/entries/{story.demand}/edit", FIRM),
    Picture("quality", lambda story: "/quality"),
    Picture("unmet", lambda story: "/unmet/", BROKER),
    Picture("weights", lambda story: "/admin/weights", ADMIN),
    Picture("work", lambda story: "/admin/work", ADMIN),
    Picture("jobs", lambda story: "/admin/jobs?state=done", ADMIN),
)


def main() -> None:
    """Take every picture, or those named on the command line."""
    wanted = set(sys.argv[1:]) or {picture.name for picture in PICTURES}
    if unknown := wanted - {picture.name for picture in PICTURES}:
        sys.exit(f"There is no picture named {', '.join(sorted(unknown))}.")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("There is no Chromium here: on Debian, apt-get install chromium fonts-noto-cjk.")
    TARGET.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS)) as browser,
    ):
        story = prepare(Path(folder) / "var")
        with running_portal(Path(folder)) as address:
            for account in dict.fromkeys(picture.account for picture in PICTURES):
                pictures = [p for p in PICTURES if p.account == account and p.name in wanted]
                if pictures:
                    take(browser, address, story, account, pictures)


def prepare(folder: Path) -> Story:
    """Fill a data folder with the sample data, match it, and introduce one pair."""
    folder.mkdir()
    with closing(Container(Settings(data_dir=folder))) as container:
        upgrade(container.database)
        container.seeding.load(with_accounts=True)
        container.rebuilding.rebuild()
        container.matching.match_all()
        story = choose(container)
        with container.database.read() as session:
            person = session.scalars(select(Person).where(Person.email == BROKER)).one()
        actor = container.accounts.actor(person.id, person.session_epoch)
        assert actor is not None
        version = container.review.get(story.introduction).version
        container.review.approve(actor, story.introduction, version, at_once=True)
        container.periodic.queue_daily()
        container.runner.drain()
    return story


def choose(container: Container) -> Story:
    """Find good examples among the sample data."""
    with container.database.read() as session:
        best = (
            select(Match)
            .join(Entry, Entry.id == Match.other_id)
            .where(Entry.kind == "achievement", Match.level == Level.STRONG)
            .order_by(Match.score.desc())
        )
        first = session.scalars(best).first()
        firm = session.scalars(select(Person).where(Person.email == FIRM)).one()
        own = firm.memberships[0].organisation_id
        theirs = session.scalars(
            select(Match)
            .join(Entry, Entry.id == Match.demand_id)
            .where(Entry.organisation_id == own)
            .order_by(Match.score.desc())
        ).first()
        waiting = session.scalars(select(Entry).where(Entry.status == "submitted")).first()
        university = session.scalars(
            select(Organisation).where(Organisation.kind == "university").order_by(Organisation.id)
        ).first()
        assert first is not None
        assert theirs is not None
        assert waiting is not None
        assert university is not None
        return Story(
            first.other.code,
            university.id,
            first.id,
            theirs.id,
            waiting.code,
            theirs.demand.code,
        )


@contextmanager
def running_portal(folder: Path) -> Iterator[str]:
    """Serve the prepared folder as `make run` does; yield its address."""
    log = folder / "serve.log"
    command = [str(Path(sys.executable).with_name("matchmaker")), "serve", "--port", "0"]
    with log.open("wb") as output:
        portal = subprocess.Popen(
            command,
            env={
                "MATCHMAKER_DATA_DIR": str(folder / "var"),
                "MATCHMAKER_SIGN_IN_LIMIT": "1000/minute",
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield address_of(portal, log)
    finally:
        portal.send_signal(signal.SIGINT)
        portal.wait(timeout=15)


def address_of(portal: subprocess.Popen[bytes], log: Path) -> str:
    """Where the portal answers; exit with its own words where it does not start."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and portal.poll() is None:
        said = log.read_text(encoding="utf-8")
        start = said.find("http://")
        if start >= 0 and all_is_well(address := said[start:].split("/ ", 1)[0]):
            return address
        time.sleep(0.1)
    sys.exit(f"The portal did not start:\n{log.read_text(encoding='utf-8')}")


def all_is_well(address: str) -> bool:
    """Whether every engine runs, so that no page says that one is away."""
    with urllib.request.urlopen(f"{address}/readyz", timeout=10) as answer:
        return "degraded" not in answer.read().decode()


def take(
    browser: Browser, address: str, story: Story, account: str, pictures: list[Picture]
) -> None:
    """Take some pictures as one reader sees them, in each language and size."""
    for size, (width, height) in SIZES.items():
        page = browser.new_page(viewport={"width": width, "height": height})
        if account:
            sign_in(page, address, account)
        for picture in pictures:
            for language, prefix in LANGUAGES.items():
                page.goto(f"{address}{prefix}{picture.path(story)}")
                page.wait_for_load_state("networkidle")
                path = TARGET / f"{picture.name}{language}{size}.png"
                page.screenshot(path=path, animations="disabled")
                print(path.relative_to(ROOT))
        page.close()


def sign_in(page: Page, address: str, email: str) -> None:
    """Sign in with a sample account."""
    page.goto(f"{address}/account/sign-in")
    form = page.locator("main form").first
    form.locator("[name=email]").fill(email)
    form.locator("[name=password]").fill(SAMPLE_PASSWORD)
    form.locator("button[type=submit]").click()
    page.wait_for_load_state()


if __name__ == "__main__":
    main()
