"""Fills a portal with sample organisations, entries and accounts; a second time changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from matchmaker.domain.actors import SYSTEM, Role
from matchmaker.domain.calendar import now
from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.policy import SHOWN_STATES
from matchmaker.models import (
    Entry,
    EntryLink,
    Event,
    Membership,
    Organisation,
    Person,
)
from matchmaker.models.database import Database
from matchmaker.services.accounts import Accounts, SignUp
from matchmaker.services.entries.derived import Deriver
from matchmaker.services.entries.editing import set_links
from matchmaker.services.entries.reading import every_kind
from matchmaker.services.recording import record
from matchmaker.services.seed_files import FOLDER, SeedEntry, SeedOrganisation, read_seed
from matchmaker.services.seed_rows import (
    new_entry,
    new_organisation,
    write_entry,
    write_organisation,
)
from matchmaker.services.taxonomies import Taxonomies

SAMPLE_PASSWORD = "sample-2026-portal"


@dataclass(frozen=True, slots=True)
class SampleAccount:
    """Somebody to sign in as: address, name, role, and key of the organisation."""

    email: str
    name: str
    role: Role
    organisation: str


SAMPLE_ACCOUNTS = (
    SampleAccount("firm@example.org", "示例企业用户", Role.MEMBER, "s-coal"),
    SampleAccount("university@example.org", "示例高校用户", Role.MEMBER, "imut"),
    SampleAccount("firm2@example.org", "示例企业用户二", Role.MEMBER, "s-water"),
    SampleAccount("broker@example.org", "示例技术经纪人", Role.BROKER, "s-broker"),
    SampleAccount("broker2@example.org", "示例技术经纪人二", Role.BROKER, "s-broker"),
    SampleAccount("official@example.org", "示例科技局用户", Role.OFFICIAL, "k-bureau"),
    SampleAccount("admin@example.org", "示例管理员", Role.ADMIN, "k-bureau"),
)


@dataclass(slots=True)
class Tally:
    """What became of the records of one sort; `kept` were edited by people and left alone."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True)
class SeedReport:
    """What a load did."""

    organisations: Tally
    entries: Tally
    accounts: Tally

    @property
    def changed_anything(self) -> bool:
        """Whether any row was added or changed."""
        tallies = (self.organisations, self.entries, self.accounts)
        return any(tally.added or tally.changed for tally in tallies)

    @property
    def changed_entries(self) -> bool:
        """Whether the index has to follow."""
        return bool(self.entries.added or self.entries.changed or self.organisations.changed)


class Seeding:
    """Loads `seed_data/`.

    Args:
        database: where to.
        accounts: adds the people.
        taxonomies: to check codes.
        deriver: facets and n-grams of the entries.
        folder: where the files lie.
    """

    def __init__(
        self,
        database: Database,
        accounts: Accounts,
        taxonomies: Taxonomies,
        deriver: Deriver,
        folder: Path = FOLDER,
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._taxonomies = taxonomies
        self._deriver = deriver
        self._folder = folder

    def is_empty(self) -> bool:
        """Whether the portal holds no organisation yet, as on its first start."""
        with self._database.read() as session:
            return not session.scalar(select(func.count(Organisation.id)))

    def load(self, with_accounts: bool) -> SeedReport:
        """Bring organisations, entries and accounts to what the files say, in one transaction.

        What a person has touched since stays as it is. No job is queued: rebuild the index and
        match everything afterwards.

        Args:
            with_accounts: whether to add the sample accounts, whose password everybody knows.

        Raises:
            ConfigurationError: the files are wrong; nothing was loaded.
        """
        seed = read_seed(self._taxonomies, self._folder)
        report = SeedReport(Tally(), Tally(), Tally())
        with self._database.write() as session, session.no_autoflush:
            organisations = _load_organisations(session, seed.organisations, report.organisations)
            self._load_entries(session, seed.entries, organisations, report.entries)
            if with_accounts:
                self._load_accounts(session, organisations, report.accounts)
        return report

    def _load_entries(
        self,
        session: Session,
        seeds: tuple[SeedEntry, ...],
        organisations: dict[str, Organisation],
        tally: Tally,
    ) -> None:
        held = _held_entries(session)
        touched = _touched(session, "entry")
        added, entries = [], {}
        for seed in seeds:
            entry = held.get(seed.key)
            if entry is None:
                entry = new_entry(session, seed, organisations[seed.organisation])
                self._deriver.refresh(entry)
                added.append(entry)
            elif entry.id in touched:
                tally.kept += 1
                continue
            else:
                self._update(session, entry, seed, organisations[seed.organisation], tally)
            entries[seed.key] = entry
        session.flush()
        for entry in added:
            _record_arrival(session, entry)
        tally.added += len(added)
        _load_links(session, seeds, entries, held)

    def _update(
        self,
        session: Session,
        entry: Entry,
        seed: SeedEntry,
        organisation: Organisation,
        tally: Tally,
    ) -> None:
        changes = write_entry(entry, seed, organisation)
        if not changes:
            tally.unchanged += 1
            return
        tally.changed += 1
        entry.updated_at = now()
        entry.index_version += entry.status in SHOWN_STATES
        self._deriver.refresh(entry)
        record(session, SYSTEM, entry, "edit", changes=changes)

    def _load_accounts(
        self, session: Session, organisations: dict[str, Organisation], tally: Tally
    ) -> None:
        known = set(session.scalars(select(Person.email)))
        missing = [account for account in SAMPLE_ACCOUNTS if account.email not in known]
        tally.unchanged += len(SAMPLE_ACCOUNTS) - len(missing)
        password_hash = ""
        for account in missing:
            person = self._add_person(session, account, password_hash)
            password_hash = person.password_hash
            session.add(
                Membership(
                    person_id=person.id,
                    organisation_id=organisations[account.organisation].id,
                    role=account.role,
                    created_at=now(),
                )
            )
            tally.added += 1

    def _add_person(self, session: Session, account: SampleAccount, password_hash: str) -> Person:
        """Hashing takes long on purpose, and these passwords are no secret: one hash serves all."""
        if not password_hash:
            sign_up = SignUp(account.name, account.email, SAMPLE_PASSWORD, "zh")
            return self._accounts.create(session, sign_up, sample=True)
        person = Person(
            email=account.email,
            name=account.name,
            password_hash=password_hash,
            language="zh",
            sample=True,
            created_at=now(),
        )
        session.add(person)
        session.flush()
        record(session, SYSTEM, person, "create")
        return person


def _load_organisations(
    session: Session, seeds: tuple[SeedOrganisation, ...], tally: Tally
) -> dict[str, Organisation]:
    held = _held_organisations(session)
    touched = _touched(session, "organisation")
    added = []
    for seed in seeds:
        organisation = held.get(seed.key)
        if organisation is None:
            held[seed.key] = new_organisation(session, seed)
            added.append(held[seed.key])
        elif organisation.id in touched:
            tally.kept += 1
        elif changes := write_organisation(organisation, seed):
            tally.changed += 1
            record(session, SYSTEM, organisation, "edit", changes=changes)
        else:
            tally.unchanged += 1
    session.flush()
    for organisation in added:
        record(session, SYSTEM, organisation, "create")
    tally.added += len(added)
    return held


def _held_organisations(session: Session) -> dict[str, Organisation]:
    query = select(Organisation).where(Organisation.key.is_not(None))
    rows = session.scalars(query.options(selectinload(Organisation.qualifications)))
    return {str(row.key): row for row in rows}


def _held_entries(session: Session) -> dict[str, Entry]:
    query = select(Entry).where(Entry.seed_key.is_not(None))
    rows = session.scalars(query.options(*every_kind(), selectinload(Entry.facets)))
    return {str(row.seed_key): row for row in rows}


def _touched(session: Session, subject_type: str) -> set[int]:
    """Records of a sort that a person has changed."""
    query = select(Event.subject_id).where(
        Event.subject_type == subject_type, Event.actor_id.is_not(None)
    )
    return set(session.scalars(query))


def _record_arrival(session: Session, entry: Entry) -> None:
    action = "publish" if entry.status is EntryState.PUBLISHED else "submit"
    changes = {"status": ("", str(entry.status))}
    record(session, SYSTEM, entry, action, changes=changes)


def _load_links(
    session: Session,
    seeds: tuple[SeedEntry, ...],
    entries: dict[str, Entry],
    held: dict[str, Entry],
) -> None:
    numbers = {key: entry.id for key, entry in {**held, **entries}.items()}
    ties: dict[tuple[int, str], set[int]] = {}
    for link in session.scalars(select(EntryLink)):
        ties.setdefault((link.from_id, link.relation), set()).add(link.to_id)
    for seed in seeds:
        if seed.key not in entries:
            continue
        for relation, keys in seed.links.items():
            wanted = {numbers[key] for key in keys}
            if wanted != ties.get((numbers[seed.key], relation), set()):
                set_links(session, numbers[seed.key], relation, wanted)
