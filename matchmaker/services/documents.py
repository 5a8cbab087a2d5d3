"""Presents an entry to the search index: its search document, and the text that is embedded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date

from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.policy import audiences_of
from matchmaker.models import Achievement, Demand, Entry, Project
from matchmaker.services.entries.derived import facets_of, searchable_texts
from matchmaker.services.taxonomies import Taxonomies
from search_index.documents import DATE, Document, Query, Vector, passage

#: Every audience but that of one organisation: what matching may look at.
EVERYONE = ("public", "registered", "brokers")


def document_of(entry: Entry, taxonomies: Taxonomies, vector: Vector | None) -> Document:
    """The search document of a shown entry.

    Args:
        entry: with organisation, translations and its kind's columns loaded.
        taxonomies: to add what lies above each code.
        vector: embedding of `embedded_text`, float32 [dimension], or None.
    """
    filters: dict[str, tuple[str, ...]] = {"status": (str(entry.status),)}
    for name, value in facets_of(entry, taxonomies):
        filters[name] = (*filters.get(name, ()), value)
    filters["organisation"] = (str(entry.organisation_id),)
    return Document(
        id=entry.code,
        version=entry.index_version,
        kind=str(entry.kind),
        language=entry.language,
        texts=searchable_texts(entry),
        filters=filters,
        numbers=_numbers(entry),
        dates=_dates(entry),
        audiences=audiences_of(entry.scope),
        vector=vector,
    )


def published(*audiences: str, text: str = "") -> Query:
    """A query for the published entries that these audiences may find."""
    found = Query(text=text).for_audiences(*audiences)
    return found.where("status", str(EntryState.PUBLISHED))


def embedded_text(entry: Entry) -> str:
    """The text an entry's vector stands for: its own words, without translations."""
    texts = {
        "title": entry.title,
        "summary": entry.summary,
        "keywords": "\n".join(entry.keywords),
        "body": entry.body,
    }
    return passage(texts)


def text_hash(text: str) -> str:
    """The key of a text's vector."""
    return hashlib.sha256(text.encode()).hexdigest()


def _numbers(entry: Entry) -> Mapping[str, float]:
    found: dict[str, float | None] = {}
    if isinstance(entry, Achievement):
        found = {"trl": entry.trl, "price": entry.price}
    elif isinstance(entry, Demand):
        found = {"budget": entry.budget_max}
    elif isinstance(entry, Project):
        found = {"funding": entry.funding}
    return {name: float(value) for name, value in found.items() if value is not None}


def _dates(entry: Entry) -> Mapping[str, date]:
    found: dict[str, date | None] = {
        DATE: entry.published_at.date() if entry.published_at else None,
        "confirmed": entry.confirmed_on,
        "deadline": entry.deadline if isinstance(entry, Demand) else None,
    }
    return {name: value for name, value in found.items() if value is not None}
