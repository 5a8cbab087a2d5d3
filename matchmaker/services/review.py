"""The broker's review: the queue of matches, verdicts, undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from matchmaker.domain.actors import SYSTEM, Actor, Role
from matchmaker.domain.calendar import now, today
from matchmaker.domain.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    Problem,
    StaleVersionError,
)
from matchmaker.domain.lifecycles import MATCH, EntryState, MatchState
from matchmaker.domain.work import JobKind
from matchmaker.models import Entry, Match, Membership, Person, Verdict
from matchmaker.models.database import Database
from matchmaker.services.counting import at_most
from matchmaker.services.entries.reading import every_kind, in_regions_of
from matchmaker.services.jobs import cancel, enqueue
from matchmaker.services.notices import Notices
from matchmaker.services.recording import record
from matchmaker.services.review_queue import (
    LONGEST,
    VIEWS,
    DeskCounts,
    Place,
    QueueFilter,
    filters_of,
    in_view,
    order_of,
    place_in,
)
from matchmaker.services.screening import check_reason
from matchmaker.services.taxonomies import Taxonomies


class Review:
    """Use cases of the desk; the caller has checked the permission `REVIEW`.

    Args:
        database: where matches are.
        taxonomies: reason codes.
        notices: tells a colleague of an assignment.
        undo_seconds: time in which a verdict can be taken back.
    """

    def __init__(
        self, database: Database, taxonomies: Taxonomies, notices: Notices, undo_seconds: int
    ) -> None:
        self._database = database
        self._taxonomies = taxonomies
        self._notices = notices
        self._undo_time = timedelta(seconds=undo_seconds)

    def counts(self, actor: Actor) -> DeskCounts:
        """How much waits, for the navigation and the tabs."""
        with self._database.read() as session:

            def number(view: str) -> int:
                return at_most(session, select(Match.id).where(*in_view(view, actor)))

            screening = at_most(
                session,
                select(Entry.id).where(
                    Entry.status == EntryState.SUBMITTED,
                    in_regions_of(actor, Role.BROKER, Entry.id),
                ),
            )
            new, mine, snoozed, done = (number(view) for view in VIEWS)
        return DeskCounts(new, mine, snoozed, done, screening)

    def queue(
        self, actor: Actor, wanted: QueueFilter, offset: int = 0, limit: int = 20
    ) -> tuple[list[Match], int]:
        """A page of matches with both entries, and how many there are."""
        conditions = [*in_view(wanted.view, actor), *filters_of(wanted)]
        order = order_of(wanted)
        with self._database.read() as session:
            total = at_most(session, select(Match.id).where(*conditions))
            rows = session.scalars(
                select(Match)
                .where(*conditions)
                .order_by(*order)
                .offset(offset)
                .limit(limit)
                .options(
                    selectinload(Match.demand).selectinload(Entry.translations),
                    selectinload(Match.other).selectinload(Entry.translations),
                )
            )
            return list(rows), total

    def get(self, match_id: int, actor: Actor = SYSTEM) -> Match:
        """A match with both entries, their translations, its verdicts and its introduction.

        Args:
            match_id: the match.
            actor: the broker, whose regions it must lie in.

        Raises:
            NotFoundError: there is no such match in these regions.
        """
        own = in_regions_of(actor, Role.BROKER, Match.demand_id)
        with self._database.read() as session:
            match = session.scalar(
                select(Match).where(Match.id == match_id, own).options(*_whole())
            )
            if match is None:
                raise NotFoundError("no_match", match=match_id)
            ends = [match.demand_id, match.other_id]
            session.scalars(select(Entry).where(Entry.id.in_(ends)).options(*every_kind())).all()
        return match

    def place(self, actor: Actor, wanted: QueueFilter, match_id: int) -> Place:
        """Where a match stands in the queue, so that work flows on without a list."""
        with self._database.read() as session:
            numbers = list(
                session.scalars(
                    select(Match.id)
                    .where(*in_view(wanted.view, actor), *filters_of(wanted))
                    .order_by(*order_of(wanted))
                    .limit(LONGEST)
                )
            )
        return place_in(numbers, match_id)

    def approve(
        self, actor: Actor, match_id: int, expected_version: int, *, at_once: bool = False
    ) -> Match:
        """Approve a match and queue the introduction of the two sides.

        Args:
            actor: the broker.
            match_id: the match.
            expected_version: version the broker saw.
            at_once: introduce now, without the time to take it back.

        Raises:
            StaleVersionError: a colleague decided or the match was computed anew.
            ConflictError: one of the entries is no longer published.
        """
        with self._database.write() as session:
            match = self._held(session, actor, match_id, expected_version)
            _refuse_unpublished(match)
            self._decide(session, actor, match, "approve")
            due = now() if at_once else now() + self._undo_time
            enqueue(session, JobKind.INTRODUCE, str(match.id), not_before=due)
        return match

    def reject(
        self, actor: Actor, match_id: int, expected_version: int, reason: str, note: str = ""
    ) -> Match:
        """Reject a match with a reason code.

        Raises:
            StaleVersionError: a colleague decided or the match was computed anew.
            InvalidInputError: the reason is unknown or needs a note.
        """
        check_reason(self._taxonomies, "match_reject", reason, note)
        with self._database.write() as session:
            match = self._held(session, actor, match_id, expected_version)
            self._decide(session, actor, match, "reject", reason, note)
        return match

    def snooze(self, actor: Actor, match_id: int, expected_version: int, until: date) -> Match:
        """Put a match aside until a day.

        Raises:
            InvalidInputError: the day is not ahead.
            StaleVersionError: a colleague decided or the match was computed anew.
        """
        if until <= today() or until > today() + timedelta(days=366):
            raise InvalidInputError([Problem("until", "date_not_ahead")])
        with self._database.write() as session:
            match = self._held(session, actor, match_id, expected_version)
            self._decide(session, actor, match, "snooze", note=until.isoformat())
            match.snoozed_until = until
        return match

    def assign(
        self, actor: Actor, match_id: int, expected_version: int, person_id: int | None
    ) -> Match:
        """Hand a match to a colleague, or back to all.

        Raises:
            InvalidInputError: that person is no broker.
            StaleVersionError: a colleague decided or the match was computed anew.
        """
        with self._database.write() as session:
            match = self._held(session, actor, match_id, expected_version)
            person = _broker(session, person_id) if person_id is not None else None
            if person_id is not None and person is None:
                raise InvalidInputError([Problem("person", "unknown_choice", {"value": person_id})])
            changes = {"assignee": (match.assignee_id, person_id)}
            match.assignee_id, match.updated_at = person_id, now()
            record(session, actor, match, "assign", changes=changes)
            if person is not None and person.id != actor.person_id:
                params = {
                    "mine": match.demand.title,
                    "theirs": match.other.title,
                    "match": match.id,
                }
                self._notices.to_people(session, [person], "match_assigned", params)
        return match

    def undo(self, actor: Actor, match_id: int) -> Match:
        """Take one's own verdict back while that is possible.

        Raises:
            NotFoundError: there is no such match.
            ConflictError: the time is over, another broker decided, or the sides were introduced.
        """
        with self._database.write() as session:
            match = _locked(session, actor, match_id)
            verdict = _binding(match)
            if verdict is None or verdict.broker_id != actor.person_id:
                raise ConflictError("undo_over")
            if verdict.given_at + self._undo_time < now():
                raise ConflictError("undo_over")
            match.state = MATCH.after(match.state, "undo")
            match.snoozed_until, match.updated_at = None, now()
            verdict.undone_at = now()
            cancel(session, JobKind.INTRODUCE, str(match.id))
            record(session, actor, match, "undo", note=verdict.decision)
        return match

    def introduce_now(self, actor: Actor, match_id: int) -> None:
        """Introduce the sides of an approved match without waiting for the undo time.

        Raises:
            ConflictError: the match is not approved.
        """
        with self._database.write() as session:
            match = _locked(session, actor, match_id)
            if match.state is not MatchState.APPROVED:
                raise ConflictError("illegal_transition", state=str(match.state))
            enqueue(session, JobKind.INTRODUCE, str(match.id), not_before=now())

    def undoable(self, actor: Actor) -> Verdict | None:
        """The person's last verdict, while it can be taken back."""
        with self._database.read() as session:
            return session.scalar(
                select(Verdict)
                .join(Match, Match.id == Verdict.match_id)
                .where(
                    Verdict.broker_id == actor.person_id,
                    Verdict.undone_at.is_(None),
                    Verdict.given_at > now() - self._undo_time,
                    Match.state.in_([MatchState.APPROVED, MatchState.REJECTED, MatchState.SNOOZED]),
                )
                .order_by(Verdict.id.desc())
                .limit(1)
                .options(
                    selectinload(Verdict.match)
                    .selectinload(Match.demand)
                    .selectinload(Entry.translations)
                )
            )

    def brokers(self) -> list[Person]:
        """All active brokers by name."""
        with self._database.read() as session:
            return list(session.scalars(_brokers().order_by(Person.name)))

    def names(self, person_ids: Sequence[int]) -> Mapping[int, str]:
        """The names of some people, for verdicts and assignments."""
        if not person_ids:
            return {}
        with self._database.read() as session:
            rows = session.execute(
                select(Person.id, Person.name).where(Person.id.in_(set(person_ids)))
            )
            return {row.id: row.name for row in rows}

    def wake_due(self, day: date) -> int:
        """Bring snoozed matches whose day has come back into the queue.

        Returns:
            How many came back.
        """
        with self._database.write() as session:
            due = session.scalars(
                select(Match).where(Match.state == MatchState.SNOOZED, Match.snoozed_until <= day)
            ).all()
            for match in due:
                match.state = MATCH.after(match.state, "wake")
                match.snoozed_until = None
                record(session, SYSTEM, match, "wake")
        return len(due)

    def _held(self, session: Session, actor: Actor, match_id: int, expected: int) -> Match:
        match = _locked(session, actor, match_id)
        if match.version != expected:
            raise StaleVersionError(match.version, expected)
        return match

    def _decide(
        self,
        session: Session,
        actor: Actor,
        match: Match,
        decision: str,
        reason: str = "",
        note: str = "",
    ) -> None:
        before = match.state
        match.state = MATCH.after(before, decision)
        match.updated_at = now()
        session.add(
            Verdict(
                match_id=match.id,
                broker_id=actor.person_id,
                decision=decision,
                reason=reason,
                note=note.strip()[:2000],
                seen=_seen(match),
                given_at=now(),
            )
        )
        changes = {"state": (str(before), str(match.state))}
        record(session, actor, match, decision, changes=changes, reason=reason, note=note)


def _seen(match: Match) -> dict[str, Any]:
    """All that the broker had before them, for learning from the verdict later."""
    return {
        "demand_version": match.demand_version,
        "other_version": match.other_version,
        "assessment": match.assessment,
        "score": match.score,
        "level": str(match.level),
        "rank": match.rank,
        "model_version": match.model_version,
    }


def _locked(session: Session, actor: Actor, match_id: int) -> Match:
    """A match within the broker's regions, held until the unit ends."""
    match = session.scalar(
        select(Match)
        .where(Match.id == match_id, in_regions_of(actor, Role.BROKER, Match.demand_id))
        .with_for_update(of=Match)
    )
    if match is None:
        raise NotFoundError("no_match", match=match_id)
    return match


def _refuse_unpublished(match: Match) -> None:
    for entry in (match.demand, match.other):
        if entry.status is not EntryState.PUBLISHED:
            raise ConflictError("entry_not_published", entry=entry.code)


def _binding(match: Match) -> Verdict | None:
    standing = [verdict for verdict in match.verdicts if verdict.undone_at is None]
    return standing[-1] if standing else None


def _whole() -> list[Any]:
    return [
        selectinload(Match.demand).selectinload(Entry.translations),
        selectinload(Match.other).selectinload(Entry.translations),
        selectinload(Match.verdicts),
        selectinload(Match.introduction),
    ]


def _brokers() -> Select[Person]:
    return (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.role == Role.BROKER, Membership.active, Person.active)
        .distinct()
    )


def _broker(session: Session, person_id: int) -> Person | None:
    found: Person | None = session.scalar(_brokers().where(Person.id == person_id))
    return found
