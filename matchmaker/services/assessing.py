"""Finds the candidates of an entry on the other side and has the matching score them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import select

from matchmaker.domain.calendar import today
from matchmaker.domain.kinds import OTHER_SIDE, EntryKind
from matchmaker.domain.lifecycles import EntryState
from matchmaker.matching.assessment import Assessment
from matchmaker.matching.explain import Explanation, explain
from matchmaker.matching.matcher import Matcher
from matchmaker.matching.payload import from_payload
from matchmaker.matching.sides import Side
from matchmaker.models import Entry, Match
from matchmaker.models.database import Database
from matchmaker.services.documents import embedded_text
from matchmaker.services.entries.derived import searchable_texts
from matchmaker.services.entries.reading import every_kind
from matchmaker.services.matchers import matcher_for
from matchmaker.services.questions import answers_of
from matchmaker.services.sides import side_of
from matchmaker.services.taxonomies import Taxonomies
from matchmaker.services.vectors import Vectors
from search_index.analysis import Analyser
from search_index.documents import Query, Vector
from search_index.embedders.base import Embedder
from search_index.lifecycle import IndexHandle

#: Candidates looked at, by the kind of the other side.
_CANDIDATES = {
    EntryKind.ACHIEVEMENT: 40,
    EntryKind.EXPERT: 20,
    EntryKind.PROJECT: 20,
    EntryKind.DEMAND: 50,
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A demand and another entry with what the matching says of the two."""

    demand: Entry
    other: Entry
    assessment: Assessment

    @property
    def key(self) -> tuple[int, int]:
        """What makes the pair unique."""
        return self.demand.id, self.other.id


class Assessing:
    """Candidates and scores.

    Args:
        database: where entries are.
        index: finds candidates.
        embedder: the one the index serves with.
        analyser: the one the index was built with.
        taxonomies: trees and synonyms.
    """

    def __init__(
        self,
        database: Database,
        index: IndexHandle,
        embedder: Embedder,
        analyser: Analyser,
        taxonomies: Taxonomies,
    ) -> None:
        self._database = database
        self._index = index
        self._embedder = embedder
        self._analyser = analyser
        self._taxonomies = taxonomies
        self._vectors = Vectors(database, embedder)
        self._matcher_on = lru_cache(maxsize=2)(self._build_matcher)

    def pairs(self, entry: Entry, known: Collection[str] = ()) -> list[Pair]:
        """All candidate pairs of an entry, best first; none with its own organisation.

        Args:
            entry: published, with translations and its kind's columns loaded.
            known: codes of entries to look at whether or not the index names them, so that a
                match found from the other side is judged anew and not forgotten.
        """
        others = {other.code: other for other in self._candidates(entry, known)}
        vectors = self._vectors_of([entry, *others.values()])
        sides = self.sides([entry, *others.values()])
        matcher, own = self._matcher_on(today()), sides.pop(entry.code)
        if entry.kind is EntryKind.DEMAND:
            ranked = matcher.rank(own, sides.values(), vectors)
            return [Pair(entry, others[held.other], held) for held in ranked]
        found = [
            Pair(demand, entry, matcher.assess(sides[demand.code], own, vectors))
            for demand in others.values()
        ]
        return sorted(found, key=lambda pair: (-pair.assessment.score, pair.demand.code))

    def pair(self, demand: Entry, other: Entry) -> Pair:
        """Compare two entries now, whether or not they are a match; both as `pairs` takes them."""
        vectors = self._vectors_of([demand, other])
        sides = self.sides([demand, other])
        matcher = self._matcher_on(today())
        assessment = matcher.assess(sides[demand.code], sides[other.code], vectors)
        return Pair(demand, other, assessment)

    def sides(self, entries: Sequence[Entry]) -> dict[str, Side]:
        """Entries as scoring sees them, by code, with what their organisations answered."""
        with self._database.read() as session:
            answers = answers_of(session, [entry.id for entry in entries])
        return {entry.code: side_of(entry, answers.get(entry.id, ())) for entry in entries}

    @property
    def version(self) -> str:
        """What is stored with each match; another version may judge the same pair differently."""
        return self._matcher_on(today()).version

    def explained(self, match: Match) -> Explanation:
        """The explanation of a stored match, as it was when it was computed."""
        return explain(from_payload(match.assessment))

    def _candidates(self, entry: Entry, known: Collection[str]) -> Sequence[Entry]:
        kinds = OTHER_SIDE if entry.kind is EntryKind.DEMAND else (EntryKind.DEMAND,)
        text = embedded_text(entry)
        vector = self._vectors.of([text])[text]
        codes = list(known)
        for kind in kinds:
            query = (
                Query()
                .for_audiences("public", "registered", "brokers")
                .of_kinds(str(kind))
                .where("status", str(EntryState.PUBLISHED))
                .without(entry.code)
            )
            texts = searchable_texts(entry)
            hits = self._index.candidates(texts, vector, query, _CANDIDATES[kind])
            codes.extend(hit.id for hit in hits)
        with self._database.read() as session:
            return session.scalars(
                select(Entry)
                .where(
                    Entry.code.in_(codes),
                    Entry.status == EntryState.PUBLISHED,
                    Entry.organisation_id != entry.organisation_id,
                )
                .options(*every_kind())
            ).all()

    def _vectors_of(self, entries: Sequence[Entry]) -> Mapping[str, Vector]:
        """The stored vector of each entry by code; missing ones are made."""
        texts = {entry.code: embedded_text(entry) for entry in entries}
        vectors = self._vectors.of(list(texts.values()))
        return {code: vectors[text] for code, text in texts.items()}

    def _build_matcher(self, day: date) -> Matcher:
        """The matcher for a day; ages and deadlines count from it."""
        return matcher_for(self._taxonomies, self._analyser, self._embedder, day)
