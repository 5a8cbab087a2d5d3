"""Generations as indexes of a cluster, with aliases for those that serve and served before."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable, Iterable
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from search_index.analysis import Analyser
from search_index.backends.base import Fault, SearchIndexError
from search_index.backends.elasticsearch import builders
from search_index.backends.elasticsearch.index import ElasticsearchIndex, create_index
from search_index.backends.elasticsearch.mapping import Layout
from search_index.backends.elasticsearch.node import LONG, Node
from search_index.fusion import Ranking
from search_index.generations import Manifest, Metadata

GIVEN_UP = timedelta(minutes=10)
"""After so long without a sign of life a half-built index counts as left by a dead process.

It has to outlast the embedding of one page of documents. Where the builder ran on this machine,
its end is seen at once.
"""

_SIGN_EVERY = 20.0  # seconds between signs of life of a build
_FRESH = 1.0  # seconds a reader may serve by aliases it has seen before

_State = tuple[str | None, str | None, tuple[str, ...]]


class AliasedGenerations:
    """Implements ``Generations`` in a cluster that several processes share.

    ``PREFIX`` is the alias of the index that serves, ``PREFIX.previous`` of the one before and
    ``PREFIX.building`` of those being built; an index is called ``PREFIX-NAME``.
    """

    shared = True

    def __init__(self, node: Node, prefix: str, layout: Layout | None = None) -> None:
        """Take the node, which is closed with this, and the prefix of all names."""
        self.root = prefix
        self._node, self._layout = node, layout or Layout()
        self._guard = threading.Lock()
        self._loading: dict[str, list[ElasticsearchIndex]] = {}
        self._signs: dict[str, float] = {}
        self._abandoned: set[str] = set()
        self._seen: _State = (None, None, ())
        self._seen_until = 0.0

    def lock(self) -> None:
        """Do nothing: versions keep writers apart."""

    def manifest(self) -> Manifest:
        """Return which generation serves and which one did, as the aliases say now."""
        serving, previous, _ = self._state()
        return Manifest(serving, previous)

    def building(self) -> tuple[str, ...]:
        """Return the generations that any process is building, as last seen."""
        return self._seen[2]

    def stamp(self, *, fresh: bool = True) -> Hashable:
        """Return what changes when an alias does; looked up anew unless a second old will do."""
        if fresh or time.monotonic() >= self._seen_until:
            self._state()
        return self._seen

    def point(self, manifest: Manifest) -> None:
        """Swap the aliases in one call."""
        serving, previous, building = self._state()
        actions: list[dict[str, Any]] = []
        for alias, old, new in (
            (self.root, serving, manifest.serving),
            (self._previous, previous, manifest.previous),
        ):
            if old is not None and old != new:
                actions.append({"remove": {"index": self._index(old), "alias": alias}})
            if new is not None:
                actions.append({"add": {"index": self._index(new), "alias": alias}})
        if manifest.serving in building:
            index = self._index(str(manifest.serving))
            actions.append({"remove": {"index": index, "alias": self._building}})
        self._node.call(lambda client: client.indices.update_aliases(actions=actions), LONG)
        self._state()

    def holds(self, name: str) -> bool:
        """Return whether the generation is there."""
        return bool(self._node.call(lambda client: client.indices.exists(index=self._index(name))))

    def begin(self, metadata: Metadata) -> Manifest:
        """Let an empty generation serve where none does.

        It is named by a number and serves from its creation on: of two processes that begin at
        once the cluster refuses one. With names and aliases of their own both would serve, and
        what was written into one of them would not be found. One that stands in for a lost one
        is never named like it: who had that open would not notice.
        """
        series = "lost" if metadata.hollow else "first"
        for number in count(1):
            first = replace(metadata, name=f"{series}-{number}")
            try:
                self._make(first, self.root)
            except SearchIndexError:
                manifest = self.manifest()
                if manifest.serving is not None and self.holds(manifest.serving):
                    return manifest
                if not self.holds(first.name):
                    raise
            else:
                break
        return self.manifest()

    def create(self, metadata: Metadata) -> None:
        """Make the index of a new generation; it is being built until it is pointed to."""
        self._make(metadata, self._building)
        self._state()

    def keep_alive(self, name: str) -> None:
        """Give a sign of life of a build, so that no other process clears it away."""
        if time.monotonic() >= self._signs.get(name, 0.0):
            self._describe(self.metadata(name))
            self._signs[name] = time.monotonic() + _SIGN_EVERY

    def mark_built(self, metadata: Metadata) -> Metadata:
        """Note that a whole build went into a generation; make what it holds searchable."""
        built = replace(metadata, built=True, hollow=False)
        for index in self._loading.pop(metadata.name, []):
            index.loaded()
        self._describe(built)
        return built

    def metadata(self, name: str) -> Metadata:
        """Return the metadata of a generation; raises SearchIndexError when it can't be read."""
        held = self._described(self._index(name))
        if name not in held:
            raise SearchIndexError(
                f"the index {self._index(name)} can't be read; rebuild it", Fault.LAYOUT
            )
        try:
            return Metadata(**held[name]["metadata"])
        except TypeError as error:
            raise SearchIndexError(
                f"the index {self._index(name)} is of another version ({error}); rebuild it",
                Fault.LAYOUT,
            ) from error

    def discard(self, name: str) -> None:
        """Remove a generation; one that can't be removed now is cleared away later."""
        self._loading.pop(name, None)
        self._abandoned.add(name)
        with suppress(SearchIndexError):
            self._node.call(
                lambda client: client.indices.delete(
                    index=self._index(name), ignore_unavailable=True
                ),
                LONG,
            )

    def keep_only(self, names: Iterable[str | None]) -> None:
        """Remove every other generation but those that a living process builds."""
        serving, previous, building = self._state()  # another process may have swapped since
        kept = {*names, serving, previous}
        for name, meta in self._described(f"{self.root}-*").items():
            alive = name in building and name not in self._abandoned and _has_builder(meta)
            if name not in kept and not alive:
                self.discard(name)

    def open(
        self, metadata: Metadata, analyser: Analyser, ranking: Ranking | None, *, read_only: bool
    ) -> ElasticsearchIndex:
        """Open a generation; one being built takes writes without making each searchable."""
        loading = metadata.name in self._seen[2]
        index = ElasticsearchIndex(
            self._node,
            self._index(metadata.name),
            analyser=analyser,
            dimension=metadata.dimension,
            ranking=ranking,
            read_only=read_only,
            loading=loading,
        )
        if loading:
            self._loading.setdefault(metadata.name, []).append(index)
        return index

    def close(self) -> None:
        """Let go of the connections."""
        self._node.close()

    @property
    def _previous(self) -> str:
        return f"{self.root}.previous"

    @property
    def _building(self) -> str:
        return f"{self.root}.building"

    def _index(self, name: str) -> str:
        return f"{self.root}-{name}".lower()

    def _make(self, metadata: Metadata, alias: str) -> None:
        create_index(
            self._node,
            self._index(metadata.name),
            metadata.dimension,
            self._layout,
            self._meta(metadata),
            [alias],
        )

    def _meta(self, metadata: Metadata) -> dict[str, Any]:
        alive = datetime.now(UTC).isoformat()
        return {
            "prefix": self.root,
            "alive": alive,
            "builder": builders.this_process(),
            "metadata": asdict(metadata),
        }

    def _describe(self, metadata: Metadata) -> None:
        self._node.call(
            lambda client: client.indices.put_mapping(
                index=self._index(metadata.name), meta=self._meta(metadata)
            ),
            LONG,
        )

    def _described(self, pattern: str) -> dict[str, Any]:
        """Return by name what is kept in the mapping of each generation of this prefix."""
        answer = self._node.call(
            lambda client: client.indices.get_mapping(index=pattern, ignore_unavailable=True)
        )
        metas = (held["mappings"].get("_meta", {}) for held in answer.body.values())
        ours = (meta for meta in metas if meta.get("prefix") == self.root)
        return {meta["metadata"]["name"]: meta for meta in ours}

    def _state(self) -> _State:
        """Return the generations that serve, served before, and are being built."""
        aliases = (self.root, self._previous, self._building)
        answer = self._node.call(
            lambda client: client.indices.get_alias(name=f"{self.root}*", ignore_unavailable=True)
        )
        found: dict[str, list[str]] = {alias: [] for alias in aliases}
        for index, held in answer.body.items():
            for alias in found.keys() & held["aliases"].keys():
                found[alias].append(index.removeprefix(f"{self.root}-"))
        serving, previous, building = (sorted(found[alias]) for alias in aliases)
        with self._guard:
            self._seen = (
                serving[-1] if serving else None,
                previous[-1] if previous else None,
                tuple(building),
            )
            self._seen_until = time.monotonic() + _FRESH
            return self._seen


def _has_builder(meta: dict[str, Any]) -> bool:
    """Whether somebody may still be building an index: gave a sign of life, and is not known dead.

    An index made by a former version names no builder.
    """
    given_up = datetime.fromisoformat(meta["alive"]) + GIVEN_UP < datetime.now(UTC)
    return not given_up and not builders.is_gone(meta.get("builder", {}))
