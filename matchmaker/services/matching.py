"""Suggests matches: candidates assessed and stored, computed anew when texts change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from matchmaker.domain.actors import SYSTEM
from matchmaker.domain.calendar import now
from matchmaker.domain.errors import InvalidInputError, Problem
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.levels import Level
from matchmaker.domain.lifecycles import MATCH, EntryState, MatchState
from matchmaker.domain.work import JobKind
from matchmaker.matching.assessment import Assessment
from matchmaker.matching.payload import to_payload
from matchmaker.models import Entry, Match
from matchmaker.models.database import Database
from matchmaker.services.assessing import Assessing, Pair
from matchmaker.services.entries.publishing import withdraw_match
from matchmaker.services.entries.reading import entry_for, every_kind
from matchmaker.services.jobs import Jobs, Lease, enqueue
from matchmaker.services.rebuilding import Progress
from matchmaker.services.recording import record
from matchmaker.services.stopping import check_stop
from matchmaker.services.watching import Found, Watching

#: Suggestions kept for a demand at the most.
KEPT = 20


class Matching:
    """Handlers of the jobs `match` and `rematch`, and matching in bulk.

    Args:
        database: where matches are.
        jobs: to finish leases.
        assessing: finds and scores candidates.
        watching: keeps the nearest miss and tells who watches.
    """

    def __init__(
        self, database: Database, jobs: Jobs, assessing: Assessing, watching: Watching
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._assessing = assessing
        self._watching = watching

    def match(self, lease: Lease) -> None:
        """Match one entry with the other side and store what holds."""
        with self._database.read() as session:
            entry = entry_for(session, SYSTEM, lease.subject)
        pairs = self._judged(entry) if entry.status is EntryState.PUBLISHED else []
        with self._database.write() as session:
            self._jobs.finish(session, lease)
            current = entry_for(session, SYSTEM, lease.subject, lock=True)
            if current.index_version == entry.index_version:
                self._store(session, entry, pairs)

    def outdated(self) -> bool:
        """Whether suggestions stand that other weights or another embedder made."""
        with self._database.read() as session:
            query = select(Match.id).where(
                Match.state == MatchState.SUGGESTED,
                Match.model_version != self._assessing.version,
            )
            return session.scalar(query.limit(1)) is not None

    def rematch_all(self, lease: Lease) -> None:
        """Queue the matching of every published demand, because the rules of matching changed."""
        with self._database.write() as session:
            demands = session.scalars(
                select(Entry.code).where(
                    Entry.kind == EntryKind.DEMAND, Entry.status == EntryState.PUBLISHED
                )
            )
            for code in demands.all():
                enqueue(session, JobKind.MATCH_AGAIN, code)
            self._jobs.finish(session, lease)

    def match_all(self, progress: Progress | None = None) -> int:
        """Match every published demand in this thread; for a first start.

        Args:
            progress: called with (demands done, in all).

        Returns:
            Matches stored.
        """
        demands = self._published_demands()
        stored = 0
        for done, entry in enumerate(demands, start=1):
            check_stop()
            pairs = self._judged(entry)
            with self._database.write() as session:
                stored += self._store(session, entry, pairs)
            if progress is not None:
                progress(done, len(demands))
        return stored

    def assess_entry(self, code: str, limit: int = 10) -> list[tuple[Entry, Assessment]]:
        """The best partners of one entry, computed now and not stored.

        Args:
            code: public code of a published entry.
            limit: how many at most.

        Returns:
            (partner, assessment), best first.

        Raises:
            NotFoundError: there is no such entry.
        """
        with self._database.read() as session:
            entry = entry_for(session, SYSTEM, code)
        pairs = self._assessing.pairs(entry)
        is_demand = entry.kind is EntryKind.DEMAND
        return [
            (pair.other if is_demand else pair.demand, pair.assessment) for pair in pairs[:limit]
        ]

    def assess_pair(self, one: str, two: str) -> Assessment:
        """What matching says of two entries now, stored or not.

        Args:
            one, two: public codes of a demand and of another entry, in either order.

        Raises:
            NotFoundError: there is no such entry.
            InvalidInputError: not exactly one of the two is a demand.
        """
        with self._database.read() as session:
            found = [entry_for(session, SYSTEM, code) for code in (one, two)]
        found.sort(key=lambda entry: entry.kind is not EntryKind.DEMAND)
        demand, other = found
        if demand.kind is not EntryKind.DEMAND or other.kind is EntryKind.DEMAND:
            raise InvalidInputError([Problem("pair", "one_demand_needed")])
        return self._assessing.pair(demand, other).assessment

    def _judged(self, entry: Entry) -> list[Pair]:
        """All pairs looked at, best first, those that fit and those that do not."""
        return self._assessing.pairs(entry, self._partners(entry))

    def _partners(self, entry: Entry) -> Sequence[str]:
        """Codes of the entries it is matched with now."""
        is_demand = entry.kind is EntryKind.DEMAND
        own, other = (
            (Match.demand_id, Match.other_id) if is_demand else (Match.other_id, Match.demand_id)
        )
        with self._database.read() as session:
            return session.scalars(
                select(Entry.code)
                .join(Match, other == Entry.id)
                .where(own == entry.id, Match.state == MatchState.SUGGESTED)
            ).all()

    def _published_demands(self) -> Sequence[Entry]:
        with self._database.read() as session:
            return session.scalars(
                select(Entry)
                .where(Entry.kind == EntryKind.DEMAND, Entry.status == EntryState.PUBLISHED)
                .order_by(Entry.id)
                .options(*every_kind())
            ).all()

    def _store(self, session: Session, entry: Entry, pairs: Iterable[Pair]) -> int:
        """Write the pairs of one entry that fit; matches that no longer hold are withdrawn.

        What a person has acted on stays as that person saw it. Where none fits, the nearest miss
        is kept. Whoever watches for a match is told in the same transaction.
        """
        judged = self._still_published(session, pairs)
        self._watching.note_miss(session, entry, judged)
        still = [pair for pair in judged if pair.assessment.level.reaches(Level.WEAK)]
        held = {
            (match.demand_id, match.other_id): match
            for match in session.scalars(select(Match).where(_of(entry)))
        }
        for key in held.keys() - {pair.key for pair in still}:
            _give_up(session, held[key], "no_longer_fits")
        told = [Found(pair, _level_before(held.get(pair.key))) for pair in still]
        for pair in still:
            match = held.get(pair.key)
            if match is None:
                session.add(_new_match(pair, self._rank(session, pair)))
            elif match.state in (MatchState.SUGGESTED, MatchState.WITHDRAWN):
                if match.state is MatchState.WITHDRAWN:
                    _suggest_again(session, match)
                _refresh(match, pair, self._rank(session, pair))
        session.flush()
        trim(session, {pair.demand.id for pair in still})
        self._watching.tell(session, told)
        row = session.get_one(Entry, entry.id)
        row.matched_version = entry.index_version
        return len(still)

    @staticmethod
    def _still_published(session: Session, pairs: Iterable[Pair]) -> list[Pair]:
        """Pairs whose ends are both still published; one may have gone while we computed."""
        wanted = list(pairs)
        ends = {number for pair in wanted for number in pair.key}
        shown = set(
            session.scalars(
                select(Entry.id).where(Entry.id.in_(ends), Entry.status == EntryState.PUBLISHED)
            )
        )
        return [pair for pair in wanted if shown.issuperset(pair.key)]

    @staticmethod
    def _rank(session: Session, pair: Pair) -> int:
        better = session.scalar(
            select(func.count(Match.id)).where(
                Match.demand_id == pair.demand.id,
                Match.other_id != pair.other.id,
                Match.score > pair.assessment.score,
                Match.state != MatchState.WITHDRAWN,
            )
        )
        return (better or 0) + 1


def trim(session: Session, demand_ids: Collection[int]) -> None:
    """Withdraw the suggestions beyond the best `KEPT` of each demand, by whichever side found."""
    place = (
        func.row_number()
        .over(partition_by=Match.demand_id, order_by=(Match.score.desc(), Match.other_id))
        .label("place")
    )
    standing = (
        select(Match.id, place)
        .where(Match.demand_id.in_(demand_ids), Match.state == MatchState.SUGGESTED)
        .subquery()
    )
    beyond = select(standing.c.id).where(standing.c.place > KEPT)
    for match in session.scalars(select(Match).where(Match.id.in_(beyond))):
        _give_up(session, match, "better_ones")


def _level_before(match: Match | None) -> Level | None:
    return None if match is None else match.level


def _of(entry: Entry) -> ColumnElement[bool]:
    return or_(Match.demand_id == entry.id, Match.other_id == entry.id)


def _give_up(session: Session, match: Match, reason: str) -> None:
    """Withdraw a suggestion, unless a person has taken it up."""
    if match.state is MatchState.SUGGESTED and match.assignee_id is None:
        withdraw_match(session, match, reason)


def _suggest_again(session: Session, match: Match) -> None:
    match.state = MATCH.after(match.state, "suggest")
    match.suggested_at = now()
    record(session, SYSTEM, match, "suggest")


def _new_match(pair: Pair, rank: int) -> Match:
    match = Match(
        demand_id=pair.demand.id,
        other_id=pair.other.id,
        state=MatchState.SUGGESTED,
        suggested_at=now(),
    )
    _refresh(match, pair, rank)
    return match


def _refresh(match: Match, pair: Pair, rank: int) -> None:
    assessment = pair.assessment
    match.score, match.level, match.rank = assessment.score, assessment.level, rank
    match.assessment = to_payload(assessment)
    match.model_version = assessment.model_version
    match.demand_version = pair.demand.index_version
    match.other_version = pair.other.index_version
    match.updated_at = now()
