"""Questions to suppliers: a clause that an entry leaves open is quoted to its organisation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from matchmaker.domain.actors import Actor, Role, member_of
from matchmaker.domain.calendar import now
from matchmaker.domain.disclosure import Part, disclosed
from matchmaker.domain.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    Problem,
)
from matchmaker.domain.lifecycles import QUESTION, EntryState, MatchState, QuestionState
from matchmaker.domain.policy import Permission, allows
from matchmaker.matching.explain import explain, open_clauses
from matchmaker.matching.payload import from_payload
from matchmaker.models import ClauseQuestion, Entry, Match, Person
from matchmaker.models.database import Database
from matchmaker.services.entries.publishing import Publishing
from matchmaker.services.entries.reading import every_kind, in_regions_of, owned_by, visible_to
from matchmaker.services.notices import Notices
from matchmaker.services.recording import record

LONGEST = 500
"""Characters of a clause or an answer at the most."""

_LONGEST_SUBJECT = 120
_HELD = (QuestionState.ANSWERED, QuestionState.UNABLE)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the desk sees it, with the names of who asked and who answered."""

    question: ClauseQuestion
    asked_by: str
    answered_by: str


class Questions:
    """Use cases of questions to suppliers.

    Args:
        database: where they are.
        publishing: has an entry matched anew once it is answered.
        notices: tells the organisation that is asked, and the broker who asked.
    """

    def __init__(self, database: Database, publishing: Publishing, notices: Notices) -> None:
        self._database = database
        self._publishing = publishing
        self._notices = notices

    def ask(self, actor: Actor, match_id: int, clause: str) -> ClauseQuestion:
        """Ask the supplier of a match about one clause; asked already, it stays as it is.

        The supplier reads the clause and never whose it is.

        Args:
            actor: the broker.
            match_id: a suggested match.
            clause: as the demand states it, and as the match left it open.

        Raises:
            NotFoundError: there is no such match in the broker's regions.
            ConflictError: the match has moved on, the clause is not open, or the demand is held
                back from the supplier.
        """
        with self._database.write() as session:
            match = _match_of(session, actor, match_id)
            held = session.scalar(
                select(ClauseQuestion).where(
                    ClauseQuestion.match_id == match.id, ClauseQuestion.clause == clause
                )
            )
            if held is not None and held.state is not QuestionState.WITHDRAWN:
                return held
            refuse_unaskable(match)
            subject = _subject_of_open(match, clause)
            question = held or _new_question(match, clause, subject)
            if held is not None:
                question.state = QUESTION.after(question.state, "ask")
            question.asked_by_id, question.asked_at = actor.person_id or 0, now()
            session.add(question)
            session.flush()
            record(session, actor, match.other, "ask", note=clause)
            self._tell_supplier(session, match.other, question)
        return question

    def take_back(self, actor: Actor, question_id: int) -> ClauseQuestion:
        """Withdraw a question that is not answered yet.

        Raises:
            NotFoundError: there is no such question in the broker's regions.
            IllegalTransitionError: it was answered or taken back before.
        """
        with self._database.write() as session:
            question = session.get(ClauseQuestion, question_id)
            if question is None:
                raise NotFoundError("no_question")
            match = _match_of(session, actor, question.match_id)
            question.state = QUESTION.after(question.state, "withdraw")
            record(session, actor, match.other, "take_back", note=question.clause)
        return question

    def match_behind(self, actor: Actor, question_id: int) -> int:
        """The number of the match a question was asked in.

        Raises:
            NotFoundError: there is no such question in the broker's regions.
        """
        own = ClauseQuestion.match.has(in_regions_of(actor, Role.BROKER, Match.demand_id))
        with self._database.read() as session:
            number = session.scalar(
                select(ClauseQuestion.match_id).where(ClauseQuestion.id == question_id, own)
            )
        if number is None:
            raise NotFoundError("no_question")
        return number

    def about(self, entry: Entry) -> list[Asked]:
        """All questions about an entry that a broker has before them, the oldest first."""
        asker, answerer = aliased(Person), aliased(Person)
        with self._database.read() as session:
            rows = session.execute(
                select(ClauseQuestion, asker.name, answerer.name)
                .join(asker, asker.id == ClauseQuestion.asked_by_id)
                .outerjoin(answerer, answerer.id == ClauseQuestion.answered_by_id)
                .where(
                    ClauseQuestion.entry_id == entry.id,
                    ClauseQuestion.state != QuestionState.WITHDRAWN,
                )
                .order_by(ClauseQuestion.id)
            )
            return [Asked(question, by, answered or "") for question, by, answered in rows]

    def of_organisations(
        self, actor: Actor, offset: int = 0, limit: int = 20
    ) -> tuple[list[ClauseQuestion], int]:
        """Questions to the person's own organisations, open ones first, and how many."""
        shown = _shown_to(actor)
        with self._database.read() as session:
            total = session.scalar(select(func.count(ClauseQuestion.id)).where(shown)) or 0
            rows = session.scalars(
                select(ClauseQuestion)
                .where(shown)
                .order_by(
                    ClauseQuestion.state != QuestionState.OPEN, ClauseQuestion.asked_at.desc()
                )
                .offset(offset)
                .limit(limit)
                .options(selectinload(ClauseQuestion.entry).options(*every_kind()))
            )
            return list(rows), total

    def waiting(self, actor: Actor) -> int:
        """How many questions wait for an answer of the person's organisations."""
        if not actor.organisations:
            return 0
        waits = ClauseQuestion.state == QuestionState.OPEN
        with self._database.read() as session:
            query = select(func.count(ClauseQuestion.id)).where(_shown_to(actor), waits)
            return session.scalar(query) or 0

    def get(self, actor: Actor, question_id: int) -> ClauseQuestion:
        """A question to the person's own organisation, with the entry it is about.

        Raises:
            NotFoundError: no such question for this person; one that was taken back, or whose
                match or demand is gone, is none any more.
        """
        with self._database.read() as session:
            return _question_for(session, actor, question_id)

    def answer(
        self, actor: Actor, question_id: int, version: int, text: str, *, unable: bool = False
    ) -> ClauseQuestion:
        """Answer for one's own organisation, or correct its answer; the entry is matched anew.

        Args:
            actor: a member of the organisation.
            question_id: the question.
            version: the one the person had before them.
            text: the figure or words; kept as one line.
            unable: nobody there can say; `text` does not count.

        Raises:
            NotFoundError: no such question for this person.
            InvalidInputError: there is no text, or it is too long.
            ConflictError: a colleague answered meanwhile, or the entry is no longer published.
        """
        line = "" if unable else _line(text)
        with self._database.write() as session:
            question = _question_for(session, actor, question_id)
            if question.version != version:
                raise ConflictError("question_answered_meanwhile")
            if question.entry.status is not EntryState.PUBLISHED:
                raise ConflictError("entry_not_published", entry=question.entry.code)
            before = question.answer
            question.state = QUESTION.after(question.state, "pass" if unable else "answer")
            question.answer, question.answered_at = line, now()
            question.answered_by_id = actor.person_id
            changes = {"answers": (before, line)}
            record(session, actor, question.entry, "reply", changes=changes, note=question.clause)
            if before != line:
                self._publishing.changed(session, question.entry)
            self._tell_broker(session, question)
        return question

    def _tell_supplier(self, session: Session, entry: Entry, question: ClauseQuestion) -> None:
        params = {
            "code": entry.code,
            "title": entry.title,
            "clause": question.clause,
            "question": question.id,
        }
        self._notices.to_organisation(session, entry.organisation_id, "clause_asked", params)

    def _tell_broker(self, session: Session, question: ClauseQuestion) -> None:
        entry = question.entry
        params = {
            "code": entry.code,
            "title": entry.title,
            "clause": question.clause,
            "match": question.match_id,
        }
        asker = session.get_one(Person, question.asked_by_id)
        self._notices.to_people(session, [asker], "clause_answered", params)


def answers_of(session: Session, entry_ids: Collection[int]) -> Mapping[int, list[str]]:
    """What suppliers answered about some entries: entry id → lines, the oldest question first."""
    rows = session.scalars(
        select(ClauseQuestion)
        .where(
            ClauseQuestion.entry_id.in_(entry_ids),
            ClauseQuestion.state == QuestionState.ANSWERED,
        )
        .order_by(ClauseQuestion.id)
    )
    found: dict[int, list[str]] = {}
    for question in rows:
        found.setdefault(question.entry_id, []).append(line_of(question))
    return found


def line_of(question: ClauseQuestion) -> str:
    """An answer as a line of the entry's text.

    A bare figure is led by what it measures, else nothing in it tells what it answers.
    """
    subject, answer = question.subject, question.answer
    return answer if subject in answer else f"{subject} {answer}"


def held_back(match: Match) -> bool:
    """Whether the demand's text may not be quoted to the supplier's side as the match stands."""
    reader = member_of(match.other.organisation_id)
    may_read = allows(reader, Permission.VIEW_ENTRY, match.demand.scope)
    return Part.EVIDENCE not in disclosed(match.state, may_read_other=may_read)


def askable(match: Match) -> bool:
    """Whether questions to the supplier can be asked as the match stands."""
    return match.state is MatchState.SUGGESTED and not held_back(match)


def refuse_unaskable(match: Match) -> None:
    """Refuse questions about a match that has moved on, or that would tell too much.

    Raises:
        ConflictError: with the reason.
    """
    if match.state is not MatchState.SUGGESTED:
        raise ConflictError("illegal_transition", state=str(match.state))
    if held_back(match):
        raise ConflictError("demand_held_back")


def _subject_of_open(match: Match, clause: str) -> str:
    """What an open clause of the match measures, in the demand's words; "" if that was not read."""
    told = explain(from_payload(match.assessment))
    if clause not in {span.text for span in open_clauses(told)} or len(clause) > LONGEST:
        raise ConflictError("clause_not_open")
    subjects = [line.clause.subject for line in told.clauses if line.demand.text == clause]
    return subjects[0][:_LONGEST_SUBJECT] if subjects else ""


def _new_question(match: Match, clause: str, subject: str) -> ClauseQuestion:
    return ClauseQuestion(
        match_id=match.id, entry_id=match.other_id, clause=clause, subject=subject
    )


def _line(text: str) -> str:
    line = " ".join(text.replace("\x00", " ").split())
    if not line:
        raise InvalidInputError([Problem("answer", "required")])
    if len(line) > LONGEST:
        raise InvalidInputError([Problem("answer", "too_long", {"most": LONGEST, "is": len(line)})])
    return line


def _match_of(session: Session, actor: Actor, match_id: int) -> Match:
    """A match within the broker's regions, held until the unit ends."""
    match = session.scalar(
        select(Match)
        .where(Match.id == match_id, in_regions_of(actor, Role.BROKER, Match.demand_id))
        .with_for_update(of=Match)
        .options(selectinload(Match.demand), selectinload(Match.other))
    )
    if match is None:
        raise NotFoundError("no_match", match=match_id)
    return match


def _question_for(session: Session, actor: Actor, question_id: int) -> ClauseQuestion:
    question = session.scalar(
        select(ClauseQuestion)
        .where(ClauseQuestion.id == question_id, _shown_to(actor))
        .options(selectinload(ClauseQuestion.entry).options(*every_kind()))
    )
    if question is None:
        raise NotFoundError("no_question")
    return question


def _shown_to(actor: Actor) -> ColumnElement[bool]:
    """Questions the person's organisations may read: `held_back` as a condition in SQL.

    What was answered stays theirs; an open one ends with its match, or when the demand is closed
    to them.
    """
    quotable = [
        state for state in MatchState if Part.EVIDENCE in disclosed(state, may_read_other=True)
    ]
    readable = select(Entry.id).where(visible_to(actor))
    still = ClauseQuestion.match.has(Match.state.in_(quotable) & Match.demand_id.in_(readable))
    own = ClauseQuestion.entry.has(owned_by(actor))
    is_open = ClauseQuestion.state == QuestionState.OPEN
    return own & or_(ClauseQuestion.state.in_(_HELD), is_open & still)
