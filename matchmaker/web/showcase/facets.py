"""Facets beside a list: values with counts in the reader's words, trees opened level by level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matchmaker.services.taxonomies import Taxonomies, Term
from matchmaker.web.labels import LABELS, label
from matchmaker.web.showcase.choice import FACETS, TREES, Choice

Counts = Mapping[str, Mapping[str, int]]

#: Where the levels of a tree begin: the country itself is no choice.
_TOP: Mapping[str, str] = {"regions": "000000"}


@dataclass(frozen=True, slots=True)
class Option:
    """A value that can be chosen, and how many entries it would leave."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A group of values under one heading; `name` is the parameter in the address."""

    name: str
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen value with the address of the page without it."""

    label: str
    url: str


class FacetBuilder:
    """Makes facets and chips of one answer.

    Args:
        choice: what was asked.
        counts: facet → value → entries, as the search answered.
        taxonomies: the trees.
        language: the reader's.
    """

    def __init__(
        self, choice: Choice, counts: Counts, taxonomies: Taxonomies, language: str
    ) -> None:
        self._choice = choice
        self._counts = counts
        self._taxonomies = taxonomies
        self._language = language

    def facets(self) -> list[Facet]:
        """All groups with something to choose, in the order of the database's list."""
        found: list[Facet] = []
        for name in FACETS[self._choice.kind]:
            found += self._tree(name) if name in TREES else self._plain(name)
        return found

    def chips(self) -> list[Chip]:
        """The filters in force, each with the way back."""
        narrowed = self._choice.narrowed(self._taxonomies)
        return [
            Chip(self._name(name, value), self._choice.without(name, value).url())
            for name, values in narrowed.items()
            for value in values
        ]

    def _plain(self, name: str) -> Iterator[Facet]:
        options = tuple(self._options(name, tuple(LABELS[name])))
        if options:
            yield Facet(name, label(name, "facet"), options)

    def _tree(self, name: str) -> Iterator[Facet]:
        """The first level, then the level below each value on the way to a chosen one."""
        scheme = TREES[name]
        waiting = [_TOP.get(scheme, "")]
        on_the_way = self._on_the_way(name)
        for parent in waiting:
            terms = self._taxonomies.children(scheme, parent)
            options = tuple(self._options(name, tuple(map(_code, terms)), by_count=True))
            if not options:
                continue
            heading = label(name, "facet") if parent == waiting[0] else self._name(name, parent)
            yield Facet(name, heading, options)
            waiting += [
                option.value
                for option in options
                if option.value in on_the_way or len(options) == 1
            ]

    def _on_the_way(self, name: str) -> set[str]:
        chosen = self._choice.filters.get(name, ())
        return {code for value in chosen for code in self._taxonomies.path(TREES[name], value)}

    def _options(
        self, name: str, values: tuple[str, ...], *, by_count: bool = False
    ) -> Iterator[Option]:
        counts = self._counts.get(name, {})
        chosen = self._choice.filters.get(name, ())
        if by_count:
            values = tuple(sorted(values, key=lambda value: -counts.get(value, 0)))
        for value in values:
            count = counts.get(value, 0)
            if count or value in chosen:
                yield Option(value, self._name(name, value), count, value in chosen)

    def _name(self, name: str, value: str) -> str:
        if name in TREES:
            return self._taxonomies.name(TREES[name], value, self._language)
        return label(value, name)


def _code(term: Term) -> str:
    return term.code
