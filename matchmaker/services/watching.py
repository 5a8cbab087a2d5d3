"""Where nothing fits yet: the nearest miss of an entry, and people who watch for a match."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from matchmaker.domain.actors import Actor, Role, member_of
from matchmaker.domain.calendar import now
from matchmaker.domain.errors import InvalidInputError, Problem
from matchmaker.domain.kinds import Visibility
from matchmaker.domain.levels import Level
from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.policy import Permission, allows
from matchmaker.matching.explain import Explanation, explain
from matchmaker.matching.payload import from_payload, to_payload
from matchmaker.models import Entry, Membership, NearestMiss, Person, Watch
from matchmaker.models.database import Database
from matchmaker.services.assessing import Pair
from matchmaker.services.entries.reading import entry_for, every_kind, visible_to
from matchmaker.services.notices import Notices

LEVELS = (Level.WEAK, Level.FAIR)
"""From which level on one can ask to be told."""


@dataclass(frozen=True, slots=True)
class Miss:
    """The best pair below the weakest match, as the owner of one side may see it.

    Attributes:
        mine: the reader's own entry.
        theirs: the other one, which they may read.
        told: what the two texts agree in, and what is missing.
    """

    mine: Entry
    theirs: Entry
    told: Explanation


@dataclass(frozen=True, slots=True)
class Found:
    """A match that was stored: the pair, and the level it had before, if it was there."""

    pair: Pair
    before: Level | None


class Watching:
    """Use cases of watches and nearest misses.

    Args:
        database: where they are.
        notices: tells who watches.
    """

    def __init__(self, database: Database, notices: Notices) -> None:
        self._database = database
        self._notices = notices

    def watch(self, actor: Actor, code: str, level: str) -> Watch:
        """Be told when an own entry meets something at `level` or better; replaces a former wish.

        Raises:
            NotFoundError: no such entry of the person's organisation.
            InvalidInputError: the level is none of `LEVELS`.
        """
        if level not in LEVELS:
            raise InvalidInputError([Problem("level", "unknown_choice", {"value": level[:40]})])
        with self._database.write() as session:
            entry = entry_for(session, actor, code, Permission.KEEP_ENTRY, lock=True)
            watch = _watch_of(session, actor, entry) or Watch(
                entry_id=entry.id, person_id=actor.person_id, created_at=now()
            )
            watch.level = Level(level)
            session.add(watch)
        return watch

    def stop(self, actor: Actor, code: str) -> None:
        """Be told no more; without a watch nothing happens.

        Raises:
            NotFoundError: no such entry of the person's organisation.
        """
        with self._database.write() as session:
            entry = entry_for(session, actor, code, Permission.KEEP_ENTRY)
            watch = _watch_of(session, actor, entry)
            if watch is not None:
                session.delete(watch)

    def of(self, actor: Actor, entry: Entry) -> Watch | None:
        """The person's watch of an entry they may keep."""
        with self._database.read() as session:
            return _watch_of(session, actor, entry)

    def nearest(self, actor: Actor, entry: Entry) -> Miss | None:
        """The nearest miss of an own entry, while the other one is published and open to them."""
        with self._database.read() as session:
            theirs = select(Entry.id).where(visible_to(actor), Entry.status == EntryState.PUBLISHED)
            miss = session.scalar(
                select(NearestMiss)
                .where(NearestMiss.entry_id == entry.id, NearestMiss.partner_id.in_(theirs))
                .options(selectinload(NearestMiss.partner).options(*every_kind()))
            )
        if miss is None:
            return None
        return Miss(entry, miss.partner, explain(from_payload(miss.assessment)))

    def note_miss(self, session: Session, entry: Entry, pairs: Iterable[Pair]) -> None:
        """Keep the best of `pairs` that members may read about; forget the one before.

        Args:
            session: the unit that stores the entry's matches.
            entry: whose pairs they are.
            pairs: all that were judged, best first; none is kept while one of them is a match.
        """
        judged = list(pairs)
        held = session.get(NearestMiss, entry.id)
        fits = any(pair.assessment.level.reaches(Level.WEAK) for pair in judged)
        best = None if fits else next(filter(_worth_telling, judged), None)
        if held is not None and best is None:
            session.delete(held)
        if best is None:
            return
        row = held or NearestMiss(entry_id=entry.id)
        row.partner_id = best.other.id if best.demand.id == entry.id else best.demand.id
        row.assessment, row.computed_at = to_payload(best.assessment), now()
        session.add(row)

    def tell(self, session: Session, found: Iterable[Found]) -> None:
        """Tell those who watch either end of the matches that now reach what they wait for.

        Whoever may not know of a match before its introduction is not told of it here.
        """
        risen = [
            (mine, theirs, held)
            for held in found
            for mine, theirs in (
                (held.pair.demand, held.pair.other),
                (held.pair.other, held.pair.demand),
            )
            if _may_know(mine, theirs)
        ]
        watches = _watches_of(session, {mine.id for mine, _, _ in risen})
        for mine, _, held in risen:
            for watch in watches:
                if watch.entry_id == mine.id and _rises(held, watch.level):
                    params = {"code": mine.code, "title": mine.title}
                    self._notices.to_people(session, [watch.person], "watch_found", params)


def _watch_of(session: Session, actor: Actor, entry: Entry) -> Watch | None:
    return session.scalar(
        select(Watch).where(Watch.entry_id == entry.id, Watch.person_id == actor.person_id)
    )


def _watches_of(session: Session, entry_ids: set[int]) -> list[Watch]:
    """Watches of people who still belong to the organisation of the entry."""
    if not entry_ids:
        return []
    still = (
        select(Membership.id)
        .join(Entry, Entry.organisation_id == Membership.organisation_id)
        .where(
            Entry.id == Watch.entry_id,
            Membership.person_id == Watch.person_id,
            Membership.role == Role.MEMBER,
            Membership.active,
        )
    )
    query = (
        select(Watch)
        .join(Person, Person.id == Watch.person_id)
        .where(Watch.entry_id.in_(entry_ids), Person.active, still.exists())
        .order_by(Watch.id)
        .options(selectinload(Watch.person))
    )
    return list(session.scalars(query))


def _rises(found: Found, level: Level) -> bool:
    """Whether a match reaches a level that it did not reach before."""
    reached_before = found.before is not None and found.before.reaches(level)
    return found.pair.assessment.level.reaches(level) and not reached_before


def _may_know(mine: Entry, theirs: Entry) -> bool:
    return allows(member_of(mine.organisation_id), Permission.VIEW_ENTRY, theirs.scope)


def _worth_telling(pair: Pair) -> bool:
    """Whether both sides' members may read of a pair, and their texts agree in something."""
    open_to_members = all(
        entry.visibility is not Visibility.BROKERS for entry in (pair.demand, pair.other)
    )
    return open_to_members and pair.assessment.agreement > 0
