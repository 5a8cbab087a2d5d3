"""What keeps an index from its source, found by comparing versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from search_index.documents import Document


class Repairable(Protocol):
    """As much of an index as it takes to bring it together with its source."""

    def versions(self) -> Iterator[tuple[str, int]]:
        """Yield (id, version) of every document held, tombstones left out."""
        ...

    def write(self, documents: Iterable[Document]) -> int:
        """Write documents; see ``SearchIndex.write``."""
        ...

    def remove(self, versions: Iterable[tuple[str, int]]) -> int:
        """Set tombstones; see ``SearchIndex.remove``."""
        ...


Repair = Callable[[Repairable], int]
"""Brings an index together with its source; returns how many documents it wrote or removed."""


@dataclass(frozen=True, slots=True)
class Differences:
    """What keeps an index from its source: ``late`` ids to write, ``gone`` tombstones to set."""

    late: tuple[str, ...]
    gone: tuple[tuple[str, int], ...]


def differences(wanted: Iterable[tuple[str, int]], held: Iterable[tuple[str, int]]) -> Differences:
    """Compare (id, version) pairs of the source with those of an index.

    What the index lacks or holds in an older version is late; what the source lacks is gone, with
    the version its tombstone needs.
    """
    here, there = dict(held), dict(wanted)
    late = tuple(id_ for id_, version in there.items() if here.get(id_, -1) < version)
    return Differences(late, tuple((id_, here[id_] + 1) for id_ in here if id_ not in there))


def nothing_to_mend(index: Repairable) -> int:
    """Repair nothing; for an index without a source to compare it with."""
    return 0
