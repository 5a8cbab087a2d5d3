"""The words of a question as BM25 clauses, weighed by how rare each term is in the index."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from typing import Any

from search_index.analysis import Analyser
from search_index.backends.base import Fault, SearchIndexError
from search_index.backends.elasticsearch.asking import Clause, any_of
from search_index.backends.elasticsearch.faults import told
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
        self._leading: dict[int, str] = {}

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
        """Return by channel the idf of each term that some document has, over all shards."""
        asked = {WORDS: terms.words, GRAMS: terms.grams}
        document = {channel: " ".join(map(token, counts)) for channel, counts in asked.items()}
        if not any(document.values()):
            return {WORDS: {}, GRAMS: {}}
        held = [shard.get("term_vectors", {}) for shard in self._statistics(document)]
        return {channel: _idfs([one.get(channel, {}) for one in held]) for channel in asked}

    def _statistics(self, document: dict[str, str]) -> list[dict[str, Any]]:
        """Return what each shard says of the terms of a document that is in none of them."""
        wanted = {
            "term_statistics": True,
            "field_statistics": True,
            "positions": False,
            "offsets": False,
            "payloads": False,
        }
        docs = [{"doc": document, "routing": route, **wanted} for route in self._routes()]
        answer = self._node.call(
            lambda client: client.mtermvectors(index=self._index, docs=docs)
        ).body["docs"]
        for shard in answer:
            if "error" in shard:
                raise SearchIndexError(f"terms can't be counted: {told(shard['error'])}")
        return list(answer)

    def _routes(self) -> Sequence[str]:
        """Return for each shard a text that leads there, found out once."""
        if len(self._leading) < self._shards:
            self._leading = routes_to(self._node, self._index, self._shards)
        return list(self._leading.values())


def routes_to(node: Node, index: str, shards: int) -> dict[int, str]:
    """Return by the number of each shard a routing value that leads to it."""
    found: dict[int, str] = {}
    tries = map(str, itertools.count())
    while len(found) < shards:
        route = next(tries)
        found.setdefault(_shard_behind(node, index, route), route)
    return found


def _shard_behind(node: Node, index: str, route: str) -> int:
    answer = node.call(lambda client: client.search_shards(index=index, routing=route))
    copies = [copy for shard in answer.body["shards"] for copy in shard]
    if not copies:
        raise SearchIndexError(f"a shard of {index} is on no node", Fault.AWAY)
    return int(copies[0]["shard"])


def _idfs(shards: Sequence[dict[str, Any]]) -> dict[str, float]:
    total = sum(one.get("field_statistics", {}).get("doc_count", 0) for one in shards)
    frequencies: Counter[str] = Counter()
    for one in shards:
        for term, facts in one.get("terms", {}).items():
            frequencies[term] += facts.get("doc_freq", 0)
    return {term: idf(frequency, total) for term, frequency in frequencies.items()}


def _enough(units: list[tuple[str, str]]) -> Clause:
    clauses = [_term(channel, term) for channel, term in units]
    return {"bool": {"should": clauses, "minimum_should_match": required(len(units))}}


def _term(channel: str, term: str, weight: float = 1.0) -> Clause:
    return {"term": {channel: {"value": token(term), "boost": weight}}}
