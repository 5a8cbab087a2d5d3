"""Public search over the four databases: index first, the database where the index is away."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import structlog
from sqlalchemy import select

from matchmaker.domain.actors import Actor
from matchmaker.domain.policy import audiences
from matchmaker.models import Entry
from matchmaker.models.database import Database
from matchmaker.monitoring.measured_index import WHOLE
from matchmaker.monitoring.meters import NO_METERS, Meters
from matchmaker.services.database_search import DatabaseSearch, Question
from matchmaker.services.documents import embedded_text, published
from matchmaker.services.entries.derived import searchable_texts
from matchmaker.services.entries.reading import every_kind, visible_to
from search_index.analysis import Analyser
from search_index.backends.base import SearchIndexError
from search_index.documents import NEWEST, RELEVANCE, Query
from search_index.embedders.base import Embedder
from search_index.lifecycle import IndexHandle

log = structlog.get_logger(__name__)

FACETS = (
    "kind",
    "field",
    "region",
    "stage",
    "mode",
    "demand_type",
    "organisation_kind",
    "availability",
    "phase",
)
ORDERS = ("relevance", "newest", "deadline")
_LONGEST_QUERY = 500
_MOST_PAGES = 200
#: Seconds the index is left alone after it failed, so that a broken engine slows nobody.
_PAUSE = 5.0


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What somebody asks.

    Attributes:
        text: words, in Chinese or English; "" browses.
        kinds: databases to look in; none means all.
        filters: facet → values, any of which may hold.
        order: one of `ORDERS`.
        page: from 1.
        per_page: entries on a page.
    """

    text: str = ""
    kinds: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: str = "relevance"
    page: int = 1
    per_page: int = 20


@dataclass(frozen=True, slots=True)
class Found:
    """One entry found, and how well it fits the words."""

    entry: Entry
    score: float


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of what was found.

    Attributes:
        found: entries on this page, best first.
        total: entries in all.
        facets: facet → value → entries that would be left.
        degraded: whether the database answered in place of the index.
        more: whether there are more than `total`, which were not looked at.
        near: entries that come near where nothing fits.
    """

    found: list[Found]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    degraded: bool = False
    more: bool = False
    near: list[Entry] = field(default_factory=list)


class Search:
    """Use cases of search.

    Args:
        database: rows.
        index: the search index.
        embedder: embeds the one query.
        analyser: splits text for highlights.
        without_index: answers while the index is away.
        meters: take the time of that search.
    """

    def __init__(
        self,
        database: Database,
        index: IndexHandle,
        embedder: Embedder,
        analyser: Analyser,
        without_index: DatabaseSearch,
        meters: Meters = NO_METERS,
    ) -> None:
        self._database = database
        self._index = index
        self._embedder = embedder
        self._analyser = analyser
        self._without_index = without_index
        self._meters = meters
        self._rest_until = 0.0

    def find(self, actor: Actor, request: SearchRequest) -> SearchPage:
        """What the person may see of what fits.

        Args:
            actor: who asks.
            request: the question.
        """
        if time.monotonic() >= self._rest_until:
            try:
                return self._find_in_index(actor, request)
            except (SearchIndexError, OSError) as error:
                self._rest_until = time.monotonic() + _PAUSE
                log.warning("search_degraded", error=error)
        started = time.perf_counter()
        page = self._find_in_database(actor, request)
        self._meters.search("database", WHOLE, time.perf_counter() - started)
        return page

    def similar(self, actor: Actor, entry: Entry, limit: int = 4) -> list[Entry]:
        """Entries of the same kind with near texts; none where the index is away."""
        vector = self._embedder.encode([embedded_text(entry)])[0]
        query = published(*audiences(actor)).of_kinds(str(entry.kind)).without(entry.code)
        try:
            hits = self._index.candidates(searchable_texts(entry), vector, query, limit)
        except (SearchIndexError, OSError):
            return []
        return self._rows(actor, [hit.id for hit in hits])

    def marks(self, text: str, query: str) -> list[tuple[str, bool]]:
        """Split a text into pieces, those that agree with the query flagged.

        Returns:
            (piece, whether it agrees); the pieces together are the text.
        """
        wanted = {token.text for token in self._analyser.spans(query[:_LONGEST_QUERY])}
        spans = [(t.start, t.end) for t in self._analyser.spans(text) if t.text in wanted]
        pieces: list[tuple[str, bool]] = []
        place = 0
        for start, end in _joined(spans):
            pieces += [(text[place:start], False), (text[start:end], True)]
            place = end
        pieces.append((text[place:], False))
        return [piece for piece in pieces if piece[0]]

    def _find_in_index(self, actor: Actor, request: SearchRequest) -> SearchPage:
        query = self._query(actor, request)
        result = self._index.search(query)
        scores = {hit.id: hit.score for hit in result.hits}
        entries = self._rows(actor, list(scores))
        found = [Found(entry, scores[entry.code]) for entry in entries]
        near = self._near(actor, request) if not result.total and request.text else []
        return SearchPage(found, result.total, result.facets, near=near)

    def _query(self, actor: Actor, request: SearchRequest) -> Query:
        text = request.text.strip()[:_LONGEST_QUERY]
        query = (
            published(*audiences(actor), text=text)
            .of_kinds(*request.kinds)
            .facets_of(*FACETS)
            .sorted_by(self._order(request, text))
            .page(_offset(request), request.per_page)
        )
        for name, values in request.filters.items():
            query = query.where(name, *values)
        return query.near(self._embedder.encode([text])[0]) if text else query

    @staticmethod
    def _order(request: SearchRequest, text: str) -> str:
        if request.order == "deadline":
            return "deadline"
        return RELEVANCE if request.order == "relevance" and text else NEWEST

    def _near(self, actor: Actor, request: SearchRequest) -> list[Entry]:
        text = request.text.strip()[:_LONGEST_QUERY]
        query = published(*audiences(actor))
        vector = self._embedder.encode([text])[0]
        hits = self._index.candidates({"body": text}, vector, query, 3)
        return self._rows(actor, [hit.id for hit in hits])

    def _rows(self, actor: Actor, codes: list[str]) -> list[Entry]:
        with self._database.read() as session:
            rows = session.scalars(
                select(Entry).where(Entry.code.in_(codes), visible_to(actor)).options(*every_kind())
            )
            found = {entry.code: entry for entry in rows}
        return [found[code] for code in codes if code in found]

    def _find_in_database(self, actor: Actor, request: SearchRequest) -> SearchPage:
        """The simple search: every token of the question must stand in the entry."""
        answer = self._without_index.find(
            actor,
            Question(
                request.text.strip()[:_LONGEST_QUERY],
                request.kinds,
                request.filters,
                request.order,
                FACETS,
            ),
        )
        first = _offset(request)
        found = self._by_number(actor, answer.ids[first : first + request.per_page])
        return SearchPage(
            [Found(entry, 0.0) for entry in found],
            len(answer.ids),
            answer.facets,
            degraded=True,
            more=answer.more,
            near=self._by_number(actor, answer.near),
        )

    def _by_number(self, actor: Actor, ids: list[int]) -> list[Entry]:
        with self._database.read() as session:
            rows = session.scalars(
                select(Entry).where(Entry.id.in_(ids), visible_to(actor)).options(*every_kind())
            )
            found = {entry.id: entry for entry in rows}
        return [found[number] for number in ids if number in found]


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that overlap or touch made one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined


def _offset(request: SearchRequest) -> int:
    return (min(max(request.page, 1), _MOST_PAGES) - 1) * request.per_page
