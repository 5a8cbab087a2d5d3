"""The index that serves, followed through rebuilds: create, build, verify, swap, roll back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from search_index.analysis import Analyser
from search_index.backends.base import ReadOnlyError, SearchIndexError
from search_index.documents import Document, Hit, Query, Result, Texts, Vector, passage
from search_index.embedders import Embedder
from search_index.generations import (
    SCHEMA_VERSION,
    Generations,
    Manifest,
    Metadata,
    Shelf,
    new_metadata,
)
from search_index.repair import differences
from search_index.serving import Generation, open_generation, using

Progress = Callable[[int], None]

_BATCH = 500


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
    ) -> None:
        """Open the index in a folder, or in another place; a writer creates an empty one.

        The place is closed with the handle. Raises WriterBusyError when another process has to
        be the only writer, SearchIndexError when there is nothing to read.
        """
        self._shelf: Generations = Shelf(place) if isinstance(place, Path) else place
        self._analyser, self._configured = analyser, embedder
        self._writable = writable
        self._guard = threading.RLock()
        self._rebuilding = threading.Lock()
        self._building: Generation | None = None
        self._elsewhere: dict[str, Generation] = {}
        try:
            if writable:
                self._shelf.lock()
            self._start()
        except BaseException:
            self._shelf.close()
            raise

    @property
    def metadata(self) -> Metadata:
        """What the serving generation was made with."""
        with self._serving() as generation:
            return generation.metadata

    @property
    def embedder(self) -> Embedder | None:
        """The embedder of the serving generation; None when it can't be loaded."""
        with self._serving() as generation:
            return generation.embedder

    @property
    def current(self) -> bool:
        """Whether the serving generation was wholly built with what is configured now."""
        held = self.metadata
        same = held.analysis == self._analyser.version and held.schema == SCHEMA_VERSION
        return held.built and same and held.made_by(self._configured)

    def status(self) -> dict[str, Any]:
        """Return the serving generation's metadata, its count, ``previous`` and ``current``."""
        manifest = self._shelf.manifest()
        facts = {"documents": self.count(), "previous": manifest.previous, "current": self.current}
        rebuilding = self._building is not None or bool(self._shelf.building())
        return {**asdict(self.metadata), **facts, "rebuilding": rebuilding}

    def write(self, documents: Iterable[Document]) -> int:
        """See ``SearchIndex.write``; a generation being built gets them too."""
        changed, rest = 0, iter(documents)
        while batch := list(islice(rest, _BATCH)):
            changed += self._everywhere(partial(_written, batch, self._configured))
        return changed

    def remove(self, versions: Iterable[tuple[str, int]]) -> int:
        """See ``SearchIndex.remove``; a generation being built gets them too."""
        pairs = list(versions)

        def removal(generation: Generation) -> int:
            if generation is self._building:
                generation.removed.update(id_ for id_, _ in pairs)
            return generation.index.remove(pairs)

        return self._everywhere(removal)

    def search(self, query: Query) -> Result:
        """See ``SearchIndex.search``."""
        with self._serving() as generation:
            vector = generation.vector(query.text, query.vector, self._configured)
            return generation.index.search(query.near(vector))

    def candidates(self, text: Texts, vector: Vector | None, query: Query, limit: int) -> list[Hit]:
        """See ``SearchIndex.candidates``."""
        whole = text if isinstance(text, str) else passage(text)
        with self._serving() as generation:
            fitted = generation.vector(whole, vector, self._configured)
            return generation.index.candidates(text, fitted, query, limit)

    def similarities(self, vector: Vector, ids: Sequence[str]) -> Mapping[str, float]:
        """See ``SearchIndex.similarities``; empty while another embedder's index serves."""
        with self._serving() as generation:
            if not generation.metadata.made_by(self._configured):
                return {}
            return generation.index.similarities(vector, ids)

    def versions(self) -> Iterator[tuple[str, int]]:
        """See ``SearchIndex.versions``."""
        with self._serving() as generation:
            return iter(list(generation.index.versions()))

    def tombstones(self) -> Iterator[tuple[str, int]]:
        """See ``SearchIndex.tombstones``."""
        with self._serving() as generation:
            return iter(list(generation.index.tombstones()))

    def count(self) -> int:
        """See ``SearchIndex.count``."""
        with self._serving() as generation:
            return generation.index.count()

    def sweep(self, before: datetime) -> int:
        """See ``SearchIndex.sweep``."""
        with self._serving() as generation:
            return generation.index.sweep(before)

    def verify(self) -> None:
        """See ``SearchIndex.verify``."""
        with self._serving() as generation:
            generation.index.verify()

    def refresh(self) -> None:
        """See ``SearchIndex.refresh``."""
        with self._serving() as generation:
            generation.index.refresh()

    def close(self) -> None:
        """See ``SearchIndex.close``."""
        with self._guard:
            self._held.index.close()
            self._shelf.close()

    def rebuild(self, documents: Iterable[Document], progress: Progress | None = None) -> int:
        """Build a fresh generation from ``documents``, verify it and let it serve.

        The old one serves meanwhile; writes that arrive go to both, so none is lost when the
        documents are read after this was called. ``progress`` is told how many are done. Returns
        how many the new generation holds. When anything fails the half-built one is removed and
        the old one stays. Raises SearchIndexError when a rebuild is already running.
        """
        self._check_writable()
        with self._alone():
            generation = self._create()
            try:
                self._fill(generation, documents, progress or (lambda done: None))
                generation.metadata = self._shelf.mark_built(generation.metadata)
                self._swap(generation)
            except BaseException:
                self._abandon(generation)
                raise
            return generation.index.count()

    def roll_back(self) -> None:
        """Let the previous generation serve again; compare versions with the source after it.

        Raises SearchIndexError when there is none.
        """
        self._check_writable()
        with self._alone():
            previous = self._shelf.manifest().previous
            if previous is None:
                raise SearchIndexError("there is no previous index to roll back to")
            self._swap(self._open(previous))

    def _start(self) -> None:
        self._stamp = self._shelf.stamp()
        manifest = self._shelf.manifest()
        if not self._writable:
            if manifest.serving is None:
                raise SearchIndexError(f"there is no index in {self._shelf.root} yet")
            self._held = self._open(manifest.serving)
            return
        self._shelf.keep_only((manifest.serving, manifest.previous))
        if manifest.serving is None or not self._shelf.holds(manifest.serving):
            manifest = self._begun()
        self._held = self._open(str(manifest.serving))

    def _begun(self) -> Manifest:
        """Begin with an empty generation that waits for a build."""
        metadata = new_metadata(self._configured, self._analyser)
        manifest = self._shelf.begin(metadata)
        self._stamp = self._shelf.stamp()
        return manifest

    def _open(self, name: str) -> Generation:
        return open_generation(
            self._shelf, name, self._analyser, self._configured, read_only=not self._writable
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._rebuilding.acquire(blocking=False):
            raise SearchIndexError("a rebuild of this index is already running")
        try:
            yield
        finally:
            self._rebuilding.release()

    def _create(self) -> Generation:
        metadata = new_metadata(self._configured, self._analyser)
        self._shelf.create(metadata)
        generation = self._open(metadata.name)
        with self._guard:
            self._building = generation
        return generation

    def _fill(
        self, generation: Generation, documents: Iterable[Document], progress: Progress
    ) -> None:
        """Write all documents and check that each is there, or was replaced or removed since."""
        with self._serving() as serving:  # tombstones keep out what an old task writes late
            generation.index.remove(list(serving.index.tombstones()))
        written: dict[str, int] = {}
        rest = iter(documents)
        while batch := list(islice(rest, _BATCH)):
            generation.write(batch, self._configured)
            written.update((document.id, document.version) for document in batch)
            self._shelf.keep_alive(generation.metadata.name)
            progress(len(written))
        generation.index.verify()
        late = differences(written.items(), generation.index.versions()).late
        if missing := set(late) - generation.removed:
            raise SearchIndexError(f"{len(missing)} documents are missing in the index just built")

    def _swap(self, generation: Generation) -> None:
        """Let ``generation`` serve; keep the one that did, drop the one before."""
        with self._guard:
            self._follow(fresh=True)
            old = self._held
            self._shelf.point(Manifest(generation.metadata.name, old.metadata.name))
            self._stamp = self._shelf.stamp()
            self._held, self._building = generation, None
            old.retire()
        self._shelf.keep_only((generation.metadata.name, old.metadata.name))

    def _abandon(self, generation: Generation) -> None:
        with self._guard:
            if self._held is generation:
                return
            self._building = None
        generation.index.close()
        self._shelf.discard(generation.metadata.name)

    @contextmanager
    def _serving(self) -> Iterator[Generation]:
        with self._guard:
            self._follow()
            generation = self._held
            generation.enter()
        with using([generation]):
            yield generation

    @contextmanager
    def _targets(self) -> Iterator[list[Generation]]:
        """Yield the serving generation and, behind it, the one being built."""
        self._check_writable()
        with self._guard:
            self._follow(fresh=True)
            targets = [one for one in (self._held, self._building) if one is not None]
            for generation in targets:
                generation.enter()
        with using(targets):
            yield targets

    def _everywhere(self, change: Callable[[Generation], int]) -> int:
        """Make a change in the serving generation and in those being built; return its number.

        Where processes share the index, another one may have swapped generations meanwhile: then
        the change is made again, which is harmless.
        """
        changed = 0
        while True:
            with self._targets() as targets:
                changed = max(changed, [change(one) for one in targets][0])
                stamp = self._stamp
            for generation in self._built_elsewhere():
                with suppress(SearchIndexError):  # given up by its builder, who repairs it else
                    change(generation)
            if not self._shelf.shared or self._shelf.stamp() == stamp:
                return changed

    def _built_elsewhere(self) -> list[Generation]:
        """Return the generations that other processes are building."""
        own = self._building.metadata.name if self._building else None
        names = {name for name in self._shelf.building() if name != own}
        with self._guard:
            self._elsewhere = {name: one for name, one in self._elsewhere.items() if name in names}
            for name in names - self._elsewhere.keys():
                with suppress(SearchIndexError):
                    self._elsewhere[name] = self._open(name)
            return list(self._elsewhere.values())

    def _follow(self, *, fresh: bool = False) -> None:
        """Open the generation that serves now, when another process may have changed that."""
        if self._writable and not self._shelf.shared:
            return
        stamp = self._shelf.stamp(fresh=fresh)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        serving = self._shelf.manifest().serving
        if serving is None and self._writable:  # somebody wiped the place all share
            serving = self._begun().serving
        if serving is not None and serving != self._held.metadata.name:
            old, self._held = self._held, self._open(serving)
            old.retire()

    def _check_writable(self) -> None:
        if not self._writable:
            raise ReadOnlyError("this index was opened for reading only")


def _written(batch: Sequence[Document], configured: Embedder, generation: Generation) -> int:
    return generation.write(batch, configured)
