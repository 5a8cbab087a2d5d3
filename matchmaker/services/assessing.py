"""Finds the candidates of an entry on the other side and has the matching score them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache

from sqlalchemy import select

from matchmaker.domain.calendar import today
from matchmaker.domain.kinds import OTHER_SIDE, EntryKind
from matchmaker.domain.lifecycles import EntryState
from matchmaker.matching.assessment import Assessment
from matchmaker.matching.context import Context
from matchmaker.matching.explain import Explanation, explain
from matchmaker.matching.matcher import Matcher
from matchmaker.matching.payload import from_payload
from matchmaker.matching.sides import Side
from matchmaker.matching.synonyms import Synonyms
from matchmaker.matching.trees import Tree
from matchmaker.matching.weights import Weights, bundled_weights
from matchmaker.models import Entry, Match
from matchmaker.models.database import Database
from matchmaker.services.documents import embedded_text
from matchmaker.services.entries.derived import searchable_texts
from matchmaker.services.entries.reading import every_kind
from matchmaker.services.precedents import ByPair, Precedents
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
        others = {other.code: other for other in self._candidates(entry, known)}
        vectors = self._vectors_of([entry, *others.values()])
        matcher, theirs = self._matcher_now(), list(others.values())
        if entry.kind is EntryKind.DEMAND:
            own = _side_with(entry, self._precedents.bearing_on([entry], theirs, vectors))
            ranked = matcher.rank(own, map(side_of, theirs), vectors)
            return [Pair(entry, others[held.other], held) for held in ranked]
        own, decided = side_of(entry), self._precedents.bearing_on(theirs, [entry], vectors)
        found = [
            Pair(demand, entry, matcher.assess(_side_with(demand, decided), own, vectors))
            for demand in theirs
        ]
        return sorted(found, key=lambda pair: (-pair.assessment.score, pair.demand.code))

    @property
    def version(self) -> str:
        """What is stored with each match; another version may judge the same pair differently."""
        return self._matcher_now().version

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

    def _matcher_now(self) -> Matcher:
        """The matcher for today with the weights in force, kept until one of the two changes."""
        context, weights = self._context_on(today()), self._weights()
        held = self._matcher
        if held is None or held.weights is not weights or held.context.today != context.today:
            held = self._matcher = Matcher(context, weights)
        return held

    def _build_context(self, day: date) -> Context:
        """The means of comparison on a day; ages and deadlines count from it."""
        return Context(
            embedder=self._embedder,
            analyser=self._analyser,
            today=day,
            synonyms=self._synonyms,
            fields=self._tree("fields"),
            industries=self._tree("industries"),
        )

    @cached_property
    def _synonyms(self) -> Synonyms:
        return Synonyms(self._taxonomies.synonyms)

    def _tree(self, scheme: str) -> Tree:
        terms = self._taxonomies.scheme(scheme)
        return Tree({code: term.parent for code, term in terms.items()})


def _side_with(demand: Entry, decided: ByPair) -> Side:
    """A demand with what was decided on pairs like its own."""
    return replace(side_of(demand), precedents=decided.get(demand.code, {}))
