"""Introductions: both sides of an approved match are told, and answer."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from matchmaker.domain.actors import SYSTEM, Actor, Role
from matchmaker.domain.calendar import now
from matchmaker.domain.errors import ConflictError, NotFoundError
from matchmaker.domain.lifecycles import INTRODUCTION, MATCH, IntroductionState, MatchState
from matchmaker.models import Entry, Introduction, Match, Person, Verdict
from matchmaker.models.database import Database
from matchmaker.services.counting import at_most
from matchmaker.services.entries.reading import every_kind, in_regions_of
from matchmaker.services.jobs import Jobs, Lease
from matchmaker.services.match_reading import matches_of
from matchmaker.services.notices import Notices
from matchmaker.services.recording import record
from matchmaker.services.screening import check_reason
from matchmaker.services.taxonomies import Taxonomies

INTERESTED, DECLINED = "interested", "declined"


@dataclass(frozen=True, slots=True)
class IntroductionView:
    """An introduction as one side, or the desk, sees it.

    Attributes:
        match: the match behind it.
        introduction: its state and answers.
        side: "demand", "other" or "desk".
        mine: the reader's own entry; the demand for the desk.
        theirs: the other entry, contact included: both were introduced.
    """

    match: Match
    introduction: Introduction
    side: str
    mine: Entry
    theirs: Entry

    @property
    def my_answer(self) -> str:
        """What the reader's side said: "", "interested" or "declined"."""
        own = self.introduction
        return own.other_answer if self.side == "other" else own.demand_answer

    @property
    def their_answer(self) -> str:
        """What the opposite side said."""
        own = self.introduction
        return own.demand_answer if self.side == "other" else own.other_answer


class Introductions:
    """Use cases of introductions.

    Args:
        database: where they are.
        jobs: to finish the lease of the job that introduces.
        taxonomies: reason codes.
        notices: tells both sides and the broker.
    """

    def __init__(
        self, database: Database, jobs: Jobs, taxonomies: Taxonomies, notices: Notices
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._taxonomies = taxonomies
        self._notices = notices

    def introduce(self, lease: Lease) -> None:
        """Introduce the sides of an approved match; one that was taken back stays untouched."""
        with self._database.write() as session:
            match = session.get(Match, int(lease.subject), with_for_update={"of": Match})
            if match is not None and match.state is MatchState.APPROVED:
                match.state = MATCH.after(match.state, "introduce")
                match.updated_at = now()
                session.add(Introduction(match_id=match.id, created_at=now()))
                record(session, SYSTEM, match, "introduce")
                self._tell_sides(session, match, "introduced")
            self._jobs.finish(session, lease)

    def answer(
        self, actor: Actor, match_id: int, *, interested: bool, reason: str = "", note: str = ""
    ) -> IntroductionView:
        """Say whether one's own side is interested.

        Raises:
            NotFoundError: no such introduction for this person.
            InvalidInputError: declining needs a known reason.
            ConflictError: this side has answered already, or it is over.
        """
        if not interested:
            check_reason(self._taxonomies, "introduction_decline", reason, note)
        with self._database.write() as session:
            view = self._view(session, actor, match_id)
            if view.side == "desk":
                raise NotFoundError("no_introduction")
            if view.introduction.state is not IntroductionState.OPEN or view.my_answer:
                raise ConflictError("answered_already")
            self._note_answer(session, actor, view, interested, reason, note)
        return view

    def get(self, actor: Actor, match_id: int) -> IntroductionView:
        """One introduction, for its sides and for brokers.

        Raises:
            NotFoundError: no such introduction for this person.
        """
        with self._database.read() as session:
            return self._view(session, actor, match_id)

    def of_organisations(
        self, actor: Actor, offset: int = 0, limit: int = 20
    ) -> tuple[list[IntroductionView], int]:
        """Introductions of the person's own organisations, newest first, and how many."""
        mine = Introduction.match_id.in_(matches_of(sorted(actor.organisations)))
        return self._page(actor, mine, offset, limit)

    def all(
        self,
        actor: Actor,
        state: IntroductionState | None = None,
        offset: int = 0,
        limit: int = 20,
    ) -> tuple[list[IntroductionView], int]:
        """All introductions of the broker's regions, newest first, and how many."""
        condition: ColumnElement[bool] = true()
        if actor.regions(Role.BROKER) is not None:
            condition = Introduction.match.has(in_regions_of(actor, Role.BROKER, Match.demand_id))
        if state is not None:
            condition &= Introduction.state == state
        return self._page(actor, condition, offset, limit)

    def _page(
        self, actor: Actor, condition: ColumnElement[bool], offset: int, limit: int
    ) -> tuple[list[IntroductionView], int]:
        with self._database.read() as session:
            total = at_most(session, select(Introduction.id).where(condition))
            rows = session.scalars(
                select(Introduction)
                .where(condition)
                .order_by(Introduction.id.desc())
                .offset(offset)
                .limit(limit)
                .options(selectinload(Introduction.match).options(*_with_both_sides()))
            ).all()
            return [_seen_by(actor, row.match, row) for row in rows], total

    def _view(self, session: Session, actor: Actor, match_id: int) -> IntroductionView:
        match = session.get(Match, match_id, options=_with_both_sides())
        if match is None or match.introduction is None:
            raise NotFoundError("no_introduction")
        return _seen_by(actor, match, match.introduction)

    def _note_answer(
        self,
        session: Session,
        actor: Actor,
        view: IntroductionView,
        interested: bool,
        reason: str,
        note: str,
    ) -> None:
        introduction, match = view.introduction, view.match
        setattr(introduction, f"{view.side}_answer", INTERESTED if interested else DECLINED)
        if not interested:
            introduction.state = INTRODUCTION.after(introduction.state, "decline")
            introduction.reason, introduction.note = reason, note.strip()[:2000]
        elif view.their_answer == INTERESTED:
            introduction.state = INTRODUCTION.after(introduction.state, "agree")
        changes = {"answer": ("", view.my_answer)}
        record(session, actor, match, "answer", changes=changes, reason=reason, note=note)
        if introduction.state is not IntroductionState.OPEN:
            introduction.closed_at = now()
            self._tell_sides(session, match, f"introduction_{introduction.state}")
            self._tell_brokers(session, match)

    def _tell_sides(self, session: Session, match: Match, kind: str) -> None:
        for mine, theirs in ((match.demand, match.other), (match.other, match.demand)):
            params = {"mine": mine.title, "theirs": theirs.title, "match": match.id}
            self._notices.to_organisation(session, mine.organisation_id, kind, params)

    def _tell_brokers(self, session: Session, match: Match) -> None:
        """Tell the broker whose approval led here."""
        brokers = session.scalars(
            select(Person)
            .join(Verdict, Verdict.broker_id == Person.id)
            .where(
                Verdict.match_id == match.id,
                Verdict.decision == "approve",
                Verdict.undone_at.is_(None),
            )
            .distinct()
        )
        params = {"mine": match.demand.title, "theirs": match.other.title, "match": match.id}
        self._notices.to_people(session, brokers, "introduction_closed_desk", params)


def _with_both_sides() -> list[_AbstractLoad]:
    """Load both entries of a match as wholes, so that they can be shown after the unit ends."""
    return [selectinload(side).options(*every_kind()) for side in (Match.demand, Match.other)]


def _seen_by(actor: Actor, match: Match, introduction: Introduction) -> IntroductionView:
    demand, other = match.demand, match.other
    if demand.organisation_id in actor.organisations:
        return IntroductionView(match, introduction, "demand", demand, other)
    if other.organisation_id in actor.organisations:
        return IntroductionView(match, introduction, "other", other, demand)
    if actor.is_any(Role.BROKER):
        return IntroductionView(match, introduction, "desk", demand, other)
    raise NotFoundError("no_introduction")
