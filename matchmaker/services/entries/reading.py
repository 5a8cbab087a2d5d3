"""Finds entries for a person: what they may not see never leaves the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, func, or_, select, true
from sqlalchemy.orm import (
    InstrumentedAttribute,
    Session,
    selectin_polymorphic,
    selectinload,
)
from sqlalchemy.orm.strategy_options import _AbstractLoad

from matchmaker.domain.actors import Actor, Role
from matchmaker.domain.codes import parse_code
from matchmaker.domain.errors import NotFoundError
from matchmaker.domain.kinds import EntryKind, LinkRelation, Visibility
from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.policy import SHOWN_STATES, Permission, allows
from matchmaker.models import (
    Achievement,
    Attachment,
    Demand,
    Entry,
    EntryFacet,
    EntryLink,
    Event,
    Expert,
    Person,
    Project,
)
from matchmaker.models.database import Database
from matchmaker.services.counting import at_most


def visible_to(actor: Actor, entry: type[Entry] = Entry) -> ColumnElement[bool]:
    """The policy's `VIEW_ENTRY` as a condition in SQL; the two agree, which a test asserts.

    Args:
        actor: who wants to see.
        entry: the table it holds for, or an alias of it.
    """
    if actor.is_system:
        return true()
    shown = entry.status.in_(SHOWN_STATES)
    if actor.is_any(Role.BROKER, Role.OFFICIAL, Role.ADMIN):
        theirs: ColumnElement[bool] = entry.status != EntryState.DRAFT
    elif actor.signed_in:
        theirs = shown & entry.visibility.in_([Visibility.PUBLIC, Visibility.REGISTERED])
    else:
        theirs = shown & (entry.visibility == Visibility.PUBLIC)
    return or_(theirs, owned_by(actor, entry))


def behind_in_index() -> ColumnElement[bool]:
    """Shown entries of which the search index has not taken the newest version, in SQL."""
    return Entry.status.in_(SHOWN_STATES) & (Entry.indexed_version < Entry.index_version)


def owned_by(actor: Actor, entry: type[Entry] = Entry) -> ColumnElement[bool]:
    """Entries of the person's own organisations, as a condition in SQL."""
    if not actor.organisations:
        return false()
    return entry.organisation_id.in_(sorted(actor.organisations))


def in_regions_of(
    actor: Actor, role: Role, entry_id: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """Entries within the regions a role is limited to, as a condition in SQL.

    Args:
        actor: who asks.
        role: the role they act in.
        entry_id: the column that names the entry.
    """
    regions = actor.regions(role)
    if regions is None:
        return true()
    within = select(EntryFacet.entry_id).where(
        EntryFacet.name == "region", EntryFacet.value.in_(sorted(regions))
    )
    return entry_id.in_(within)


def every_kind(*, with_translations: bool = True) -> list[_AbstractLoad]:
    """Loader options that fetch the columns of each kind, and translations, in a few queries."""
    options: list[_AbstractLoad] = [
        selectin_polymorphic(Entry, [Achievement, Demand, Project, Expert])
    ]
    if with_translations:
        options.append(selectinload(Entry.translations))
    return options


@dataclass(frozen=True, slots=True)
class Linked:
    """An entry tied to another: by which relation, and whether it is the one pointed to."""

    relation: LinkRelation
    outgoing: bool
    entry: Entry


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event with the name of who did it ("" is the platform)."""

    event: Event
    actor_name: str


class EntryReading:
    """Reads entries through the policy.

    Args:
        database: where the entries are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, actor: Actor, code: str, permission: Permission | None = None) -> Entry:
        """One entry by its public code.

        Args:
            actor: who asks.
            code: as in the address.
            permission: what the person means to do with it, besides seeing it.

        Raises:
            NotFoundError: there is none, or the person may not know of it or do this to it.
        """
        with self._database.read() as session:
            return entry_for(session, actor, code, permission)

    def own(
        self,
        actor: Actor,
        *,
        kind: EntryKind | None = None,
        state: EntryState | None = None,
        offset: int = 0,
        limit: int = 20,
    ) -> tuple[list[Entry], int]:
        """A page of the entries of the person's organisations, last changed first, and how many."""
        conditions = [owned_by(actor)]
        if kind is not None:
            conditions.append(Entry.kind == kind)
        if state is not None:
            conditions.append(Entry.status == state)
        with self._database.read() as session:
            total = at_most(session, select(Entry.id).where(*conditions))
            rows = session.scalars(
                select(Entry)
                .where(*conditions)
                .order_by(Entry.updated_at.desc(), Entry.id.desc())
                .offset(offset)
                .limit(limit)
                .options(*every_kind(with_translations=False))
            )
            return list(rows), total

    def own_counts(self, actor: Actor) -> Mapping[EntryState, int]:
        """How many entries of the person's organisations stand in each state."""
        with self._database.read() as session:
            rows = session.execute(
                select(Entry.status, func.count()).where(owned_by(actor)).group_by(Entry.status)
            )
            return {row[0]: row[1] for row in rows}

    def newest(self, actor: Actor, kind: EntryKind, limit: int) -> list[Entry]:
        """The entries of a kind published last that the person may see."""
        with self._database.read() as session:
            return list(
                session.scalars(
                    select(Entry)
                    .where(
                        Entry.kind == kind,
                        Entry.status == EntryState.PUBLISHED,
                        visible_to(actor),
                    )
                    .order_by(Entry.published_at.desc(), Entry.id.desc())
                    .limit(limit)
                    .options(*every_kind())
                )
            )

    def counts(self, actor: Actor) -> Mapping[EntryKind, int]:
        """How many published entries of each kind the person may see."""
        with self._database.read() as session:
            rows = session.execute(
                select(Entry.kind, func.count())
                .where(Entry.status == EntryState.PUBLISHED, visible_to(actor))
                .group_by(Entry.kind)
            )
            found = {row[0]: row[1] for row in rows}
        return {kind: found.get(kind, 0) for kind in EntryKind}

    def of_organisation(self, actor: Actor, organisation_id: int, limit: int = 50) -> list[Entry]:
        """What an organisation has published that the person may see."""
        with self._database.read() as session:
            return list(
                session.scalars(
                    select(Entry)
                    .where(
                        Entry.organisation_id == organisation_id,
                        Entry.status == EntryState.PUBLISHED,
                        visible_to(actor),
                    )
                    .order_by(Entry.kind, Entry.published_at.desc())
                    .limit(limit)
                    .options(*every_kind())
                )
            )

    def linked(self, actor: Actor, entry_id: int) -> list[Linked]:
        """The entries tied to one, as far as the person may see them."""
        with self._database.read() as session:
            links = session.scalars(
                select(EntryLink).where(
                    or_(EntryLink.from_id == entry_id, EntryLink.to_id == entry_id)
                )
            ).all()
            ends = {link.to_id if link.from_id == entry_id else link.from_id for link in links}
            rows = session.scalars(
                select(Entry)
                .where(Entry.id.in_(ends), visible_to(actor))
                .options(*every_kind(with_translations=True))
            )
            entries = {entry.id: entry for entry in rows}
        return [
            Linked(link.relation, link.from_id == entry_id, entries[other])
            for link in links
            if (other := link.to_id if link.from_id == entry_id else link.from_id) in entries
        ]

    def history(self, actor: Actor, code: str) -> list[HistoryLine]:
        """Who did what to an entry, newest first.

        Raises:
            NotFoundError: the person may not read this entry's history.
        """
        with self._database.read() as session:
            entry = entry_for(session, actor, code, Permission.VIEW_HISTORY)
            rows = session.execute(
                select(Event, Person.name)
                .outerjoin(Person, Person.id == Event.actor_id)
                .where(Event.subject_type == "entry", Event.subject_id == entry.id)
                .order_by(Event.id.desc())
                .limit(500)
            )
            return [HistoryLine(event, name or "") for event, name in rows]

    def attachments(self, entry_id: int) -> list[Attachment]:
        """The files of an entry that was read through the policy before."""
        with self._database.read() as session:
            return list(
                session.scalars(
                    select(Attachment)
                    .where(Attachment.entry_id == entry_id, Attachment.removed_at.is_(None))
                    .order_by(Attachment.id)
                )
            )


def entry_for(
    session: Session,
    actor: Actor,
    code: str,
    permission: Permission | None = None,
    *,
    lock: bool = False,
) -> Entry:
    """One entry by its public code, for a person, in the caller's unit of work.

    Args:
        session: the unit of work.
        actor: who asks.
        code: public code.
        permission: what the person means to do with it, besides seeing it.
        lock: hold the row until the unit ends.

    Raises:
        NotFoundError: there is none, or the person may not know of it or do this to it.
    """
    parsed = parse_code(code)
    if parsed is None:
        raise NotFoundError("no_entry", entry=code[:40])
    query = select(Entry).where(Entry.code == str(parsed), visible_to(actor))
    if lock:
        query = query.with_for_update(of=Entry)
    entry: Entry | None = session.scalar(query.options(*every_kind()))
    if entry is None or (permission and not allows(actor, permission, entry.scope)):
        raise NotFoundError("no_entry", entry=str(parsed))
    return entry


def ids_visible(session: Session, actor: Actor, ids: Iterable[int]) -> set[int]:
    """Those of `ids` that the person may see."""
    return set(session.scalars(select(Entry.id).where(Entry.id.in_(set(ids)), visible_to(actor))))
