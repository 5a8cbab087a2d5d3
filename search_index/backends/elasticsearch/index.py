"""The Elasticsearch backend of one index behind the port."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from search_index.analysis import Analyser
from search_index.backends.base import Fault, ReadOnlyError, SearchIndexError
from search_index.backends.elasticsearch import examining, mapping, writing
from search_index.backends.elasticsearch.asking import LIVE, REMOVED, Clause
from search_index.backends.elasticsearch.lexical import Lexical
from search_index.backends.elasticsearch.mapping import REMOVED_AT, Layout
from search_index.backends.elasticsearch.node import LONG, Node
from search_index.backends.elasticsearch.searching import Searcher
from search_index.documents import KIND, Document, Hit, Query, Result, Texts, Vector
from search_index.fusion import Ranking

_BATCH = 500
_PAGE = 5000  # versions read at once
_KEPT_OPEN = "2m"  # how long a listing may rest between two pages
_KINDS_FRESH = 30.0  # seconds kinds are remembered that other processes may have added to


def written_through(name: str) -> str:
    """Return the alias by which an index is written; without it a write fails."""
    return f"{name}.write"


def create_index(
    node: Node,
    name: str,
    dimension: int,
    layout: Layout,
    meta: Mapping[str, Any],
    aliases: Iterable[str] = (),
) -> None:
    """Make an empty index under some aliases, with ``meta`` kept in its mapping."""
    node.call(
        lambda client: client.indices.create(
            index=name,
            settings=mapping.settings(layout),
            mappings=mapping.mapping(dimension, layout, meta),
            aliases={alias: {} for alias in (written_through(name), *aliases)},
        ),
        LONG,
    )


class ElasticsearchIndex:
    """Implements ``SearchIndex`` in one index of a cluster; many processes may write it.

    The version of a document is its external version in Elasticsearch, which refuses older and
    equal writes; a removal is a document without text that keeps its version until it is swept.
    """

    def __init__(
        self,
        node: Node,
        name: str,
        *,
        analyser: Analyser,
        dimension: int,
        ranking: Ranking | None = None,
        read_only: bool = False,
        loading: bool = False,
    ) -> None:
        """Open the index ``name``, which is there; see ``create_index``.

        ``loading`` leaves what is written unsearchable until ``refresh``, which makes a long
        load quicker. The node stays open when this is closed.
        """
        self._node, self._name, self._analyser = node, name, analyser
        self._dimension, self._read_only, self._loading = dimension, read_only, loading
        shards = examining.shards_of(node, name, dimension)
        lexical = Lexical(node, name, analyser, shards)
        self._searcher = Searcher(node, name, lexical, ranking or Ranking(), shards)
        self._clock = writing.Clock()
        self._guard = threading.Lock()
        self._columns: set[tuple[str, str]] = set()
        self._kinds: set[str] = set()
        self._kinds_until = 0.0
        self._open, self._wrong = True, ""

    def write(self, documents: Iterable[Document]) -> int:
        """See ``SearchIndex.write``."""
        self._check_writable()
        rest, changed = iter(documents), 0
        while batch := list(islice(rest, _BATCH)):
            for document in batch:
                self._check_vector(document.vector)
            self._prepare(batch)
            changed += writing.send(self._node, map(self._action, batch), refresh=self._refreshed)
        return changed

    def remove(self, versions: Iterable[tuple[str, int]]) -> int:
        """See ``SearchIndex.remove``."""
        self._check_writable()
        target, now = written_through(self._name), datetime.now(UTC).isoformat()
        tombstones = (
            writing.indexed(target, id_, version, {REMOVED_AT: now}) for id_, version in versions
        )
        return writing.send(self._node, tombstones, refresh=self._refreshed)

    def search(self, query: Query) -> Result:
        """See ``SearchIndex.search``."""
        self._check_open()
        self._check_vector(query.vector)
        with self._node.question():
            kinds = self._known_kinds() if query.vector is not None else ()
            return self._searcher.search(query, kinds)

    def candidates(self, text: Texts, vector: Vector | None, query: Query, limit: int) -> list[Hit]:
        """See ``SearchIndex.candidates``."""
        self._check_open()
        self._check_vector(vector)
        with self._node.question():
            return self._searcher.candidates(text, query.near(vector), limit)

    def similarities(self, vector: Vector, ids: Sequence[str]) -> Mapping[str, float]:
        """See ``SearchIndex.similarities``."""
        self._check_open()
        self._check_vector(vector)
        numbers = mapping.vector_numbers(vector)
        if numbers is None:
            return {}
        with self._node.question():
            return self._searcher.similarities(numbers, ids)

    def versions(self) -> Iterator[tuple[str, int]]:
        """See ``SearchIndex.versions``."""
        return self._listed(LIVE)

    def tombstones(self) -> Iterator[tuple[str, int]]:
        """See ``SearchIndex.tombstones``."""
        return self._listed(REMOVED)

    def verify(self) -> None:
        """See ``SearchIndex.verify``: every shard answers, and each document is live or removed."""
        self.refresh()
        every = self._counted({"match_all": {}})
        live, removed = self._counted(LIVE), self._counted(REMOVED)
        if every != live + removed:
            raise SearchIndexError(
                f"the index {self._name} holds {every} documents, but {live} with a text and "
                f"{removed} removed; rebuild it"
            )

    def check(self) -> None:
        """See ``SearchIndex.check``; an index found to be laid out wrongly answers no more."""
        self._wrong = ""
        self._check_open()
        try:
            with self._node.question():
                examining.check_writable(self._node, self._name, self._dimension)
                self.count()
        except SearchIndexError as error:
            self._wrong = str(error) if error.fault is Fault.LAYOUT else ""
            raise

    def count(self) -> int:
        """See ``SearchIndex.count``."""
        return self._counted(LIVE)

    def sweep(self, before: datetime) -> int:
        """See ``SearchIndex.sweep``."""
        self._check_writable()
        if before.tzinfo is None:
            raise ValueError("sweep needs an aware time")
        moment = before.astimezone(UTC).isoformat()
        old = list(self._listed({"range": {REMOVED_AT: {"lt": moment}}}))
        target = written_through(self._name)
        actions = (writing.forgotten(target, id_, version) for id_, version in old)
        return writing.send(self._node, actions, refresh=True)

    def refresh(self) -> None:
        """See ``SearchIndex.refresh``."""
        self._check_open()
        self._node.call(lambda client: client.indices.refresh(index=self._name), LONG)

    def loaded(self) -> None:
        """End the loading: what was written is searchable, and so is each write from now on."""
        self._loading = False
        self.refresh()

    def close(self) -> None:
        """See ``SearchIndex.close``."""
        self._open = False

    @property
    def _refreshed(self) -> bool:
        return not self._loading

    def _action(self, document: Document) -> dict[str, Any]:
        fields = mapping.fields_of(document, self._analyser, self._clock.next())
        return writing.indexed(written_through(self._name), document.id, document.version, fields)

    def _prepare(self, documents: Sequence[Document]) -> None:
        """Map the numbers and dates that no document had before; remember the kinds."""
        if new := mapping.columns(documents) - self._columns:
            self._node.call(
                lambda client: client.indices.put_mapping(
                    index=self._name, properties=mapping.column_mapping(new)
                ),
                LONG,
            )
        with self._guard:
            self._columns |= new
            self._kinds |= {document.kind for document in documents}

    def _known_kinds(self) -> tuple[str, ...]:
        """Return the kinds there are, in order; other processes' new ones after a while."""
        if time.monotonic() >= self._kinds_until:
            body = {"size": 0, "aggs": {"kinds": {"terms": {"field": KIND, "size": 1000}}}}
            (answer,) = self._node.searches(self._name, [body], global_terms=False)
            found = {bucket["key"] for bucket in answer["aggregations"]["kinds"]["buckets"]}
            with self._guard:
                self._kinds |= found
                self._kinds_until = time.monotonic() + _KINDS_FRESH
        with self._guard:
            return tuple(sorted(self._kinds))

    def _listed(self, what: Clause) -> Iterator[tuple[str, int]]:
        """Yield (id, version) of what a clause finds, as it was when this began."""
        self._check_open()
        opened = self._node.call(
            lambda client: client.open_point_in_time(index=self._name, keep_alive=_KEPT_OPEN)
        )
        pit: str = opened.body["id"]
        try:
            after: list[Any] | None = None
            while hits := self._page(pit, what, after):
                yield from ((hit["_id"], hit["_version"]) for hit in hits)
                after = hits[-1]["sort"]
        finally:
            with suppress(SearchIndexError):  # it runs out by itself
                self._node.call(lambda client: client.close_point_in_time(id=pit))

    def _page(self, pit: str, what: Clause, after: list[Any] | None) -> list[Any]:
        answer = self._node.call(
            lambda client: client.search(
                pit={"id": pit, "keep_alive": _KEPT_OPEN},
                query={"bool": {"filter": [what]}},
                size=_PAGE,
                sort=["_shard_doc"],
                search_after=after,
                version=True,
                source=False,
                track_total_hits=False,
                allow_partial_search_results=False,
            ),
            LONG,
        )
        found: list[Any] = answer.body["hits"]["hits"]
        return found

    def _counted(self, what: Clause) -> int:
        self._check_open()
        body = {"size": 0, "query": what, "track_total_hits": True}
        (answer,) = self._node.searches(self._name, [body], global_terms=False)
        return int(answer["hits"]["total"]["value"])

    def _check_vector(self, vector: Vector | None) -> None:
        if vector is not None and vector.shape != (self._dimension,):
            raise ValueError(
                f"this index holds vectors of {self._dimension} numbers, not of {vector.shape}"
            )

    def _check_open(self) -> None:
        if not self._open:
            raise SearchIndexError("the index is closed")
        if self._wrong:
            raise SearchIndexError(self._wrong, Fault.LAYOUT)

    def _check_writable(self) -> None:
        self._check_open()
        if self._read_only:
            raise ReadOnlyError("this index was opened for reading only")
