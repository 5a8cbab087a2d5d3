"""The index that serves, followed through rebuilds: create, build, verify, swap, roll back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from search_index.analysis import Analyser
from search_index.backends.base import Fault, SearchIndexError
from search_index.building import BATCH, Build, Progress
from search_index.documents import Document, Hit, Query, Result, Texts, Vector, passage
from search_index.embedders import Embedder
from search_index.generations import (
    SCHEMA_VERSION,
    Generations,
    Metadata,
    Shelf,
)
from search_index.repair import Repair, nothing_to_mend
from search_index.serving import Fitted, Generation
from search_index.standing import Standing


class IndexHandle:
    """Implements ``SearchIndex`` by whichever generation serves; a rebuild goes on beside it.

    Vectors given to it are those of the configured ``embedder``. While the serving generation was
    made by another one, queries and documents are embedded anew with that one, or go without a
    vector where it can't be loaded: settings name the embedder of the next build.
    """

    def __init__(
        self,
        place: Path | Generations,
        *,
        analyser: Analyser,
        embedder: Embedder,
        writable: bool = True,
        expected: Callable[[], bool] = lambda: False,
    ) -> None:
        """Open the index in a folder, or in another place; a writer creates an empty one.

        The place is closed with the handle. ``expected`` says whether the source has documents
        that were indexed before: an empty one is not searched then until it is rebuilt. Raises
        WriterBusyError when another process has to be the only writer, SearchIndexError when
        there is nothing to read.
        """
        shelf: Generations = Shelf(place) if isinstance(place, Path) else place
        self._analyser, self._configured = analyser, embedder
        self._rebuilding = threading.Lock()
        self._standing = Standing(shelf, analyser, embedder, writable=writable, expected=expected)

    @property
    def metadata(self) -> Metadata:
        """What the serving generation was made with."""
        with self._standing.serving() as generation:
            return generation.metadata

    @property
    def embedder(self) -> Embedder | None:
        """The embedder of the serving generation; None when it can't be loaded."""
        with self._standing.serving() as generation:
            return generation.embedder

    @property
    def current(self) -> bool:
        """Whether the serving generation was wholly built with what is configured now."""
        held = self.metadata
        same = held.analysis == self._analyser.version and held.schema == SCHEMA_VERSION
        return held.built and same and held.made_by(self._configured)

    def status(self) -> dict[str, Any]:
        """Return the serving generation's metadata, its count, ``previous`` and ``current``."""
        manifest = self._standing.shelf.manifest()
        facts = {"documents": self.count(), "previous": manifest.previous, "current": self.current}
        rebuilding = self._standing.building is not None or bool(self._standing.shelf.building())
        return {**asdict(self.metadata), **facts, "rebuilding": rebuilding}

    def write(self, documents: Iterable[Document]) -> int:
        """See ``SearchIndex.write``; a generation being built gets them too."""
        changed, rest = 0, iter(documents)
        while batch := list(islice(rest, BATCH)):
            changed += self._standing.everywhere(partial(_written, batch, self._configured))
        return changed

    def remove(self, versions: Iterable[tuple[str, int]]) -> int:
        """See ``SearchIndex.remove``; a generation being built gets them too."""
        pairs = list(versions)

        def removal(generation: Generation) -> int:
            if generation is self._standing.building:
                generation.removed.update(id_ for id_, _ in pairs)
            return generation.index.remove(pairs)

        return self._standing.everywhere(removal)

    def search(self, query: Query) -> Result:
        """See ``SearchIndex.search``."""
        with self._searched() as generation:
            vector = generation.vector(query.text, query.vector, self._configured)
            return generation.index.search(query.near(vector))

    def candidates(self, text: Texts, vector: Vector | None, query: Query, limit: int) -> list[Hit]:
        """See ``SearchIndex.candidates``."""
        whole = text if isinstance(text, str) else passage(text)
        with self._searched() as generation:
            fitted = generation.vector(whole, vector, self._configured)
            return generation.index.candidates(text, fitted, query, limit)

    def similarities(self, vector: Vector, ids: Sequence[str]) -> Mapping[str, float]:
        """See ``SearchIndex.similarities``; empty while another embedder's index serves."""
        with self._searched() as generation:
            if not generation.metadata.made_by(self._configured):
                return {}
            return generation.index.similarities(vector, ids)

    def versions(self) -> Iterator[tuple[str, int]]:
        """See ``SearchIndex.versions``."""
        with self._standing.serving() as generation:
            return iter(list(generation.index.versions()))

    def tombstones(self) -> Iterator[tuple[str, int]]:
        """See ``SearchIndex.tombstones``."""
        with self._standing.serving() as generation:
            return iter(list(generation.index.tombstones()))

    def count(self) -> int:
        """See ``SearchIndex.count``."""
        with self._standing.serving() as generation:
            return generation.index.count()

    def check(self) -> None:
        """See ``SearchIndex.check``."""
        with self._searched() as generation:
            generation.index.check()

    def sweep(self, before: datetime) -> int:
        """See ``SearchIndex.sweep``; what dead processes left half built goes too."""
        if self._rebuilding.acquire(blocking=False):
            try:
                self._standing.tidy()
            finally:
                self._rebuilding.release()
        with self._standing.serving() as generation:
            return generation.index.sweep(before)

    def verify(self) -> None:
        """See ``SearchIndex.verify``."""
        with self._standing.serving() as generation:
            generation.index.verify()

    def refresh(self) -> None:
        """See ``SearchIndex.refresh``."""
        with self._standing.serving() as generation:
            generation.index.refresh()

    def close(self) -> None:
        """See ``SearchIndex.close``."""
        self._standing.close()

    def rebuild(
        self,
        documents: Iterable[Document],
        progress: Progress | None = None,
        repair: Repair = nothing_to_mend,
    ) -> int:
        """Build a fresh generation from ``documents``, verify it and let it serve.

        The old one serves meanwhile; writes that arrive go to both. ``repair`` compares the new
        one with the source, before it serves and once more after the swap. ``progress`` is told
        how many are done. Returns how many the new generation holds. When anything fails before
        the swap the half-built one is removed and the old one stays. Raises SearchIndexError when
        a rebuild is already running.
        """
        self._standing.check_writable()
        with self._alone():
            self._standing.tidy()
            generation = self._standing.create()
            try:
                self._build(generation, documents, progress or (lambda done: None))
                repair(Fitted(generation, self._configured))
                generation.metadata = self._standing.shelf.mark_built(generation.metadata)
                self._standing.swap(generation)
            except BaseException:
                self._standing.leave(generation, discard=True)
                raise
            repair(self)
            return generation.index.count()

    def roll_back(self, repair: Repair = nothing_to_mend) -> None:
        """Let the previous generation serve again.

        It lacks all that was written since it was replaced, so ``repair`` compares it with the
        source before it serves, and once more after the swap; writes that arrive go to both.
        Raises SearchIndexError when there is none, or it can't be opened; then nothing changed.
        """
        self._standing.check_writable()
        with self._alone():
            previous = self._standing.shelf.manifest().previous
            if previous is None or not self._standing.shelf.holds(previous):
                raise SearchIndexError("there is no previous index to roll back to")
            generation = self._standing.grow(previous)
            try:
                repair(Fitted(generation, self._configured))
                self._standing.swap(generation)
            except BaseException:
                self._standing.leave(generation)
                raise
            repair(self)

    @contextmanager
    def _searched(self) -> Iterator[Generation]:
        """Yield the generation that serves, unless nobody may search it."""
        with self._standing.serving() as generation:
            if generation.metadata.hollow:
                raise SearchIndexError(
                    "the index was lost, and the empty one in its place waits for a rebuild",
                    Fault.LOST,
                )
            yield generation

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._rebuilding.acquire(blocking=False):
            raise SearchIndexError("a rebuild of this index is already running")
        try:
            yield
        finally:
            self._rebuilding.release()

    def _build(
        self, generation: Generation, documents: Iterable[Document], progress: Progress
    ) -> None:
        """Write tombstones and all documents, and check what is there then."""
        generation.index.remove(self._tombstones())  # they keep out what a task writes late
        alive = partial(self._standing.shelf.keep_alive, generation.metadata.name)
        build = Build(generation, self._configured)
        build.fill(documents, progress, alive)
        build.check()

    def _tombstones(self) -> list[tuple[str, int]]:
        """Return those of the serving generation; none where that is laid out wrongly."""
        try:
            return list(self.tombstones())
        except SearchIndexError as error:
            if error.fault is not Fault.LAYOUT:
                raise
            return []


def _written(batch: Sequence[Document], configured: Embedder, generation: Generation) -> int:
    return generation.write(batch, configured)
