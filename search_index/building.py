"""Fills a fresh generation and checks it before it may serve: every document, a sample searched."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from search_index.backends.base import SearchIndexError
from search_index.documents import Document, Query
from search_index.embedders import Embedder
from search_index.repair import differences
from search_index.serving import Generation

Progress = Callable[[int], None]

BATCH = 500
"""Documents written at once."""

_SAMPLE = 20
_SAME = 0.95  # the least cosine of a document's vector with itself, as an index keeps it


class Build:
    """One build: what was written so far, and a few of the documents to look for at its end."""

    def __init__(self, generation: Generation, configured: Embedder) -> None:
        """Take a fresh generation and the embedder that the documents' vectors are of."""
        self._generation, self._configured = generation, configured
        self._versions: dict[str, int] = {}
        self._sample: list[Document] = []

    def fill(
        self, documents: Iterable[Document], progress: Progress, alive: Callable[[], None]
    ) -> None:
        """Write all ``documents``; ``alive`` is called again and again meanwhile."""
        rest = iter(_watched(documents, alive))
        while batch := list(islice(rest, BATCH)):
            self._generation.write(batch, self._configured)
            self._versions.update((document.id, document.version) for document in batch)
            self._sample = _spread([*self._sample, batch[0], batch[-1]])
            progress(len(self._versions))

    def check(self) -> None:
        """See that each document is there, or was replaced or removed since, and can be found.

        Raises SearchIndexError when one is missing, or one of the sample is not found.
        """
        index, removed = self._generation.index, self._generation.removed
        index.verify()
        held = dict(index.versions())
        late = differences(self._versions.items(), held.items()).late
        if missing := set(late) - removed:
            raise SearchIndexError(f"{len(missing)} documents are missing in the index just built")
        for document in self._sample:
            if held.get(document.id) == document.version:
                self._look_for(document)

    def _look_for(self, document: Document) -> None:
        self._look_by_vector(document)
        self._look_by_words(document)

    def _look_by_vector(self, document: Document) -> None:
        vector = document.vector
        if vector is None or not vector.any():
            return
        near = self._generation.index.similarities(vector, [document.id])
        if near.get(document.id, 0.0) < _SAME:
            raise SearchIndexError(f"{document.id} lost its vector in the index just built")

    def _look_by_words(self, document: Document) -> None:
        if not document.audiences:
            return
        query = Query().for_audiences(*document.audiences).of_kinds(document.kind)
        index = self._generation.index
        # Words that say nothing find nothing anywhere; then being listed is what can be asked.
        if not (index.candidates(document.texts, None, query, 1) or index.search(query).total):
            raise SearchIndexError(f"{document.id} can't be found in the index just built")


def _watched(documents: Iterable[Document], alive: Callable[[], None]) -> Iterable[Document]:
    for document in documents:
        alive()
        yield document


def _spread(documents: list[Document]) -> list[Document]:
    """Return at most a sample of ``documents``, from the first to the last."""
    return documents[::2] if len(documents) > _SAMPLE else documents
