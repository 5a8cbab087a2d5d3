"""What is indexed, what is asked and what comes back, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float32]
Bound: TypeAlias = float | date | None
Texts: TypeAlias = str | Mapping[str, str]
"""One text, or texts by field as in ``Document.texts``."""

DATE = "date"
"""The name in ``Document.dates`` of the day that says how new a document is."""

KIND, LANGUAGE = "kind", "language"
"""Names under which a document's kind and language can be filtered and counted."""

RELEVANCE, NEWEST = "relevance", "newest"
"""Orders with a name of their own; any other is the name of a date or number."""

PASSAGE_FIELDS = ("title", "summary", "keywords", "body")
"""The texts that make up what is embedded, in this order."""


@dataclass(frozen=True, slots=True)
class Document:
    """One searchable document.

    ``id`` names it for good; ``version`` only grows, an older or equal write changes nothing.
    ``texts`` holds the searchable texts by field (title, summary, keywords, body, organisation…),
    ``filters`` many-valued codes by field, ``numbers`` and ``dates`` single values by name.
    ``audiences`` names who may find it: a query sees it when it shares one of them.
    ``vector`` is the embedding of ``passage(texts)``: float32, shape [dimension], unit length.
    """

    id: str
    version: int
    kind: str
    language: str = "zh"
    texts: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    dates: Mapping[str, date] = field(default_factory=dict)
    audiences: tuple[str, ...] = ()
    vector: Vector | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers or dates from ``low`` to ``high``, both included, ``None`` for open.

    ``or_missing`` lets documents pass that have no such value.
    """

    name: str
    low: Bound = None
    high: Bound = None
    or_missing: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: a frozen value built by small steps, each returning a new query.

    A document is found when its audiences share one with the query's (no audience, nothing
    found), its kind is one of ``kinds`` (all when empty), each filtered field holds one of the
    values asked for, and each range holds. An empty ``text`` without a vector browses.
    """

    text: str = ""
    vector: Vector | None = field(default=None, compare=False, repr=False)
    audiences: frozenset[str] = frozenset()
    kinds: tuple[str, ...] = ()
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    ranges: tuple[Range, ...] = ()
    excluded: frozenset[str] = frozenset()
    facets: tuple[str, ...] = ()
    order: str = RELEVANCE
    offset: int = 0
    limit: int = 20

    def near(self, vector: Vector | None) -> Query:
        """Also find the nearest of ``vector``: float32, shape [dimension], unit length."""
        return replace(self, vector=vector)

    def for_audiences(self, *audiences: str) -> Query:
        """Find what any of ``audiences`` may find, instead of what was set before."""
        return replace(self, audiences=frozenset(audiences))

    def of_kinds(self, *kinds: str) -> Query:
        """Find only these kinds; none given means all."""
        return replace(self, kinds=kinds)

    def where(self, name: str, *values: str) -> Query:
        """Find only documents with one of ``values`` in filter ``name``; no value, no filter."""
        others = tuple(pair for pair in self.filters if pair[0] != name)
        return replace(self, filters=(*others, (name, values)) if values else others)

    def within(
        self, name: str, low: Bound = None, high: Bound = None, *, or_missing: bool = False
    ) -> Query:
        """Find only numbers or dates ``name`` from ``low`` to ``high``, both included."""
        others = tuple(held for held in self.ranges if held.name != name)
        return replace(self, ranges=(*others, Range(name, low, high, or_missing)))

    def without(self, *ids: str) -> Query:
        """Leave out the documents with these ids, with those left out before."""
        return replace(self, excluded=self.excluded | frozenset(ids))

    def facets_of(self, *names: str) -> Query:
        """Count the values of these filters; ``kind`` and ``language`` count too."""
        return replace(self, facets=names)

    def sorted_by(self, order: str) -> Query:
        """Order by ``relevance``, ``newest``, or a date or number by name (``-name`` downwards).

        Documents without the value come last either way.
        """
        return replace(self, order=order)

    def page(self, offset: int, limit: int) -> Query:
        """Return ``limit`` hits from the ``offset``-th on; raises ValueError below zero."""
        if offset < 0 or limit < 0:
            raise ValueError("a page has an offset and a limit of zero or more")
        return replace(self, offset=offset, limit=limit)


@dataclass(frozen=True, slots=True)
class Hit:
    """One found document.

    ``score`` is what the order by relevance rests on; ``lexical`` the lexical score divided by
    the best of this query, in [0, 1]; ``similarity`` the cosine with the query's vector in
    [-1, 1], ``None`` where either has no vector.
    """

    id: str
    score: float
    lexical: float = 0.0
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One page of hits, with ``total`` and ``facets`` over the whole set they are part of.

    The set is what matches the text joined with the nearest vectors above the floor. Counts of a
    field leave that field's own filter aside, so that the values not chosen can be chosen.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]


def passage(texts: Mapping[str, str]) -> str:
    """Return the text that is embedded for a document or a stored query with ``texts``."""
    return "\n".join(texts[name] for name in PASSAGE_FIELDS if texts.get(name))
