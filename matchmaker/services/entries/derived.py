"""What is derived from an entry each time it is saved: facets to filter by, n-grams to search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from matchmaker.domain.fields import FIELDS, FieldType
from matchmaker.models import Achievement, Demand, Entry, EntryFacet, Expert, Project
from matchmaker.services.taxonomies import Taxonomies
from search_index.analysis import Analyser

#: Names of facets that are codes of a tree: a value stands for all that lies below it.
TREE_FACETS = ("field", "industry", "region")


class Deriver:
    """Keeps an entry's derived columns in step with its values.

    Args:
        taxonomies: to find what lies above a code.
        analyser: makes the n-grams, the same as in the search index.
    """

    def __init__(self, taxonomies: Taxonomies, analyser: Analyser) -> None:
        self._taxonomies = taxonomies
        self._analyser = analyser

    def refresh(self, entry: Entry) -> None:
        """Bring facets and n-grams up to date with the values."""
        wanted = set(facets_of(entry, self._taxonomies))
        held = {(facet.name, facet.value): facet for facet in entry.facets}
        for key in held.keys() - wanted:
            entry.facets.remove(held[key])
        for name, value in sorted(wanted - held.keys()):
            entry.facets.append(EntryFacet(name=name, value=value))
        entry.search_grams = self.grams(" ".join(searchable_texts(entry).values()))

    def grams(self, text: str) -> str:
        """The distinct tokens of a text between blanks, with a blank at both ends."""
        tokens = self._analyser.tokens(text)
        distinct = dict.fromkeys((*tokens.words, *tokens.grams))
        return " " + " ".join(distinct) + " "


def facets_of(entry: Entry, taxonomies: Taxonomies) -> Iterator[tuple[str, str]]:
    """All (name, value) pairs by which an entry can be filtered."""
    for name, codes in (
        ("field", entry.fields),
        ("industry", entry.industries),
        ("region", [entry.region]),
    ):
        scheme = {"field": "fields", "industry": "industries", "region": "regions"}[name]
        for code in codes:
            for step in taxonomies.path(scheme, code):
                yield name, step
    yield "organisation_kind", str(entry.organisation.kind)
    yield from ((name, value) for name, value in _facets_of_kind(entry) if value)


def _facets_of_kind(entry: Entry) -> Iterable[tuple[str, str]]:
    if isinstance(entry, Achievement):
        yield "stage", str(entry.stage or "")
        yield from (("mode", mode) for mode in entry.transfer_modes)
    elif isinstance(entry, Demand):
        yield "demand_type", str(entry.demand_type or "")
        yield from (("mode", mode) for mode in entry.solution_modes)
    elif isinstance(entry, Project):
        yield "phase", str(entry.phase or "")
        yield "programme_level", str(entry.programme_level or "")
    elif isinstance(entry, Expert):
        yield "availability", str(entry.availability or "")
        yield from (("engagement", mode) for mode in entry.engagement_modes)


def searchable_texts(entry: Entry) -> dict[str, str]:
    """The texts of the search document by field: title, summary, keywords, body, organisation.

    Translations join the field they translate, so both languages find the entry.
    """
    parts: dict[str, list[str]] = {"title": [], "summary": [], "keywords": [], "body": []}
    for spec in FIELDS[entry.kind]:
        if spec.search:
            parts[spec.search].extend(_texts(getattr(entry, spec.name), spec.type))
    for translation in entry.translations:
        parts["title"].append(translation.title)
        parts["summary"].append(translation.summary)
        parts["keywords"].extend(translation.keywords)
        parts["body"].append(translation.body)
    parts["organisation"] = [entry.organisation.name, entry.organisation.name_en]
    return {name: "\n".join(filter(None, texts)) for name, texts in parts.items()}


def _texts(value: object, type_: FieldType) -> Iterator[str]:
    if type_ in (FieldType.TEXT, FieldType.LONG_TEXT):
        yield str(value or "")
    elif type_ is FieldType.LINES and isinstance(value, list):
        yield from value
    elif type_ is FieldType.ROWS and isinstance(value, list):
        yield from (str(row.get("text", "")) for row in value)
