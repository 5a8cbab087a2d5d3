"""What a reader asks of the search page, read from the address and written back to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from matchmaker.domain.kinds import EntryKind
from matchmaker.services.searching import ORDERS, SearchRequest
from matchmaker.services.taxonomies import Taxonomies
from matchmaker.web.labels import LABELS

PER_PAGE = 20
_LONGEST_TEXT = 400
_MOST_VALUES = 20
#: The search service leafs no further than this.
_MOST_PAGES = 200

#: Facets beside the list, by database; "" is the list of all four.
FACETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "": ("field", "region", "organisation_kind"),
        "achievement": ("field", "stage", "mode", "region", "organisation_kind"),
        "demand": ("field", "demand_type", "mode", "region"),
        "project": ("field", "phase", "region", "organisation_kind"),
        "expert": ("field", "availability", "region"),
    }
)
#: Facets whose values are codes of a tree, by its taxonomy.
TREES: Mapping[str, str] = MappingProxyType({"field": "fields", "region": "regions"})


@dataclass(frozen=True, slots=True)
class Kept:
    """Parameters a form keeps as hidden fields; one name may stand several times."""

    pairs: tuple[tuple[str, str], ...]

    def items(self) -> tuple[tuple[str, str], ...]:
        """Name and value, as the macros of the forms ask for them."""
        return self.pairs


@dataclass(frozen=True, slots=True)
class Choice:
    """One address of the search page.

    Attributes:
        text: the words in the box.
        kind: one of the four databases, or "" for all.
        filters: facet → chosen values.
        sort: one of `ORDERS`, or "" for the order that suits the question.
        page: from 1.
    """

    text: str = ""
    kind: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    page: int = 1

    @property
    def plain(self) -> bool:
        """Whether this is a list as it stands: nothing sought, filtered, sorted or leafed."""
        return not (self.text or self.filters or self.sort or self.page > 1)

    @property
    def marked(self) -> int:
        """How many values are chosen."""
        return sum(len(values) for values in self.filters.values())

    @property
    def order(self) -> str:
        """The order in force."""
        return self.sort or ("relevance" if self.text else "newest")

    def url(self) -> str:
        """The address that says exactly this."""
        parameters: dict[str, Any] = {name: list(values) for name, values in self.filters.items()}
        named = {"q": self.text, "kind": self.kind, "sort": self.sort}
        parameters |= {name: value for name, value in named.items() if value}
        if self.page > 1:
            parameters["page"] = self.page
        return url_for("showcase.search", **parameters)

    def kept(self, *, with_text: bool = False, with_filters: bool = False) -> Kept:
        """What a form carries along besides its own fields."""
        pairs = [("kind", self.kind), ("sort", self.sort)]
        if with_text:
            pairs.append(("q", self.text))
        if with_filters:
            pairs += [(name, value) for name, values in self.filters.items() for value in values]
        return Kept(tuple(pair for pair in pairs if pair[1]))

    def of_kind(self, kind: str) -> Choice:
        """The same question to another database, without the filters it does not have."""
        filters = {name: held for name, held in self.filters.items() if name in FACETS[kind]}
        sort = "" if self.sort == "deadline" and kind not in ("", "demand") else self.sort
        return replace(self, kind=kind, filters=filters, sort=sort, page=1)

    def sorted_by(self, order: str) -> Choice:
        """The same question in another order."""
        return replace(self, sort="" if order == replace(self, sort="").order else order, page=1)

    def unfiltered(self) -> Choice:
        """The same question without any filter."""
        return replace(self, filters={}, page=1)

    def without(self, name: str, value: str) -> Choice:
        """The same question with one filter value taken off."""
        left = tuple(held for held in self.filters.get(name, ()) if held != value)
        filters = {**self.filters, name: left}
        return replace(self, filters={key: held for key, held in filters.items() if held}, page=1)

    def narrowed(self, taxonomies: Taxonomies) -> Mapping[str, tuple[str, ...]]:
        """The filters in force: a code gives way to those chosen below it."""
        return {
            name: _lowest(values, TREES[name], taxonomies) if name in TREES else values
            for name, values in self.filters.items()
        }

    def request(self, taxonomies: Taxonomies) -> SearchRequest:
        """The question as the search service takes it."""
        return SearchRequest(
            text=self.text,
            kinds=(self.kind,) if self.kind else (),
            filters=self.narrowed(taxonomies),
            order=self.order,
            page=self.page,
            per_page=PER_PAGE,
        )


def read_choice(arguments: MultiDict[str, str], taxonomies: Taxonomies) -> Choice:
    """What an address asks; what it gets wrong is passed over.

    Args:
        arguments: the parameters of the address.
        taxonomies: to tell codes that exist.
    """
    kind = arguments.get("kind", "")
    kind = kind if kind in EntryKind.__members__.values() else ""
    filters = {}
    for name in FACETS[kind]:
        given = dict.fromkeys(arguments.getlist(name))
        if known := tuple(v for v in given if _exists(name, v, taxonomies))[:_MOST_VALUES]:
            filters[name] = known
    sort = arguments.get("sort", "")
    return Choice(
        text=" ".join(arguments.get("q", "").split())[:_LONGEST_TEXT],
        kind=kind,
        filters=filters,
        sort=sort if sort in ORDERS else "",
        page=min(max(arguments.get("page", 1, type=int), 1), _MOST_PAGES),
    )


def _exists(name: str, value: str, taxonomies: Taxonomies) -> bool:
    if name in TREES:
        return taxonomies.knows(TREES[name], value)
    return value in LABELS[name]


def _lowest(values: tuple[str, ...], scheme: str, taxonomies: Taxonomies) -> tuple[str, ...]:
    above = {code for value in values for code in taxonomies.path(scheme, value)[1:]}
    return tuple(value for value in values if value not in above)
