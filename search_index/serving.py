"""An open generation with its embedder, and who is using it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NoReturn, cast

from search_index.analysis import Analyser
from search_index.backends.base import SearchIndex, SearchIndexError
from search_index.documents import Document, Vector, passage
from search_index.embedders import Embedder, EmbedderError, embedder_named
from search_index.fusion import Ranking
from search_index.generations import Generations, Metadata, new_metadata


class Generation:
    """An open generation. It is closed when it is retired and its last user has left.

    ``removed`` collects the ids removed while it is being built. One that is not ``readable``
    stands for a generation that can't be opened until a rebuild replaces it.
    """

    readable = True

    def __init__(self, metadata: Metadata, index: SearchIndex, embedder: Embedder | None) -> None:
        self.metadata, self.index, self.embedder = metadata, index, embedder
        self.removed: set[str] = set()
        self._guard = threading.Lock()
        self._users = 0
        self._retired = False

    def enter(self) -> None:
        """Count a user more."""
        with self._guard:
            self._users += 1

    def leave(self) -> None:
        """Count a user less; the last one of a retired generation closes it."""
        with self._guard:
            self._users -= 1
            self._close_unused()

    def retire(self) -> None:
        """Close it as soon as nobody uses it."""
        with self._guard:
            self._retired = True
            self._close_unused()

    def vector(self, text: str, own: Vector | None, configured: Embedder) -> Vector | None:
        """Return ``own``, a vector of the configured embedder, or its like of this generation's.

        None where that embedder can't be loaded.
        """
        if own is None or self.metadata.made_by(configured):
            return own
        return None if self.embedder is None else self.embedder.encode([text])[0]

    def write(self, documents: Sequence[Document], configured: Embedder) -> int:
        """Write documents whose vectors are of the configured embedder; see ``vector``."""
        return self.index.write([self._fitted(document, configured) for document in documents])

    def _fitted(self, document: Document, configured: Embedder) -> Document:
        vector = self.vector(passage(document.texts), document.vector, configured)
        return document if vector is document.vector else replace(document, vector=vector)

    def _close_unused(self) -> None:
        if self._retired and self._users == 0:
            self.index.close()


class Unreadable(Generation):
    """Stands for a generation that can't be opened: every use but closing it raises why."""

    readable = False

    def __init__(self, name: str, error: SearchIndexError, made: Metadata) -> None:
        held = replace(made, name=name, schema="")
        super().__init__(held, cast(SearchIndex, _Broken(error)), None)


class _Broken:
    def __init__(self, error: SearchIndexError) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        def fail(*_: object, **__: object) -> NoReturn:
            raise SearchIndexError(str(self._error), self._error.fault)

        return fail

    def close(self) -> None:
        """Nothing was opened."""


class Fitted:
    """Implements ``Repairable``: a generation that takes vectors of the configured embedder."""

    def __init__(self, generation: Generation, configured: Embedder) -> None:
        self._generation, self._configured = generation, configured

    def versions(self) -> Iterator[tuple[str, int]]:
        """See ``SearchIndex.versions``."""
        return self._generation.index.versions()

    def write(self, documents: Iterable[Document]) -> int:
        """See ``SearchIndex.write``."""
        return self._generation.write(list(documents), self._configured)

    def remove(self, versions: Iterable[tuple[str, int]]) -> int:
        """See ``SearchIndex.remove``."""
        return self._generation.index.remove(versions)


@contextmanager
def using(generations: Sequence[Generation]) -> Iterator[None]:
    """Keep generations open that were entered, and leave them at the end."""
    try:
        yield
    finally:
        for generation in generations:
            generation.leave()


def open_generation(
    shelf: Generations, name: str, analyser: Analyser, configured: Embedder, *, read_only: bool
) -> Generation:
    """Open the generation ``name`` with the embedder it was made with."""
    metadata = shelf.metadata(name)
    embedder = _embedder_of(metadata, configured)
    ranking = Ranking.by(embedder) if embedder else None
    index = shelf.open(metadata, analyser, ranking, read_only=read_only)
    return Generation(metadata, index, embedder)


def unreadable(
    name: str, error: SearchIndexError, analyser: Analyser, configured: Embedder
) -> Generation:
    """Return what stands for the generation ``name``, which can't be opened."""
    return Unreadable(name, error, new_metadata(configured, analyser))


def _embedder_of(metadata: Metadata, configured: Embedder) -> Embedder | None:
    if metadata.made_by(configured):
        return configured
    try:
        embedder = embedder_named(metadata.embedder)
    except EmbedderError:
        return None
    return embedder if metadata.made_by(embedder) else None
