"""Lists of published entries that are not a search: what closes soon, an organisation's, all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import selectinload

from matchmaker.domain.actors import VISITOR, Actor
from matchmaker.domain.calendar import today
from matchmaker.domain.kinds import EntryKind, OrganisationKind, OrganisationStatus
from matchmaker.domain.lifecycles import EntryState
from matchmaker.models import Demand, Entry, Organisation
from matchmaker.models.database import Database
from matchmaker.services.entries.reading import every_kind, visible_to

#: A sitemap may hold 50,000 addresses; each entry stands in it once a language.
MOST_ADDRESSES = 20_000


@dataclass(frozen=True, slots=True)
class Listed:
    """A public entry as a sitemap names it: its code and when it last changed."""

    code: str
    updated_at: datetime


class Catalogue:
    """Reads published entries through the policy, in the database alone.

    Args:
        database: where the entries are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def closing_soon(self, actor: Actor, limit: int) -> list[Demand]:
        """Open demands that the person may see: nearest deadline first, those without one last."""
        shown = select(Demand).where(_shown(actor)).options(selectinload(Demand.translations))
        dated = shown.where(Demand.deadline >= today()).order_by(Demand.deadline, Demand.id)
        undated = shown.where(Demand.deadline.is_(None)).order_by(Demand.id)
        with self._database.read() as session:
            # Two questions: a condition with "or" would keep both from their index.
            found = list(session.scalars(dated.limit(limit)))
            if len(found) < limit:
                found += session.scalars(undated.limit(limit - len(found)))
            return found

    def of_organisation(
        self, actor: Actor, organisation_id: int, kind: EntryKind, offset: int, limit: int
    ) -> list[Entry]:
        """A page of what an organisation published of one kind, newest first."""
        with self._database.read() as session:
            rows = session.scalars(
                select(Entry)
                .where(Entry.organisation_id == organisation_id, Entry.kind == kind, _shown(actor))
                .order_by(Entry.published_at.desc(), Entry.id.desc())
                .offset(offset)
                .limit(limit)
                .options(*every_kind())
            )
            return list(rows)

    def published_by(
        self, actor: Actor, organisations: Collection[int]
    ) -> Mapping[int, Mapping[EntryKind, int]]:
        """How many entries of each kind these organisations published that the person may see."""
        query = (
            select(Entry.organisation_id, Entry.kind, func.count())
            .where(Entry.organisation_id.in_(organisations), _shown(actor))
            .group_by(Entry.organisation_id, Entry.kind)
        )
        found: dict[int, dict[EntryKind, int]] = {number: {} for number in organisations}
        with self._database.read() as session:
            for organisation_id, kind, number in session.execute(query):
                found[organisation_id][kind] = number
        return found

    def organisation_kinds(self) -> Mapping[OrganisationKind, int]:
        """How many approved organisations there are of each kind."""
        query = (
            select(Organisation.kind, func.count())
            .where(Organisation.status == OrganisationStatus.ACTIVE)
            .group_by(Organisation.kind)
        )
        with self._database.read() as session:
            found = {row[0]: row[1] for row in session.execute(query)}
        return {kind: found[kind] for kind in OrganisationKind if kind in found}

    def public_entries(self) -> list[Listed]:
        """All entries everybody may see, last changed first, at most `MOST_ADDRESSES`."""
        query = (
            select(Entry.code, Entry.updated_at)
            .where(_shown(VISITOR))
            .order_by(Entry.updated_at.desc(), Entry.id.desc())
            .limit(MOST_ADDRESSES)
        )
        with self._database.read() as session:
            return [Listed(code, moment) for code, moment in session.execute(query)]

    def organisation_numbers(self) -> list[int]:
        """The numbers of all approved organisations."""
        query = select(Organisation.id).where(Organisation.status == OrganisationStatus.ACTIVE)
        with self._database.read() as session:
            return list(session.scalars(query.order_by(Organisation.id)))


def _shown(actor: Actor) -> ColumnElement[bool]:
    return (Entry.status == EntryState.PUBLISHED) & visible_to(actor)
