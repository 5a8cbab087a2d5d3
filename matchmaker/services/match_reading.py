"""Matches as a member sees them: as much of the other side as the state allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, or_, select, union
from sqlalchemy.orm import Session, aliased, selectinload

from matchmaker.domain.actors import Actor
from matchmaker.domain.disclosure import Part, disclosed
from matchmaker.domain.lifecycles import EntryState, MatchState
from matchmaker.domain.policy import Permission
from matchmaker.domain.work import JobKind, JobState
from matchmaker.models import Entry, Job, Match
from matchmaker.models.database import Database
from matchmaker.services.counting import at_most
from matchmaker.services.entries.reading import (
    entry_for,
    every_kind,
    ids_visible,
    visible_to,
)

_STEPS = (JobKind.EMBED, JobKind.INDEX, JobKind.MATCH)


@dataclass(frozen=True, slots=True)
class MatchView:
    """A match as one side sees it.

    Attributes:
        match: the match.
        mine: the reader's own entry.
        theirs: the other entry, or None where it is held back for now.
        parts: what of the match is shown.
    """

    match: Match
    mine: Entry
    theirs: Entry | None
    parts: frozenset[Part]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a published entry has come on its way to its matches.

    Attributes:
        status: where the entry stands.
        steps: (job kind, "waiting" | "running" | "done" | "failed") in their order.
        matches: how many are shown to its side so far.
    """

    status: EntryState
    steps: tuple[tuple[str, str], ...]
    matches: int

    @property
    def failed(self) -> bool:
        """Whether a step was given up."""
        return any(state == "failed" for _, state in self.steps)

    @property
    def done(self) -> bool:
        """Whether nothing more is coming by itself."""
        return all(state == "done" for _, state in self.steps)


class MatchReading:
    """Reads matches through disclosure.

    Args:
        database: where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_entry(self, actor: Actor, code: str) -> list[MatchView]:
        """The matches of an entry of the person's own organisation, best first.

        Raises:
            NotFoundError: no such entry for this person.
        """
        with self._database.read() as session:
            entry = entry_for(session, actor, code, Permission.VIEW_MATCHES)
            matches = session.scalars(
                _listed(actor, or_(Match.demand_id == entry.id, Match.other_id == entry.id))
                .order_by(Match.score.desc())
                .limit(50)
            ).all()
            return self._views(session, actor, list(matches), {entry.id})

    def of_organisations(
        self, actor: Actor, offset: int = 0, limit: int = 20
    ) -> tuple[list[MatchView], int]:
        """Matches of all entries of the person's organisations, best first, and how many."""
        own = sorted(actor.organisations)
        with self._database.read() as session:
            mine = Match.id.in_(matches_of(own))
            total = at_most(session, _known_to(actor, mine))
            matches = session.scalars(
                _listed(actor, mine)
                .order_by(Match.score.desc(), Match.id)
                .offset(offset)
                .limit(limit)
            ).all()
            ends = {number for match in matches for number in (match.demand_id, match.other_id)}
            owned = set(
                session.scalars(
                    select(Entry.id).where(Entry.id.in_(ends), Entry.organisation_id.in_(own))
                )
            )
            return self._views(session, actor, list(matches), owned), total

    def progress(self, actor: Actor, code: str) -> Progress:
        """How far an entry has come.

        Raises:
            NotFoundError: no such entry for this person.
        """
        with self._database.read() as session:
            entry = entry_for(session, actor, code, Permission.VIEW_MATCHES)
            jobs = session.execute(
                select(Job.kind, Job.status).where(
                    Job.subject == code, Job.status != JobState.DONE, Job.kind.in_(_STEPS)
                )
            )
            states = {row[0]: row[1] for row in jobs}
            own = or_(Match.demand_id == entry.id, Match.other_id == entry.id)
            number = at_most(session, _known_to(actor, own))
        return Progress(entry.status, _steps(entry, states), number)

    @staticmethod
    def _views(
        session: Session, actor: Actor, matches: list[Match], own: set[int]
    ) -> list[MatchView]:
        ends = {number for match in matches for number in (match.demand_id, match.other_id)}
        readable = ids_visible(session, actor, ends)
        session.scalars(select(Entry).where(Entry.id.in_(ends)).options(*every_kind())).all()
        views = []
        for match in matches:
            mine, theirs = match.demand, match.other
            if mine.id not in own:
                mine, theirs = theirs, mine
            parts = disclosed(match.state, may_read_other=theirs.id in readable)
            if Part.EXISTENCE in parts:
                views.append(MatchView(match, mine, theirs if Part.ENTRY in parts else None, parts))
        return views


def matches_of(organisations: Sequence[int]) -> CompoundSelect[int]:
    """The numbers of all matches in which an entry of these organisations is a side.

    Each side is looked up by itself: asked with "or", neither index would help.
    """
    sides = (Match.demand_id, Match.other_id)
    return union(
        *(
            select(Match.id)
            .join(Entry, Entry.id == side)
            .where(Entry.organisation_id.in_(organisations))
            for side in sides
        )
    )


def _known_to(actor: Actor, condition: ColumnElement[bool]) -> Select[Match]:
    """`disclosed` in SQL: of these matches those of which a side may know at all."""
    demand, other = aliased(Entry), aliased(Entry)
    both = visible_to(actor, demand) & visible_to(actor, other)
    always = [state for state in MatchState if disclosed(state, may_read_other=False)]
    if_readable = [state for state in MatchState if disclosed(state, may_read_other=True)]
    return (
        select(Match)
        .join(demand, demand.id == Match.demand_id)
        .join(other, other.id == Match.other_id)
        .where(condition, or_(Match.state.in_(always), and_(Match.state.in_(if_readable), both)))
    )


def _listed(actor: Actor, condition: ColumnElement[bool]) -> Select[Match]:
    return _known_to(actor, condition).options(
        selectinload(Match.demand), selectinload(Match.other)
    )


def _steps(entry: Entry, jobs: dict[JobKind, JobState]) -> tuple[tuple[str, str], ...]:
    """The state of each step: those before the first open job are done, those after it wait."""
    words = {JobState.PENDING: "waiting", JobState.RUNNING: "running", JobState.DEAD: "failed"}
    found: list[tuple[str, str]] = []
    blocked = False
    reached = {
        JobKind.EMBED: entry.indexed_version,
        JobKind.INDEX: entry.indexed_version,
        JobKind.MATCH: entry.matched_version,
    }
    for step in _STEPS:
        if step in jobs:
            found.append((str(step), words[jobs[step]]))
            blocked = True
        else:
            current = reached[step] >= entry.index_version
            passed = current or (step is JobKind.EMBED and not blocked)
            found.append((str(step), "waiting" if blocked or not passed else "done"))
    return tuple(found)
