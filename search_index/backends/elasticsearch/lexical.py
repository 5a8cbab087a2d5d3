"""The words of a question as BM25 clauses, weighed by how rare each term is in the index."""

from __future__ import annotations

from typing import Any

from search_index.analysis import Analyser
from search_index.backends.elasticsearch.asking import Clause, any_of
from search_index.backends.elasticsearch.mapping import token
from search_index.backends.elasticsearch.node import Node
from search_index.documents import Texts
from search_index.terms import (
    GRAMS,
    QUERY_WEIGHTS,
    WORDS,
    Bag,
    bag,
    heaviest,
    idf,
    required,
    search_units,
)


class Lexical:
    """Makes clauses for the words of one index."""

    def __init__(self, node: Node, index: str, analyser: Analyser, shards: int) -> None:
        self._node, self._index, self._analyser, self._shards = node, index, analyser, shards

    def matching(self, text: str) -> Clause | None:
        """Return the clause of all that ``text`` finds, scored by its words.

        A hit has enough of its words, or of its grams. None where the text says nothing.
        """
        groups = [units for units in search_units(self._analyser.tokens(text)) if units]
        if not groups:
            return None
        member = any_of(_enough(units) for units in groups)
        scoring = self._scoring(bag(text, self._analyser, QUERY_WEIGHTS))
        return {"bool": {"filter": [member], "should": scoring, "minimum_should_match": 0}}

    def nearest(self, texts: Texts) -> Clause | None:
        """Return the clause of all that share a word with long texts, scored by them."""
        scoring = self._scoring(bag(texts, self._analyser, QUERY_WEIGHTS))
        return any_of(scoring) if scoring else None

    def _scoring(self, terms: Bag) -> list[Clause]:
        rarity = self._rarities(terms)
        return [
            _term(channel, term, weight)
            for channel, term, weight in heaviest(
                terms, lambda channel, term: rarity[channel].get(token(term), 0.0)
            )
        ]

    def _rarities(self, terms: Bag) -> dict[str, dict[str, float]]:
        """Return by channel the idf of each term that some document has.

        The statistics are those of one shard. With several, a term that this shard lacks counts
        as the rarest there can be: another may have it.
        """
        asked = {WORDS: terms.words, GRAMS: terms.grams}
        document = {channel: " ".join(map(token, counts)) for channel, counts in asked.items()}
        if not any(document.values()):
            return {WORDS: {}, GRAMS: {}}
        answer = self._node.call(
            lambda client: client.termvectors(
                index=self._index,
                doc=document,
                term_statistics=True,
                field_statistics=True,
                positions=False,
                offsets=False,
                payloads=False,
            )
        ).body
        held = answer.get("term_vectors", {})
        return {channel: self._idfs(held.get(channel, {})) for channel in asked}

    def _idfs(self, held: dict[str, Any]) -> dict[str, float]:
        total = held.get("field_statistics", {}).get("doc_count", 0)
        unseen = 1 if self._shards > 1 else 0
        return {
            term: idf(facts.get("doc_freq") or unseen, total)
            for term, facts in held.get("terms", {}).items()
        }


def _enough(units: list[tuple[str, str]]) -> Clause:
    clauses = [_term(channel, term) for channel, term in units]
    return {"bool": {"should": clauses, "minimum_should_match": required(len(units))}}


def _term(channel: str, term: str, weight: float = 1.0) -> Clause:
    return {"term": {channel: {"value": token(term), "boost": weight}}}
