"""How an index is laid out in Elasticsearch, and what a document looks like there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from search_index.analysis import Analyser
from search_index.documents import KIND, LANGUAGE, Document, Vector
from search_index.terms import DOCUMENT_WEIGHTS, GRAMS, WORDS, weighed

AUDIENCES, VECTOR, WRITTEN, REMOVED_AT = "audiences", "vector", "written", "removed_at"

WINDOW = 10_000
"""How many hits one search may look at, and how many neighbours it may weigh."""

_LONGEST_TOKEN = 255  # the whitespace analyser cuts longer ones apart
_DEEPEST_PAGE = 50_000


@dataclass(frozen=True, slots=True)
class Layout:
    """How an index is spread and how its vectors are kept.

    ``vectors`` is the structure of the vector field: ``hnsw`` is quick and all but exact, ``flat``
    exact and slower by size, ``int8_hnsw`` and ``bbq_hnsw`` smaller and coarser.
    """

    shards: int = 1
    replicas: int = 0
    vectors: str = "hnsw"


def settings(layout: Layout) -> dict[str, Any]:
    """Return the settings of a new index."""
    return {
        "number_of_shards": layout.shards,
        "number_of_replicas": layout.replicas,
        "max_result_window": _DEEPEST_PAGE,
    }


def mapping(dimension: int, layout: Layout, meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return the mapping of a new index for vectors of ``dimension`` numbers.

    Nothing is mapped by guessing: a field that is not named here is refused. Numbers and dates
    are named by ``columns`` when the first document has them. The source is not kept: the
    database has it, and the index answers with ids alone.
    """
    text = {"type": "text", "analyzer": "whitespace", "index_options": "freqs"}
    return {
        "dynamic": "strict",
        "_source": {"enabled": False},
        "_meta": dict(meta),
        "properties": {
            KIND: {"type": "keyword"},
            LANGUAGE: {"type": "keyword"},
            AUDIENCES: {"type": "keyword"},
            WORDS: text,
            GRAMS: text,
            "filters": {"type": "flattened"},
            "numbers": {"type": "object", "properties": {}},
            "dates": {"type": "object", "properties": {}},
            VECTOR: {
                "type": "dense_vector",
                "dims": dimension,
                "similarity": "cosine",
                "index_options": {"type": layout.vectors},
            },
            WRITTEN: {"type": "long", "index": False},
            REMOVED_AT: {"type": "date"},
        },
    }


def columns(documents: Iterable[Document]) -> set[tuple[str, str]]:
    """Return the (object, name) of every number and date that some document has."""
    return {
        (where, name)
        for document in documents
        for where, names in (("numbers", document.numbers), ("dates", document.dates))
        for name in names
    }


def column_mapping(names: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the addition to the mapping for some ``columns``."""
    fields: dict[str, Any] = {}
    for where, name in names:
        kind = {"type": "double"} if where == "numbers" else {"type": "date"}
        fields.setdefault(where, {"properties": {}})["properties"][name] = kind
    return fields


def fields_of(document: Document, analyser: Analyser, written: int) -> dict[str, Any]:
    """Return a document as it is sent; ``written`` grows with every write."""
    words, grams = weighed(document.texts, analyser, DOCUMENT_WEIGHTS)
    fields: dict[str, Any] = {
        KIND: document.kind,
        LANGUAGE: document.language,
        AUDIENCES: list(document.audiences),
        WORDS: " ".join(map(token, words)),
        GRAMS: " ".join(grams),
        "filters": {name: list(values) for name, values in document.filters.items()},
        "numbers": {name: float(value) for name, value in document.numbers.items()},
        "dates": {name: value.isoformat() for name, value in document.dates.items()},
        WRITTEN: written,
    }
    if (numbers := vector_numbers(document.vector)) is not None:
        fields[VECTOR] = numbers
    return fields


def token(text: str) -> str:
    """Return a token as it is indexed, no longer than the analyser leaves whole."""
    return text[:_LONGEST_TOKEN]


def vector_numbers(vector: Vector | None) -> list[float] | None:
    """Return a vector as it is sent; None where there is none, or it points nowhere."""
    if vector is None or not np.any(vector):
        return None
    return [float(number) for number in vector]
