"""What a search engine reads of a public page: schema.org descriptions as JSON-LD."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request, url_for

from matchmaker.domain.kinds import EntryKind
from matchmaker.models import Demand, Entry, Expert, Organisation, Project
from matchmaker.web.cards import Texts, organisation_name

Description = dict[str, Any]

#: The schema.org type that comes nearest to each kind.
_TYPES: Mapping[EntryKind, str] = {
    EntryKind.ACHIEVEMENT: "CreativeWork",
    EntryKind.DEMAND: "Demand",
    EntryKind.PROJECT: "ResearchProject",
    EntryKind.EXPERT: "Person",
}


def describe_entry(entry: Entry, texts: Texts, field_names: Sequence[str]) -> Description:
    """An entry as schema.org knows it; contacts are never part of it.

    Args:
        entry: a public entry.
        texts: its texts in the reader's language.
        field_names: its technology fields in the reader's language.
    """
    common: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _TYPES[entry.kind],
        "identifier": entry.code,
        "name": texts.title,
        "description": texts.summary,
        "url": url_for("showcase.entry", code=entry.code, _external=True),
    }
    return common | _of_kind(entry, texts, field_names)


def describe_organisation(organisation: Organisation, name: str, about: str) -> Description:
    """An organisation as schema.org knows it."""
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": name,
        "description": about,
        "url": request.base_url,
    }
    if organisation.website:
        found["sameAs"] = organisation.website
    return found


def breadcrumbs(items: Sequence[tuple[str, str]]) -> Description:
    """The way to a page: (label, address) pairs from the home page on."""
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": label,
                "item": request.host_url.rstrip("/") + address,
            }
            for position, (label, address) in enumerate(items, start=1)
        ],
    }


def _of_kind(entry: Entry, texts: Texts, field_names: Sequence[str]) -> Description:
    provider = {"@type": "Organization", "name": organisation_name(entry)}
    if isinstance(entry, Expert):
        return {
            "name": entry.name or texts.title,
            "jobTitle": entry.professional_title,
            "affiliation": provider,
            "knowsAbout": [*field_names, *texts.keywords],
        }
    if isinstance(entry, Demand):
        ends = {"availabilityEnds": entry.deadline.isoformat()} if entry.deadline else {}
        return {"seller": provider, **ends}
    if isinstance(entry, Project):
        start = {"foundingDate": entry.start_on.isoformat()} if entry.start_on else {}
        return {"parentOrganization": provider, "keywords": ", ".join(texts.keywords), **start}
    return {
        "provider": provider,
        "inLanguage": texts.language,
        "keywords": ", ".join(texts.keywords),
        "about": list(field_names),
        "dateModified": entry.updated_at.isoformat(),
    }
