"""The sample data: loaded once, the same the second time, and honest about mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest
import yaml
from sqlalchemy import func, select

from matchmaker.bootstrap import Container
from matchmaker.domain.actors import SYSTEM, Actor, Role
from matchmaker.domain.calendar import now
from matchmaker.domain.errors import ConfigurationError
from matchmaker.domain.lifecycles import EntryState
from matchmaker.migrations import upgrade
from matchmaker.models import (
    Achievement,
    Entry,
    EntryLink,
    Event,
    Job,
    Organisation,
    Person,
    Project,
)
from matchmaker.services.accounts import Accounts
from matchmaker.services.recording import record
from matchmaker.services.seed_files import read_seed
from matchmaker.services.seeding import SAMPLE_ACCOUNTS, SAMPLE_PASSWORD, Seeding
from tests.conftest import settings_for
from tests.support.world import FAST_HASHER

ORGANISATION = {
    "key": "s-one",
    "name": "示例一号公司（示例）",
    "kind": "firm",
    "region": "150603",
    "qualifications": [{"kind": "hi_tech", "granted_on": date(2025, 1, 1)}],
}
CONTACT = {"name": "办公室（示例）", "phone": "000-0000-0000"}
COMMON = {
    "organisation": "s-one",
    "summary": "一句话说明。",
    "body": "正文。",
    "fields": ["water.mine"],
    "region": "150603",
    "valid_until": date(2031, 1, 31),
    "confirmed_on": date(2026, 11, 2),
    "contact": CONTACT,
}
PROJECT = {
    **COMMON,
    "key": "proj-one",
    "title": "示例项目",
    "programme": "示例计划",
    "programme_level": "city",
    "phase": "acceptance",
    "partners": ["s-one"],
    "funding_yuan": 120000,
}
ACHIEVEMENT = {
    **COMMON,
    "key": "one",
    "title": "示例成果",
    "stage": "pilot",
    "transfer_modes": ["licence"],
    "price_yuan": 88.5,
    "project": "proj-one",
    "translations": {"en": {"title": "A sample", "keywords": ["water"]}},
}


class Folder:
    """Sample data in a folder that a test changes."""

    def __init__(self, path: Path, portal: Container) -> None:
        self.path = path
        self.portal = portal
        self.organisation, self.project = dict(ORGANISATION), dict(PROJECT)
        self.achievement = dict(ACHIEVEMENT)

    def seeding(self) -> Seeding:
        parts = {
            "organisations.yaml": [self.organisation],
            "projects/all.yaml": [self.project],
            "achievements/all.yaml": [self.achievement],
        }
        for name, rows in parts.items():
            target = self.path / name
            target.parent.mkdir(exist_ok=True)
            target.write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")
        portal = self.portal
        return Seeding(
            portal.database, portal.accounts, portal.taxonomies, portal.deriver, self.path
        )

    def entry(self, key: str) -> Entry:
        with self.portal.database.read() as session:
            return session.scalars(select(Entry).where(Entry.seed_key == key)).one()


@pytest.fixture
def empty(shared: Container, tmp_path: Path) -> Iterator[Container]:
    built = Container(settings_for(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    for part in ("taxonomies", "analyser", "embedder"):
        built.__dict__[part] = getattr(shared, part)
    built.__dict__["accounts"] = Accounts(built.database, built.notices, FAST_HASHER)
    upgrade(built.database)
    yield built
    built.close()


@pytest.fixture
def folder(empty: Container, tmp_path: Path) -> Folder:
    (tmp_path / "files").mkdir()
    return Folder(tmp_path / "files", empty)


def rows_of(portal: Container) -> dict[str, int | None]:
    with portal.database.read() as session:
        return {
            model.__tablename__: session.scalar(select(func.count()).select_from(model))
            for model in (Organisation, Entry, EntryLink, Event, Person, Job)
        }


def test_the_real_sample_data_loads_whole_and_a_second_time_changes_nothing(
    empty: Container,
) -> None:
    first = empty.seeding.load(with_accounts=True)
    before = rows_of(empty)
    second = empty.seeding.load(with_accounts=True)
    assert first.entries.added == len(read_seed(empty.taxonomies).entries)
    assert first.changed_anything
    assert not second.changed_anything
    assert not second.changed_entries
    assert rows_of(empty) == before


def test_a_portal_is_empty_until_the_samples_are_loaded(empty: Container) -> None:
    assert empty.seeding.is_empty()
    empty.seeding.load(with_accounts=False)
    assert not empty.seeding.is_empty()


def test_samples_are_published_in_the_past_and_wait_for_no_job(folder: Folder) -> None:
    folder.seeding().load(with_accounts=False)
    entry = folder.entry("one")
    assert entry.sample
    assert entry.status is EntryState.PUBLISHED
    assert entry.published_at is not None
    assert entry.published_at < now()
    assert entry.index_version == 1
    assert rows_of(folder.portal)["jobs"] == 0


def test_amounts_become_fen_partners_names_and_references_links(folder: Folder) -> None:
    folder.seeding().load(with_accounts=False)
    with folder.portal.database.read() as session:
        achievement = session.scalars(select(Achievement)).one()
        project = session.scalars(select(Project)).one()
        link = session.scalars(select(EntryLink)).one()
    assert achievement.price == 8850
    assert project.funding == 12_000_000
    assert project.partners == ["示例一号公司（示例）"]
    assert (link.from_id, link.to_id) == (achievement.id, project.id)


def test_codes_follow_the_order_of_the_files(empty: Container) -> None:
    empty.seeding.load(with_accounts=False)
    with empty.database.read() as session:
        pairs = session.execute(select(Entry.seed_key, Entry.code).order_by(Entry.code)).all()
    wanted = [seed.key for seed in read_seed(empty.taxonomies).entries]
    for prefix in ("CG", "XQ", "XM", "ZJ"):
        loaded = [key for key, code in pairs if code.startswith(prefix)]
        assert loaded == [key for key in wanted if key in set(loaded)]


def test_what_the_files_change_is_changed_and_indexed_anew(folder: Folder) -> None:
    folder.seeding().load(with_accounts=False)
    folder.achievement["title"] = "改过的标题"
    folder.achievement["translations"] = {"en": {"title": "Meadow", "keywords": ["water"]}}
    report = folder.seeding().load(with_accounts=False)
    entry = folder.entry("one")
    assert (report.entries.changed, report.entries.unchanged) == (1, 1)
    assert entry.title == "改过的标题"
    assert " meadow " in entry.search_grams
    assert entry.index_version == 2


def test_what_a_person_changed_is_left_alone(folder: Folder) -> None:
    folder.seeding().load(with_accounts=False)
    with folder.portal.database.write() as session:
        entry = session.scalars(select(Achievement)).one()
        person = Person(email="a@b.cn", name="甲", password_hash="", created_at=now())
        session.add(person)
        session.flush()
        entry.title = "本人改的"
        record(session, Actor(person.id, "甲"), entry, "edit")
    folder.achievement["title"] = "文件改的"
    report = folder.seeding().load(with_accounts=False)
    assert report.entries.kept == 1
    assert folder.entry("one").title == "本人改的"


def test_sample_accounts_can_sign_in_with_their_roles(empty: Container) -> None:
    empty.seeding.load(with_accounts=True)
    found = {}
    for account in SAMPLE_ACCOUNTS:
        person = empty.accounts.authenticate(account.email, SAMPLE_PASSWORD)
        assert person is not None
        actor = empty.accounts.actor(person.id, person.session_epoch)
        assert actor is not None
        found[account.email] = actor.roles
    assert found["firm@example.org"] == {Role.MEMBER}
    assert found["broker2@example.org"] == {Role.BROKER}
    assert found["admin@example.org"] == {Role.ADMIN}


def test_no_account_comes_where_none_is_wanted(empty: Container) -> None:
    empty.seeding.load(with_accounts=False)
    assert not empty.accounts.has_samples()


def test_some_samples_wait_for_a_broker(empty: Container) -> None:
    empty.seeding.load(with_accounts=False)
    waiting, total = empty.screening.queue(SYSTEM)
    assert total >= 3
    assert all(entry.sample and entry.published_at is None for entry in waiting)


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("title", "", "one: title: required"),
        ("fields", ["water.nowhere"], "one: fields: "),
        ("colour", "blue", "one: colour: no such field"),
        ("project", "proj-none", "one: outcome_of: no such key: proj-none"),
        ("organisation", "nobody", "one: organisation: no such key: nobody"),
        ("key", "proj-one", "proj-one: key: used twice"),
    ],
)
def test_a_mistake_names_its_entry_and_field_and_loads_nothing(
    folder: Folder, name: str, value: object, complaint: str
) -> None:
    folder.achievement[name] = value
    with pytest.raises(ConfigurationError, match=complaint):
        folder.seeding().load(with_accounts=False)
    assert rows_of(folder.portal)["organisations"] == 0


def test_a_report_can_be_printed_as_data(folder: Folder) -> None:
    report = folder.seeding().load(with_accounts=False)
    assert asdict(report)["entries"] == {"added": 2, "changed": 0, "unchanged": 0, "kept": 0}
