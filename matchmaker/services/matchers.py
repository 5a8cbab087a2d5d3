"""Puts a matcher together from the taxonomies and the means of search."""

from __future__ import annotations

from datetime import date

from matchmaker.matching.context import Context
from matchmaker.matching.matcher import Matcher
from matchmaker.matching.synonyms import Synonyms
from matchmaker.matching.trees import Tree
from matchmaker.services.taxonomies import Taxonomies
from search_index.analysis import Analyser
from search_index.embedders.base import Embedder


def matcher_for(
    taxonomies: Taxonomies, analyser: Analyser, embedder: Embedder, day: date
) -> Matcher:
    """A matcher with the bundled weights; see ``context_for``."""
    return Matcher(context_for(taxonomies, analyser, embedder, day))


def context_for(
    taxonomies: Taxonomies, analyser: Analyser, embedder: Embedder, day: date
) -> Context:
    """The means of comparison on a day; ages and deadlines count from it.

    Args:
        taxonomies: trees of fields and industries, and the synonyms.
        analyser: cuts texts into words.
        embedder: turns texts into vectors.
        day: in the portal's time zone.
    """
    return Context(
        embedder=embedder,
        analyser=analyser,
        today=day,
        synonyms=Synonyms(taxonomies.synonyms),
        fields=_tree(taxonomies, "fields"),
        industries=_tree(taxonomies, "industries"),
        bilingual=embedder.bilingual,
    )


def _tree(taxonomies: Taxonomies, scheme: str) -> Tree:
    terms = taxonomies.scheme(scheme)
    return Tree({code: term.parent for code, term in terms.items()})
