"""Queries as Elasticsearch takes them: who sees what, filters, ranges, orders, neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from search_index.backends.elasticsearch.mapping import (
    AUDIENCES,
    REMOVED_AT,
    VECTOR,
    WINDOW,
    WRITTEN,
)
from search_index.documents import DATE, KIND, LANGUAGE, NEWEST, RELEVANCE, Bound, Query, Range

Clause = dict[str, Any]

BEST_FIRST: Sequence[Clause] = ({"_score": "desc"}, {WRITTEN: "desc"})
"""By score, and the later written first among equals."""

LIVE: Clause = {"exists": {"field": KIND}}
REMOVED: Clause = {"exists": {"field": REMOVED_AT}}

_LEAST_CANDIDATES = 500  # how many neighbours each shard weighs, at least
_MOST_VALUES = 1000  # of one facet


def visible(query: Query) -> list[Clause]:
    """Return what every hit must fulfil, whatever else is asked; tombstones have no audience."""
    clauses: list[Clause] = [{"terms": {AUDIENCES: sorted(query.audiences)}}]
    if query.excluded:
        clauses.append({"bool": {"must_not": among(query.excluded)}})
    return clauses


def conditions(query: Query) -> dict[str, Clause]:
    """Return for each filter or range, by name, its clause."""
    asked = dict(query.filters)
    if query.kinds:
        asked[KIND] = tuple(set(query.kinds) & set(asked.get(KIND, query.kinds)))
    held: dict[str, list[Clause]] = {
        name: [{"terms": {filter_field(name): list(values)}}] for name, values in asked.items()
    }
    for wanted in query.ranges:
        held.setdefault(wanted.name, []).append(_within(wanted))
    return {name: all_of(clauses) for name, clauses in held.items()}


def filter_field(name: str) -> str:
    """Return the field that holds the values of a filter."""
    return name if name in (KIND, LANGUAGE) else f"filters.{name}"


def all_of(clauses: Iterable[Clause]) -> Clause:
    """Return the clause that all of ``clauses`` make, without a score."""
    held = list(clauses)
    return held[0] if len(held) == 1 else {"bool": {"filter": held}}


def any_of(clauses: Iterable[Clause]) -> Clause:
    """Return the clause that one or more of ``clauses`` make, with the sum of their scores."""
    return {"bool": {"should": list(clauses), "minimum_should_match": 1}}


def among(ids: Iterable[str]) -> Clause:
    """Return the clause of the documents with these ids."""
    return {"ids": {"values": sorted(ids)}}


def neighbours(vector: Sequence[float], count: int, filters: Sequence[Clause]) -> Clause:
    """Return the search for the ``count`` nearest of ``vector`` among what passes ``filters``."""
    count = min(count, WINDOW)
    knn = {
        "field": VECTOR,
        "query_vector": vector,
        "k": count,
        "num_candidates": min(max(2 * count, _LEAST_CANDIDATES), WINDOW),
        "filter": list(filters),
    }
    return {"query": {"knn": knn}, "size": count, "sort": list(BEST_FIRST)}


def counted(names: Iterable[str], filters: Mapping[str, Clause]) -> Clause:
    """Return the aggregations of facets, each among what passes all ``filters`` but its own."""
    return {
        f"facet:{name}": {
            "filter": all_of(clause for held, clause in filters.items() if held != name),
            "aggs": {"values": {"terms": {"field": filter_field(name), "size": _MOST_VALUES}}},
        }
        for name in names
    }


def counts(names: Iterable[str], aggregations: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Return the answer to ``counted``: for each facet its values, the most frequent first."""
    found = {}
    for name in names:
        buckets = aggregations[f"facet:{name}"]["values"]["buckets"]
        pairs = sorted((-bucket["doc_count"], bucket["key"]) for bucket in buckets)
        found[name] = {key: -negative for negative, key in pairs}
    return found


def order_of(query: Query) -> str:
    """Return the order asked for; what is browsed has no relevance and comes newest first."""
    asked = query.text.strip() or query.vector is not None
    order = query.order if asked or query.order != RELEVANCE else NEWEST
    return f"-{DATE}" if order == NEWEST else order


def sorted_by(order: str) -> list[Clause]:
    """Return the order by a date or number, whichever of them has this name; missing ones last."""
    name, way = order.removeprefix("-"), "desc" if order.startswith("-") else "asc"
    fields = ((f"dates.{name}", "date"), (f"numbers.{name}", "double"))
    keys: list[Clause] = [
        {field: {"order": way, "missing": "_last", "unmapped_type": kind}} for field, kind in fields
    ]
    return [*keys, {WRITTEN: "desc"}]


def _within(asked: Range) -> Clause:
    fields = _range_fields(asked)
    bounds = {
        side: _bound(bound)
        for side, bound in (("gte", asked.low), ("lte", asked.high))
        if bound is not None
    }
    held = [
        {"range": {field: bounds}} if bounds else {"exists": {"field": field}} for field in fields
    ]
    if not asked.or_missing:
        return any_of(held)
    missing = {"bool": {"must_not": [{"exists": {"field": field}} for field in fields]}}
    return any_of([*held, missing])


def _range_fields(asked: Range) -> list[str]:
    bound = asked.low if asked.low is not None else asked.high
    if bound is None:
        return [f"dates.{asked.name}", f"numbers.{asked.name}"]
    return [f"{'dates' if isinstance(bound, date) else 'numbers'}.{asked.name}"]


def _bound(bound: Bound) -> str | float | None:
    return bound.isoformat() if isinstance(bound, date) else bound
