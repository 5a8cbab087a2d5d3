"""Matches as a member sees them: as much of the other side as the state allows."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from matchmaker.domain.actors import Actor
from matchmaker.domain.disclosure import Part, disclosed
from matchmaker.domain.lifecycles import EntryState, MatchState
from matchmaker.domain.policy import Permission
from matchmaker.domain.work import JobKind, JobState
from matchmaker.models import Entry, Job, Match
from matchmaker.models.database import Database
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
            theirs = select(Entry.id).where(Entry.organisation_id.in_(own))
            mine = or_(Match.demand_id.in_(theirs), Match.other_id.in_(theirs))
            shown = and_(mine, _known_to(actor))
            total = session.scalar(select(func.count(Match.id)).where(shown)) or 0
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
            number = session.scalar(
                select(func.count(Match.id)).where(
                    or_(Match.demand_id == entry.id, Match.other_id == entry.id),
                    _known_to(actor),
                )
            )
        return Progress(entry.status, _steps(entry, states), number or 0)

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


def _known_to(actor: Actor) -> ColumnElement[bool]:
    """`disclosed` as a condition in SQL: matches of which a side may know at all."""
    readable = select(Entry.id).where(visible_to(actor))
    both = and_(Match.demand_id.in_(readable), Match.other_id.in_(readable))
    return or_(
        Match.state.in_([state for state in MatchState if disclosed(state, may_read_other=False)]),
        and_(Match.state.in_([s for s in MatchState if disclosed(s, may_read_other=True)]), both),
    )


def _listed(actor: Actor, condition: ColumnElement[bool]) -> Select[Match]:
    return (
        select(Match)
        .where(condition, _known_to(actor))
        .options(selectinload(Match.demand), selectinload(Match.other))
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
