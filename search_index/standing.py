"""Which generation of an index serves, and which grow beside it; other processes may swap them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from search_index.analysis import Analyser
from search_index.backends.base import Fault, ReadOnlyError, SearchIndexError
from search_index.embedders import Embedder
from search_index.generations import Generations, Manifest, new_metadata
from search_index.serving import Generation, open_generation, unreadable, using


class Standing:
    """Keeps the generation that serves open, and those that writes go to besides."""

    def __init__(
        self,
        shelf: Generations,
        analyser: Analyser,
        configured: Embedder,
        *,
        writable: bool,
        expected: Callable[[], bool],
    ) -> None:
        """Open what serves on ``shelf``, which is closed with this; a writer begins an empty one.

        ``expected`` says whether something should be there already; see ``Metadata.hollow``.
        Raises WriterBusyError when another process has to be the only writer, SearchIndexError
        when there is nothing to read.
        """
        self.shelf, self._analyser, self._configured = shelf, analyser, configured
        self._writable, self._expected = writable, expected
        self._guard = threading.RLock()
        self.held: Generation
        self.building: Generation | None = None
        self._elsewhere: dict[str, Generation] = {}
        try:
            if writable:
                shelf.lock()
            self._start()
        except BaseException:
            shelf.close()
            raise

    def check_writable(self) -> None:
        """Raise ReadOnlyError where this was opened for reading only."""
        if not self._writable:
            raise ReadOnlyError("this index was opened for reading only")

    @contextmanager
    def serving(self) -> Iterator[Generation]:
        """Yield the generation that serves; it stays open inside."""
        with self._guard:
            self._follow()
            generation = self.held
            generation.enter()
        with using([generation]):
            yield generation

    def everywhere(self, change: Callable[[Generation], int]) -> int:
        """Make a change in the serving generation and in those being built; return its number.

        Where processes share the index, another one may have swapped generations meanwhile: then
        the change is made again, which is harmless.
        """
        changed = 0
        while True:
            with self._targets() as (serving, *others):
                changed = max(changed, change(serving))
                stamp = self._stamp
                for generation in (*others, *self._built_elsewhere()):
                    with suppress(SearchIndexError):  # its builder repairs it, or gives it up
                        change(generation)
            if not self.shelf.shared or self.shelf.stamp() == stamp:
                return changed

    def create(self) -> Generation:
        """Make an empty generation that grows beside the one that serves."""
        metadata = new_metadata(self._configured, self._analyser)
        self.shelf.create(metadata)
        try:
            return self.grow(metadata.name)
        except BaseException:
            self.shelf.discard(metadata.name)
            raise

    def grow(self, name: str) -> Generation:
        """Open a generation, and have writes go to it too."""
        generation = self._open(name)
        with self._guard:
            self.building = generation
        return generation

    def swap(self, generation: Generation) -> None:
        """Let ``generation`` serve; keep the one that did, drop the one before."""
        with self._guard:
            self._follow(fresh=True)
            old = self.held
            worth_keeping = old.readable and not old.metadata.hollow
            kept = old.metadata.name if worth_keeping else None
            self.shelf.point(Manifest(generation.metadata.name, kept))
            self._stamp = self.shelf.stamp()
            self.held, self.building = generation, None
            old.retire()
        self.tidy()

    def leave(self, generation: Generation, *, discard: bool = False) -> None:
        """Let go of a generation that grew in vain; one that serves by now is kept."""
        with self._guard:
            if self.held is generation:
                return
            self.building = None
        generation.index.close()
        if discard:
            self.shelf.discard(generation.metadata.name)

    def tidy(self) -> None:
        """Remove what neither serves nor did, nor is being built by a living process."""
        manifest = self.shelf.manifest()
        building = self.building.metadata.name if self.building else None
        self.shelf.keep_only((manifest.serving, manifest.previous, building))

    def close(self) -> None:
        """Close what serves, and the place."""
        with self._guard:
            self.held.index.close()
            self.shelf.close()

    def _start(self) -> None:
        self._stamp = self.shelf.stamp()
        manifest = self.shelf.manifest()
        if not self._writable:
            if manifest.serving is None:
                raise SearchIndexError(f"there is no index in {self.shelf.root} yet", Fault.LOST)
            self.held = self._open(manifest.serving)
            return
        self.tidy()
        if manifest.serving is None or not self.shelf.holds(manifest.serving):
            manifest = self._begun(hollow=self._expected())
        self.held = self._opened(str(manifest.serving))

    def _begun(self, *, hollow: bool) -> Manifest:
        """Begin with an empty generation that waits for a build."""
        metadata = replace(new_metadata(self._configured, self._analyser), hollow=hollow)
        manifest = self.shelf.begin(metadata)
        self._stamp = self.shelf.stamp()
        return manifest

    def _open(self, name: str) -> Generation:
        return open_generation(
            self.shelf, name, self._analyser, self._configured, read_only=not self._writable
        )

    def _opened(self, name: str) -> Generation:
        """Open the generation that serves.

        Where processes share an index, one that is laid out in another way is stood for: it
        can't be laid aside by one of them, but a rebuild can replace it.
        """
        try:
            return self._open(name)
        except SearchIndexError as error:
            if not (self._writable and self.shelf.shared and error.fault is Fault.LAYOUT):
                raise
            return unreadable(name, error, self._analyser, self._configured)

    @contextmanager
    def _targets(self) -> Iterator[list[Generation]]:
        """Yield the serving generation and, behind it, the one being built."""
        self.check_writable()
        with self._guard:
            self._follow(fresh=True)
            targets = [one for one in (self.held, self.building) if one is not None]
            for generation in targets:
                generation.enter()
        with using(targets):
            yield targets

    def _built_elsewhere(self) -> list[Generation]:
        """Return the generations that other processes are building."""
        own = self.building.metadata.name if self.building else None
        names = {name for name in self.shelf.building() if name != own}
        with self._guard:
            self._elsewhere = {name: one for name, one in self._elsewhere.items() if name in names}
            for name in names - self._elsewhere.keys():
                with suppress(SearchIndexError):
                    self._elsewhere[name] = self._open(name)
            return list(self._elsewhere.values())

    def _follow(self, *, fresh: bool = False) -> None:
        """Open the generation that serves now, when another process may have changed that."""
        if self._writable and not self.shelf.shared:
            return
        stamp = self.shelf.stamp(fresh=fresh)
        if stamp == self._stamp:
            return
        serving = self.shelf.manifest().serving
        if serving is None and self._writable:  # somebody wiped the place all share
            serving = self._begun(hollow=True).serving
        if serving is not None and serving != self.held.metadata.name:
            old, self.held = self.held, self._opened(serving)
            old.retire()
        self._stamp = stamp
