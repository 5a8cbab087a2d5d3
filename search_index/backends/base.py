"""The port every search backend implements; its rules are held by one contract suite."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from search_index.documents import Document, Hit, Query, Result, Texts, Vector


class Fault(StrEnum):
    """What is wrong with an engine, as far as its operator mends it in different ways.

    With ``FULL`` and ``READ_ONLY`` it still answers searches and takes no writes. ``OTHER`` is
    everything that waiting does not mend, such as one document that can't be written.
    """

    AWAY = "away"
    SLOW = "slow"
    FULL = "full"
    READ_ONLY = "read_only"
    LAYOUT = "layout"
    VERSION = "version"
    REFUSED = "refused"
    LOST = "lost"
    OTHER = "other"


READABLE = frozenset({Fault.FULL, Fault.READ_ONLY})
"""Faults with which an index still answers searches."""


class SearchIndexError(Exception):
    """An index can't do what was asked; the message says why and what to do.

    ``fault`` says what is wrong with the engine, where it is the engine.
    """

    def __init__(self, message: str, fault: Fault = Fault.OTHER) -> None:
        super().__init__(message)
        self.fault = fault


class ReadOnlyError(SearchIndexError):
    """A write reached an index that was opened for reading only."""


class WriterBusyError(SearchIndexError):
    """Another process owns the writer of this index; the message names it."""


class SearchIndex(Protocol):
    """Documents in, ranked hits out. Every method may be called from any thread."""

    def write(self, documents: Iterable[Document]) -> int:
        """Write documents; return how many changed the index, once they are searchable.

        A document whose version is older than or equal to the one held (or to its tombstone)
        changes nothing and is no error. Raises ValueError for a vector of another dimension.
        """
        ...

    def remove(self, versions: Iterable[tuple[str, int]]) -> int:
        """Replace documents (id, version) by tombstones that keep older writes out.

        The same rule of versions holds; ids never seen get a tombstone too. Returns how many
        changed the index.
        """
        ...

    def search(self, query: Query) -> Result:
        """Return one page of what matches ``query``, with counts over all that matches."""
        ...

    def candidates(self, text: Texts, vector: Vector | None, query: Query, limit: int) -> list[Hit]:
        """Return the ``limit`` best for long texts, merged from both rankers by rank.

        ``query`` gives audiences, kinds, filters, ranges and exclusions; its own text, vector,
        order and page are not looked at. No word of the text is required to be present.
        """
        ...

    def similarities(self, vector: Vector, ids: Sequence[str]) -> Mapping[str, float]:
        """Return the cosine of ``vector`` with each of ``ids`` that is held with a vector."""
        ...

    def versions(self) -> Iterator[tuple[str, int]]:
        """Yield (id, version) of every document held, tombstones left out."""
        ...

    def tombstones(self) -> Iterator[tuple[str, int]]:
        """Yield (id, version) of every tombstone that was not swept yet."""
        ...

    def verify(self) -> None:
        """Check that all parts of the index hold the same documents.

        Raises SearchIndexError when they do not, which only a damaged disk explains.
        """
        ...

    def check(self) -> None:
        """See that searches and writes can be done now.

        Raises SearchIndexError with the fault; a reader too is told that nothing can be written.
        """
        ...

    def count(self) -> int:
        """Return how many documents are held, tombstones left out."""
        ...

    def sweep(self, before: datetime) -> int:
        """Forget tombstones set before ``before`` (an aware time); return how many."""
        ...

    def refresh(self) -> None:
        """Make all that was committed, by any process, visible to the next search here."""
        ...

    def close(self) -> None:
        """Let go of files, threads and locks; calling it twice is no error."""
        ...
