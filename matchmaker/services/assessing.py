"""Finds the candidates of an entry on the other side and has the matching score them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TypeAlias

from sqlalchemy import select

from matchmaker.domain.calendar import today
from matchmaker.domain.kinds import EntryKind, partners_of
from matchmaker.domain.lifecycles import EntryState
from matchmaker.matching.assessment import Assessment
from matchmaker.matching.context import Context
from matchmaker.matching.explain import Explanation, explain
from matchmaker.matching.matcher import Matcher
from matchmaker.matching.payload import from_payload
from matchmaker.matching.sides import Side
from matchmaker.matching.weights import Weights, bundled_weights
from matchmaker.models import Entry, Match
from matchmaker.models.database import Database
from matchmaker.services.documents import EVERYONE, embedded_text, published
from matchmaker.services.entries.correcting import corrections_of
from matchmaker.services.entries.derived import searchable_texts
from matchmaker.services.entries.reading import every_kind
from matchmaker.services.matchers import context_for
from matchmaker.services.precedents import ByPair, Precedents
from matchmaker.services.questions import answers_of
from matchmaker.services.sides import side_of
from matchmaker.services.taxonomies import Taxonomies
from matchmaker.services.vectors import Vectors
from search_index.analysis import Analyser
from search_index.documents import Vector
from search_index.embedders.base import Embedder
from search_index.lifecycle import IndexHandle

#: Candidates that the index names, by the kind of the other side.
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


Ends: TypeAlias = tuple[Entry, Entry]
"""A demand and another entry."""


class Assessing:
    """Candidates and scores.

    Args:
        database: where entries are.
        index: finds candidates.
        embedder: the one the index serves with.
        analyser: the one the index was built with.
        taxonomies: trees and synonyms.
        weights: those in force; they may change from one call to the next.
    """

    def __init__(
        self,
        database: Database,
        index: IndexHandle,
        embedder: Embedder,
        analyser: Analyser,
        taxonomies: Taxonomies,
        weights: Callable[[], Weights] = bundled_weights,
    ) -> None:
        self._database = database
        self._index = index
        self._embedder = embedder
        self._analyser = analyser
        self._taxonomies = taxonomies
        self._weights = weights
        self._vectors = Vectors(database, embedder)
        self._precedents = Precedents(database, index, self._vectors)
        self._context_on = lru_cache(maxsize=2)(self._build_context)
        self._matcher: Matcher | None = None

    def pairs(self, entry: Entry, known: Collection[str] = ()) -> list[Pair]:
        """All candidate pairs of an entry, best first; none with its own organisation.

        Args:
            entry: published, with translations and its kind's columns loaded.
            known: codes of entries to look at whether or not the index names them, so that a
                match found from the other side is judged anew and not forgotten.
        """
        found = self._candidates(entry, known)
        is_demand = entry.kind is EntryKind.DEMAND
        ends = [(entry, other) if is_demand else (other, entry) for other in found]
        sides, vectors = self.sides([entry, *found]), self._vectors_of([entry, *found])
        read = self._worth_reading(ends, known, sides, vectors)
        return sorted(self._assessed(read, sides, vectors), key=_best_first)

    def pair(self, demand: Entry, other: Entry) -> Pair:
        """Compare two entries now, whether or not they are a match; both as `pairs` takes them."""
        both = [demand, other]
        return self._assessed([(demand, other)], self.sides(both), self._vectors_of(both))[0]

    def _worth_reading(
        self,
        ends: Sequence[Ends],
        known: Collection[str],
        sides: Mapping[str, Side],
        vectors: Mapping[str, Vector],
    ) -> list[Ends]:
        """The pairs that agree best at a glance, and those that are matches already."""
        held = frozenset(known)
        fresh = [pair for pair in ends if held.isdisjoint(_codes(pair))]
        compared = [(sides[demand.code], sides[other.code]) for demand, other in fresh]
        found = self._matcher_now().promising(compared, vectors)
        chosen = {(demand.code, other.code) for demand, other in found}
        return [pair for pair in ends if _codes(pair) in chosen or held.intersection(_codes(pair))]

    def _assessed(
        self, ends: Sequence[Ends], sides: Mapping[str, Side], vectors: Mapping[str, Vector]
    ) -> list[Pair]:
        """Each demand compared with its other end, with what was decided on pairs alike."""
        demands = {demand.code: demand for demand, _ in ends}
        others = {other.code: other for _, other in ends}
        decided = self._precedents.bearing_on([*demands.values()], [*others.values()], vectors)
        asking = {code: _with_precedents(sides[code], decided) for code in demands}
        compared = [(asking[demand.code], sides[other.code]) for demand, other in ends]
        found = self._matcher_now().assess_all(compared, vectors)
        return [Pair(*pair, held) for pair, held in zip(ends, found, strict=True)]

    def sides(self, entries: Sequence[Entry]) -> dict[str, Side]:
        """Entries as scoring sees them, by code, with answers and corrections."""
        ids = [entry.id for entry in entries]
        with self._database.read() as session:
            answers, corrections = answers_of(session, ids), corrections_of(session, ids)
        return {
            entry.code: side_of(entry, answers.get(entry.id, ()), corrections.get(entry.id, ()))
            for entry in entries
        }

    @property
    def version(self) -> str:
        """What is stored with each match; another version may judge the same pair differently."""
        return self._matcher_now().version

    def explained(self, match: Match) -> Explanation:
        """The explanation of a stored match, as it was when it was computed."""
        return explain(from_payload(match.assessment))

    def _candidates(self, entry: Entry, known: Collection[str]) -> Sequence[Entry]:
        text = embedded_text(entry)
        vector = self._vectors.of([text])[text]
        codes = list(known)
        for kind in partners_of(entry.kind):
            query = published(*EVERYONE).of_kinds(str(kind)).without(entry.code)
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

    def _matcher_now(self) -> Matcher:
        """The matcher for today with the weights in force, kept until one of the two changes."""
        context, weights = self._context_on(today()), self._weights()
        held = self._matcher
        if held is None or held.weights is not weights or held.context.today != context.today:
            held = self._matcher = Matcher(context, weights)
        return held

    def _build_context(self, day: date) -> Context:
        """The means of comparison on a day; ages and deadlines count from it."""
        return context_for(self._taxonomies, self._analyser, self._embedder, day)


def _with_precedents(demand: Side, decided: ByPair) -> Side:
    """A demand with what was decided on pairs like its own."""
    return replace(demand, precedents=decided.get(demand.code, {}))


def _codes(ends: Ends) -> tuple[str, str]:
    demand, other = ends
    return demand.code, other.code


def _best_first(pair: Pair) -> tuple[float, str, str]:
    return -pair.assessment.score, pair.demand.code, pair.other.code
