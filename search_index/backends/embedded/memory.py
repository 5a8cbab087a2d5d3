"""All documents but their texts in memory, published as snapshots that never change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search_index.backends.embedded.columns import Columns, FrozenColumns
from search_index.backends.embedded.growing import Pending
from search_index.backends.embedded.lexical import LexicalSearcher
from search_index.backends.embedded.store import Row
from search_index.backends.embedded.vectors import FrozenBlock, VectorBlocks


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a search sees from its start to its end.

    Rows are numbered from 0 in the order of their store rows ``seqs`` (int64 [n]); ``alive``
    (bool [n]) says which of them stand. ``ids`` may be longer than ``n``.
    """

    lexical: LexicalSearcher
    columns: FrozenColumns
    blocks: Mapping[str, FrozenBlock]
    seqs: NDArray[np.int64]
    alive: NDArray[np.bool_]
    ids: Sequence[str]

    def rows_of(self, seqs: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the row of each store row, and which of them are known and alive here."""
        rows = np.searchsorted(self.seqs, seqs)
        known = rows < len(self.seqs)
        rows[~known] = 0
        if len(self.seqs):
            known &= (self.seqs[rows] == seqs) & self.alive[rows]
        return rows, known


class Memory:
    """The growing side: takes rows of the store, hands out snapshots. Guarded by its caller."""

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._start()

    def _start(self) -> None:
        self._columns = Columns()
        self._vectors = VectorBlocks(self._dimension)
        self._seqs = Pending(np.int64)
        self._alive = np.zeros(0, dtype=np.bool_)
        self._versions: list[int] = []
        self._ids: list[str] = []
        self._row_of: dict[str, int] = {}
        self.last_seq = 0

    def __len__(self) -> int:
        """Return how many documents are alive."""
        return len(self._row_of)

    @property
    def dead(self) -> int:
        """How many rows are kept for documents that were replaced or removed."""
        return len(self._ids) - len(self._row_of)

    def take(self, rows: Sequence[Row]) -> None:
        """Apply rows in the order they were written; tombstones take their document out."""
        added = [row for row in rows if not row.deleted]
        first = len(self._ids)
        alive = np.concatenate((self._alive, np.ones(len(added), dtype=np.bool_)))
        for row in rows:
            self.last_seq = max(self.last_seq, row.seq)
            replaced = self._row_of.pop(row.id, None)
            if replaced is not None:
                alive[replaced] = False
            if not row.deleted:
                self._append(row)
        self._alive = alive  # a fresh array: snapshots handed out before keep theirs
        self._take_vectors(first, added)

    def clear(self) -> None:
        """Forget all; snapshots handed out before stay whole."""
        self._start()

    def snapshot(self, lexical: LexicalSearcher) -> Snapshot:
        """Return what is there now, to be searched together with ``lexical``."""
        return Snapshot(
            lexical,
            self._columns.freeze(len(self._ids)),
            self._vectors.freeze(),
            self._seqs.freeze(),
            self._alive,
            self._ids,
        )

    def rows_for(self, ids: Iterable[str]) -> dict[str, int]:
        """Return the row of each id that is alive."""
        return {id_: row for id_ in ids if (row := self._row_of.get(id_)) is not None}

    def versions(self) -> list[tuple[str, int]]:
        """Return (id, version) of what is alive."""
        return [(id_, self._versions[row]) for id_, row in self._row_of.items()]

    def _append(self, row: Row) -> None:
        place = len(self._ids)
        self._columns.append(place, row)
        self._seqs.append(row.seq)
        self._versions.append(row.version)
        self._row_of[row.id] = place
        self._ids.append(row.id)

    def _take_vectors(self, first: int, rows: list[Row]) -> None:
        by_kind: dict[str, list[tuple[int, bytes]]] = {}
        for place, row in enumerate(rows, start=first):
            if row.vector is not None:
                by_kind.setdefault(row.kind, []).append((place, row.vector))
        for kind, held in by_kind.items():
            joined = b"".join(vector for _, vector in held)
            matrix = np.frombuffer(joined, dtype="<f2").reshape(len(held), -1)
            places = [place for place, _ in held]
            self._vectors.append(kind, places, matrix.astype(np.float32))
