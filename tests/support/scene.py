"""A scene with something in every state that matters, and a stage to play it on again and again."""

from __future__ import annotations

import io
import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.bootstrap import Container
from matchmaker.domain.actors import SYSTEM
from matchmaker.domain.calendar import now, today
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.learning import WeightState
from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.work import JobKind, JobState
from matchmaker.models import ClauseQuestion, Entry, Job, Match, Organisation, UnmetDemand
from matchmaker.services.accounts import Accounts, SignUp
from matchmaker.services.organisations import NewOrganisation
from matchmaker.services.screening import Remark
from matchmaker.services.weighing import keep_bundled
from tests.support.learning import weight_version
from tests.support.restoring import Restorable, commits_of_changes
from tests.support.world import FAST_HASHER, PASSWORD, PEOPLE, World, email_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 40
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
COOKIE = "matchmaker"


@dataclass(frozen=True, slots=True)
class Scene:
    """Codes and numbers of what is there, by what it stands for.

    Attributes:
        codes: name of an entry → its public code.
        numbers: name of anything else → its number.
        versions: name of an entry or a match → the version its page shows.
        token: resets the password of `rival`.
    """

    codes: Mapping[str, str]
    numbers: Mapping[str, int]
    versions: Mapping[str, int]
    token: str

    def argument(self, parameter: str, value: object) -> object:
        """The parameter of an address: what its name in the scene stands for, or itself."""
        if value == "token":
            return self.token
        if parameter == "form" and str(value).startswith("edit:"):
            return "edit:" + self.codes[str(value).removeprefix("edit:")]
        if parameter == "code":
            return self.codes.get(str(value), value)
        return value if parameter == "kind" else self.numbers.get(str(value), value)


@dataclass
class Stage:
    """A portal on a database of its own, with everybody's session at hand.

    Attributes:
        container: the services.
        app: the portal.
        sessions: who → the cookie of their session.
    """

    container: Container
    app: Flask
    sessions: dict[str, str] = field(default_factory=dict)

    def client(self, who: str) -> FlaskClient:
        """A fresh browser of a person, or of a "visitor"."""
        client = self.app.test_client()
        if who == "visitor":
            return client
        if who not in self.sessions:
            self.sessions[who] = self._session_of(who)
        client.set_cookie(COOKIE, self.sessions[who])
        return client

    @property
    def file(self) -> Path:
        """The database."""
        return Path(self.container.database.url.database or "")

    @contextmanager
    def played(self) -> Iterator[None]:
        """Whatever happens within leaves the database as it was before."""
        if not self.container.database.is_sqlite:
            kept = Restorable(self.container.settings.database_url)
            try:
                yield
            finally:
                kept.restore()
            return
        with closing(sqlite3.connect(":memory:")) as before:
            with closing(sqlite3.connect(self.file)) as live:
                live.backup(before)
            try:
                yield
            finally:
                with closing(sqlite3.connect(self.file)) as live:
                    before.backup(live)

    @contextmanager
    def nothing_written(self) -> Iterator[None]:
        """Holds that no transaction within commits a change."""
        if not self.container.database.is_sqlite:
            with commits_of_changes(self.container.database.engine) as commits:
                yield
            assert commits == [], "something was saved"
            return
        with closing(sqlite3.connect(self.file)) as watch:
            before = watch.execute("PRAGMA data_version").fetchone()
            yield
            assert watch.execute("PRAGMA data_version").fetchone() == before, "something was saved"

    def _session_of(self, who: str) -> str:
        client = self.app.test_client()
        form = {"email": email_of(who), "password": PASSWORD}
        assert client.post("/account/sign-in", data=form).status_code == 303
        cookie = client.get_cookie(COOKIE)
        assert cookie is not None
        return cookie.value


@contextmanager
def opened_stage(
    template: Path, shared: Container, folder: Path, engines: Mapping[str, object] | None = None
) -> Iterator[Stage]:
    """An empty stage on a copy of the template database.

    Args:
        template: data folder with the small world.
        shared: container whose dear parts are lent.
        folder: where the copy lies.
        engines: settings that name engines, with a database that has the small world; none
            for a copy of the template.
    """
    from matchmaker.web.app import create_app

    for file in template.glob("portal.sqlite3*") if not engines else ():
        shutil.copy(file, folder)
    changes = {"data_dir": folder, **(engines or {})}
    container = Container(shared.settings.model_copy(update=changes))
    for part in ("taxonomies", "analyser", "embedder"):
        container.__dict__[part] = getattr(shared, part)
    container.__dict__["accounts"] = Accounts(container.database, container.notices, FAST_HASHER)
    app = create_app(container)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    stage = Stage(container, app)
    for who in PEOPLE:
        stage.client(who)
    yield stage
    container.close()


def build_scene(world: World) -> Scene:
    """Set the scene: entries, matches, files and background work in every state that matters."""
    entries = _entries(world)
    world.work()
    numbers = {**_matches(world, entries), **_files(world, entries)}
    numbers["edit"] = _edit(world, entries["demand"])
    world.work()
    numbers |= {**_organisations(world, entries), **_people(world)}
    numbers["question"] = _question(world, numbers["suggested"])
    numbers["job"] = _dead_job(world, entries["demand"])
    numbers |= _learned(world, entries)
    codes = {name: entry.code for name, entry in entries.items()}
    versions = {name: world.reload(entry).version for name, entry in entries.items()}
    versions["suggested"] = world.container.review.get(numbers["suggested"]).version
    return Scene(codes, numbers, versions, _reset_token(world))


def _entries(world: World) -> dict[str, Entry]:
    achievement, demand = EntryKind.ACHIEVEMENT, EntryKind.DEMAND
    found = {
        "demand": world.published("firm", demand),
        "open": world.published("university", achievement),
        "registered": world.published("university", achievement, visibility="registered"),
        "brokers": world.published("university", achievement, visibility="brokers"),
        "project": world.published("university", EntryKind.PROJECT),
        "expert": world.published("university", EntryKind.EXPERT),
        "draft": world.draft("firm", demand),
        "submitted": world.submitted("firm", demand),
    }
    return found | _off_the_way(world)


def _off_the_way(world: World) -> dict[str, Entry]:
    """Entries of the firm that were returned, rejected, withdrawn, run out or concluded."""
    firm, broker = world.actor("firm"), world.actor("broker")
    screening, steps = world.container.screening, world.container.steps
    returned, rejected = (world.submitted("firm", EntryKind.DEMAND) for _ in range(2))
    screening.return_(broker, returned.code, returned.version, {"body": Remark("vague")})
    screening.reject(broker, rejected.code, rejected.version, "duplicate", "")
    elsewhere = {"title": "羊绒分梳", "summary": "羊绒分梳。", "body": "羊绒分梳。", "keywords": []}
    withdrawn, concluded, expired = (
        world.published("firm", EntryKind.ACHIEVEMENT, **elsewhere) for _ in range(3)
    )
    steps.withdraw(firm, withdrawn.code)
    steps.conclude(firm, concluded.code)
    with world.container.database.write() as session:
        session.get_one(Entry, expired.id).status = EntryState.EXPIRED
    return {
        "returned": returned,
        "rejected": rejected,
        "withdrawn": withdrawn,
        "concluded": concluded,
        "expired": expired,
    }


def _matches(world: World, entries: Mapping[str, Entry]) -> dict[str, int]:
    """One match suggested, one approved, one introduced; the demand is the firm's in all."""
    with world.container.database.read() as session:
        rows = session.execute(
            select(Match.other_id, Match.id).where(Match.demand_id == entries["demand"].id)
        )
        by_other = {row.other_id: row.id for row in rows}
    named = {
        "suggested": by_other[entries["registered"].id],
        "held_back": by_other[entries["brokers"].id],
        "approved": by_other[entries["project"].id],
        "introduced": by_other[entries["open"].id],
    }
    review, broker = world.container.review, world.actor("broker")
    review.approve(broker, named["approved"], review.get(named["approved"]).version)
    version = review.get(named["introduced"]).version
    review.approve(broker, named["introduced"], version, at_once=True)
    return named


def _files(world: World, entries: Mapping[str, Entry]) -> dict[str, int]:
    firms, universitys = ("demand", "draft"), ("brokers", "registered")
    owners = [(name, "firm") for name in firms] + [(name, "university") for name in universitys]
    return {
        f"file_of_{name}": world.container.attachments.add(
            world.actor(who), entries[name].code, "检测报告.png", io.BytesIO(PNG)
        ).id
        for name, who in owners
    }


def _edit(world: World, demand: Entry) -> int:
    """A change of a published entry that waits for screening."""
    version = world.reload(demand).version
    changes = {"title": "高盐矿井水处理降本与盐分回用"}
    world.container.editing.save(world.actor("firm"), demand.code, changes, version)
    [edit] = world.container.screening.edits(SYSTEM)
    return edit.revision.id


def _organisations(world: World, entries: Mapping[str, Entry]) -> dict[str, int]:
    newcomer = SignUp("Newcomer", "newcomer@example.com", PASSWORD, "zh")
    pending = NewOrganisation("示例待审企业", "firm", "150603", "")
    world.container.organisations.sign_up(newcomer, pending)
    with world.container.database.read() as session:
        number = session.scalars(
            select(Organisation.id).where(Organisation.name == "示例待审企业")
        ).one()
    return {"pending": number, "organisation": entries["demand"].organisation_id}


def _people(world: World) -> dict[str, int]:
    return {
        f"person_{who}": world.actor(who).person_id or 0 for who in ("rival", "broker", "broker2")
    }


def _question(world: World, match: int) -> int:
    """A question to the university that waits for its answer."""
    with world.container.database.write() as session:
        question = ClauseQuestion(
            match_id=match,
            entry_id=session.get_one(Match, match).other_id,
            clause="蒸发系统连续运行时间不低于 3000 小时",
            asked_by_id=world.actor("broker").person_id or 0,
            asked_at=now(),
        )
        session.add(question)
        session.flush()
        return question.id


def _learned(world: World, entries: Mapping[str, Entry]) -> dict[str, int]:
    """A demand on the map of unmet ones, and weights: some live, some that could be."""
    with world.container.database.write() as session:
        keep_bundled(session).state = WeightState.FORMER
        session.flush()
        for name, state in (("7", WeightState.CANDIDATE), ("8", WeightState.LIVE)):
            session.add(weight_version(f"learned-{name}", state))
        entry_id = entries["demand"].id
        session.add(
            UnmetDemand(entry_id=entry_id, cluster=1, terms={"矿井水": 1}, mapped_on=today())
        )
    return {"cluster": 1, "receiver": entries["open"].organisation_id}


def _dead_job(world: World, entry: Entry) -> int:
    with world.container.database.write() as session:
        job = Job(
            kind=JobKind.MATCH,
            subject=entry.code,
            status=JobState.DEAD,
            not_before=now(),
            created_at=now(),
            tries=6,
            error="RuntimeError: the engine is out of order",
        )
        session.add(job)
        session.flush()
        return job.id


def _reset_token(world: World) -> str:
    world.container.accounts.request_reset(email_of("rival"))
    [letter], _ = world.container.mailing.outbox(0, 1)
    found = re.search(r"/account/reset/(\S+)", letter.body)
    assert found is not None
    return found[1]


def tomorrow(days: int = 1) -> str:
    """A day ahead as forms write it."""
    return (today() + timedelta(days=days)).isoformat()
