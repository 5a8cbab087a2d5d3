"""One query on one snapshot: what is found, in which order, and the counts over it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from search_index.backends.embedded.columns import Mask
from search_index.backends.embedded.memory import Snapshot
from search_index.backends.embedded.vectors import cosines
from search_index.documents import DATE, KIND, NEWEST, RELEVANCE, Hit, Query, Result, Texts
from search_index.fusion import NEAREST, Ranking, best, deep_enough, fused, scaled
from search_index.timing import LEXICAL, VECTORS, timed

_WIDER = 4  # how much further to look when filters leave too few

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


def search(snapshot: Snapshot, query: Query, ranking: Ranking, excluded: Iterable[int]) -> Result:
    """Return the page of ``query``; ``excluded`` holds the rows of the excluded ids."""
    open_to = _visible(snapshot, query, excluded)
    lexical, cosine = _lexical(snapshot, query), _cosine(snapshot, query)
    found = open_to & _matching(snapshot, query, lexical, cosine, open_to, ranking.floor)
    filters = _filters(snapshot, query)
    passing = found & _all(filters.values(), len(found))
    rows = np.flatnonzero(passing)
    scores = fused(lexical[rows], cosine[rows], ranking.similarity_weight)
    order = _ordered(snapshot, query, rows, scores)
    hits = _hits(snapshot, rows[order], scores[order], scaled(lexical[rows])[order], cosine)
    facets = {
        name: snapshot.columns.counts(name, found & _all_but(filters, name, len(found)))
        for name in query.facets
    }
    return Result(tuple(hits), len(rows), facets)


def candidates(
    snapshot: Snapshot,
    texts: Texts,
    query: Query,
    limit: int,
    ranking: Ranking,
    excluded: Iterable[int],
) -> list[Hit]:
    """Return the ``limit`` best of both rankings among what ``query`` lets pass."""
    passing = _visible(snapshot, query, excluded)
    passing &= _all(_filters(snapshot, query).values(), len(passing))
    lexical = _deepest(snapshot, texts, query.kinds, passing, deep_enough(limit))
    cosine = _cosine(snapshot, query)
    near = np.flatnonzero(passing & (np.nan_to_num(cosine) > 0))
    rows = np.union1d(np.flatnonzero(lexical > 0), near[best(cosine[near], limit)])
    scores = fused(lexical[rows], cosine[rows], ranking.similarity_weight)
    order = best(scores, limit)
    return _hits(snapshot, rows[order], scores[order], scaled(lexical[rows])[order], cosine)


@timed(LEXICAL)
def _deepest(
    snapshot: Snapshot, texts: Texts, kinds: tuple[str, ...], passing: Mask, depth: int
) -> Floats:
    """Return lexical scores by row of the ``depth`` best, and of more where half do not pass."""
    limit = depth
    while True:
        found = snapshot.lexical.nearest(texts, kinds, limit)
        rows, known = snapshot.rows_of(found.seqs)
        known &= passing[rows] if len(passing) else False
        if found.complete or 2 * int(known.sum()) >= depth:
            scores = np.zeros(len(passing))
            scores[rows[known]] = found.scores[known]
            return scores
        limit *= _WIDER


def _visible(snapshot: Snapshot, query: Query, excluded: Iterable[int]) -> Mask:
    length = snapshot.columns.length
    visible = snapshot.columns.audiences.having(query.audiences, length) & snapshot.alive
    visible[list(excluded)] = False
    return visible


@timed(LEXICAL)
def _lexical(snapshot: Snapshot, query: Query) -> Floats:
    scores = np.zeros(snapshot.columns.length)
    if query.text.strip():
        found = snapshot.lexical.matching(query.text, _kinds(query))
        rows, known = snapshot.rows_of(found.seqs)
        scores[rows[known]] = np.maximum(found.scores[known], np.finfo(np.float64).tiny)
    return scores


@timed(VECTORS)
def _cosine(snapshot: Snapshot, query: Query) -> Floats:
    length = snapshot.columns.length
    if query.vector is None:
        return np.full(length, np.nan)
    return cosines(snapshot.blocks, query.vector, _kinds(query), length)


def _kinds(query: Query) -> tuple[str, ...]:
    """Return the kinds to look at: all (empty) where they are to be counted."""
    return () if KIND in query.facets else query.kinds


def _matching(
    snapshot: Snapshot, query: Query, lexical: Floats, cosine: Floats, open_to: Mask, floor: float
) -> Mask:
    """Return which rows are lexical hits or near; all of them when nothing was asked."""
    if not query.text.strip() and query.vector is None:
        return np.ones(len(lexical), dtype=np.bool_)
    matching: Mask = lexical > 0
    near = open_to & (np.nan_to_num(cosine, nan=-1.0) >= floor)
    for block in snapshot.blocks.values():
        rows = block.rows[near[block.rows]]
        matching[rows[best(cosine[rows], NEAREST)]] = True
    return matching


def _filters(snapshot: Snapshot, query: Query) -> dict[str, Mask]:
    """Return for each filter or range, by name, which rows pass it."""
    columns = snapshot.columns
    asked = dict(query.filters)
    if query.kinds:
        asked[KIND] = tuple(set(query.kinds) & set(asked.get(KIND, query.kinds)))
    passing = {name: columns.having(name, values) for name, values in asked.items()}
    for held in query.ranges:
        within = columns.within(held)
        passing[held.name] = passing[held.name] & within if held.name in passing else within
    return passing


def _all(masks: Iterable[Mask], length: int) -> Mask:
    return reduce(np.logical_and, masks, np.ones(length, dtype=np.bool_))


def _all_but(filters: Mapping[str, Mask], name: str, length: int) -> Mask:
    return _all((mask for held, mask in filters.items() if held != name), length)


def _ordered(snapshot: Snapshot, query: Query, rows: Rows, scores: Floats) -> Rows:
    """Return the places of ``rows`` that make up the page, in order."""
    asked = query.text.strip() or query.vector is not None
    order = query.order if asked or query.order != RELEVANCE else NEWEST
    if order == RELEVANCE:
        keys = scores
    else:
        order = f"-{DATE}" if order == NEWEST else order
        values = snapshot.columns.sort_values(order.removeprefix("-"))[rows]
        keys = np.nan_to_num(values if order.startswith("-") else -values, nan=-np.inf)
    newest_first = np.arange(len(rows))[::-1]
    places = newest_first[best(keys[::-1], query.offset + query.limit)]
    return places[query.offset :]


def _hits(
    snapshot: Snapshot, rows: Rows, scores: Floats, lexical: Floats, cosine: Floats
) -> list[Hit]:
    similar = [None if np.isnan(value) else float(value) for value in cosine[rows]]
    return [
        Hit(snapshot.ids[row], score, share, similarity)
        for row, score, share, similarity in zip(
            rows.tolist(), scores.tolist(), lexical.tolist(), similar, strict=True
        )
    ]
