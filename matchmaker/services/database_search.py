"""Search in the database alone, for the time in which the search index is away.

It looks at the newest entries that hold every token of the question, at most `MOST` of them, and
ranks those by where the words stand; an index finds them in either database. Whatever is counted
is counted among these, so that a question costs about the same in any portal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, case, func, literal, select
from sqlalchemy.orm import Session

from matchmaker.domain.actors import Actor
from matchmaker.domain.lifecycles import EntryState
from matchmaker.models import Demand, Entry, EntryFacet
from matchmaker.models.database import Database
from matchmaker.models.grams import holds_all, holds_any
from matchmaker.services.entries.reading import visible_to
from search_index.analysis import Analyser, fold

#: Entries that are looked at for one question.
MOST = 1_000
_TOKENS = 12
_NEAR = 3
#: Entries that the near ones are chosen from.
_MOST_NEAR = 100
#: What a word counts for by where it stands; the question as a whole in the title outweighs all.
_IN_TITLE, _IN_SUMMARY, _WHOLE = 4, 2, 20


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        text: words; "" browses.
        kinds: databases to look in; none means all.
        filters: facet → values, any of which may hold.
        order: "relevance", "newest" or "deadline".
        facets: names of the facets to count.
    """

    text: str
    kinds: tuple[str, ...]
    filters: Mapping[str, tuple[str, ...]]
    order: str
    facets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found.

    Attributes:
        ids: entries, best first.
        more: whether there are more than were looked at.
        facets: facet → value → entries.
        near: entries that hold some of the words, where none holds all.
    """

    ids: list[int]
    more: bool
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    near: list[int] = field(default_factory=list)


class DatabaseSearch:
    """Finds entries without the search index.

    Args:
        database: where the entries are.
        analyser: cuts the question as the entries were cut when they were saved.
    """

    def __init__(self, database: Database, analyser: Analyser) -> None:
        self._database = database
        self._analyser = analyser

    def find(self, actor: Actor, asked: Question) -> Answer:
        """What the person may see of what fits.

        Args:
            actor: who asks.
            asked: the question.
        """
        tokens = self._analyser.tokens(asked.text)
        every = list(dict.fromkeys((*tokens.words, *tokens.grams)))[:_TOKENS]
        words = list(dict.fromkeys(tokens.words))[:_TOKENS]
        if asked.text and not every:
            return Answer([], more=False)
        with self._database.read() as session:
            conditions = _conditions(actor, asked)
            holding = [*conditions, holds_all(session, every)] if every else conditions
            rows = _rows(session, holding, asked, words, MOST + 1)
            if rows or not words:
                facets = _facets(session, rows[:MOST], asked.facets)
                return Answer([row[0] for row in rows[:MOST]], len(rows) > MOST, facets)
            some = [*conditions, holds_any(session, words)]
            near = _rows(session, some, asked, words, _MOST_NEAR)
        return Answer([], more=False, near=[row[0] for row in near[:_NEAR]])


def _conditions(actor: Actor, asked: Question) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Entry.status == EntryState.PUBLISHED, visible_to(actor)]
    if asked.kinds:
        found.append(Entry.kind.in_(asked.kinds))
    for name, values in asked.filters.items():
        held = select(EntryFacet.entry_id).where(
            EntryFacet.entry_id == Entry.id, EntryFacet.name == name, EntryFacet.value.in_(values)
        )
        found.append(held.exists())
    return found


def _rows(
    session: Session,
    conditions: Sequence[ColumnElement[bool]],
    asked: Question,
    words: Sequence[str],
    most: int,
) -> list[tuple[int, str]]:
    """The number and kind of the newest that fit, at most so many, in order."""
    if asked.order == "deadline":
        return _by_deadline(session, conditions, most)
    rank = _rank(asked.text, words) if asked.order == "relevance" and words else literal(0)
    newest = (
        _newest(conditions, most).add_columns(rank.label("rank"), Entry.published_at).subquery()
    )
    query = select(newest.c.id, newest.c.kind).order_by(
        newest.c.rank.desc(), newest.c.published_at.desc(), newest.c.id.desc()
    )
    return [(row[0], str(row[1])) for row in session.execute(query)]


def _newest(conditions: Sequence[ColumnElement[bool]], most: int) -> Select[int, str]:
    return (
        select(Entry.id, Entry.kind)
        .where(*conditions)
        .order_by(Entry.published_at.desc(), Entry.id.desc())
        .limit(most)
    )


def _by_deadline(
    session: Session, conditions: Sequence[ColumnElement[bool]], most: int
) -> list[tuple[int, str]]:
    """Demands by their deadline, then all that has none, the newest first."""
    dated = (
        select(Demand.id, Demand.kind)
        .where(*conditions, Demand.deadline.is_not(None))
        .order_by(Demand.deadline, Demand.id)
        .limit(most)
    )
    rows = {row[0]: str(row[1]) for row in session.execute(dated)}
    if len(rows) < most:
        rest = session.execute(_newest(conditions, most)).all()
        rows |= {row[0]: str(row[1]) for row in rest if row[0] not in rows}
    return list(rows.items())[:most]


def _rank(text: str, words: Sequence[str]) -> ColumnElement[int]:
    title, summary = func.lower(Entry.title), func.lower(Entry.summary)
    rank: ColumnElement[int] = _if_in(title, fold(text).strip(), _WHOLE)
    for word in words:
        rank = rank + _if_in(title, word, _IN_TITLE) + _if_in(summary, word, _IN_SUMMARY)
    return rank


def _if_in(text: ColumnElement[str], word: str, points: int) -> ColumnElement[int]:
    return case((text.contains(word, autoescape=True), points), else_=0)


def _facets(
    session: Session, rows: Sequence[tuple[int, str]], names: Sequence[str]
) -> Mapping[str, Mapping[str, int]]:
    counted: dict[str, dict[str, int]] = {name: {} for name in names}
    for _, kind in rows:
        counted["kind"][kind] = counted["kind"].get(kind, 0) + 1
    query = (
        select(EntryFacet.name, EntryFacet.value, func.count())
        .where(EntryFacet.entry_id.in_([row[0] for row in rows]), EntryFacet.name.in_(names))
        .group_by(EntryFacet.name, EntryFacet.value)
        .order_by(func.count().desc())
    )
    for name, value, number in session.execute(query):
        counted[name][value] = number
    return counted
