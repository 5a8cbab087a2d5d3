"""Exact nearest neighbours: one block of vectors for each kind, multiplied whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search_index.backends.embedded.growing import Growing
from search_index.documents import Vector


@dataclass(frozen=True, slots=True)
class FrozenBlock:
    """The vectors of one kind, float32 [n, dimension], and the row of each, int64 [n]."""

    matrix: NDArray[np.float32]
    rows: NDArray[np.int64]


class VectorBlocks:
    """Vectors by kind; appended, never changed."""

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._blocks: dict[str, tuple[Growing, Growing]] = {}

    def append(self, kind: str, rows: list[int], vectors: NDArray[np.float32]) -> None:
        """Append vectors [m, dimension] of these rows, all of one kind."""
        if kind not in self._blocks:
            self._blocks[kind] = (Growing(np.float32, self._dimension), Growing(np.int64))
        matrix, places = self._blocks[kind]
        matrix.extend(vectors)
        places.extend(rows)

    def freeze(self) -> dict[str, FrozenBlock]:
        """Return a view of what is there now."""
        return {
            kind: FrozenBlock(matrix.view(), rows.view())
            for kind, (matrix, rows) in self._blocks.items()
        }


def cosines(
    blocks: Mapping[str, FrozenBlock], vector: Vector, kinds: Iterable[str], length: int
) -> NDArray[np.float64]:
    """Return the cosine of ``vector`` with each of ``length`` rows, NaN where not looked at.

    Looked at are the vectors of ``kinds``, all when empty.
    """
    found = np.full(length, np.nan)
    for kind in tuple(kinds) or blocks:
        block = blocks.get(kind)
        if block is not None:
            # One thread: the matrix product's own threads fight with those of the portal, and
            # on a busy machine took ten times as long.
            found[block.rows] = np.vecdot(block.matrix, vector)
    return found


def cosines_of(
    blocks: Mapping[str, FrozenBlock], vector: Vector, rows: NDArray[np.int64]
) -> dict[int, float]:
    """Return the cosine of ``vector`` with each of ``rows`` that has a vector, by row."""
    found: dict[int, float] = {}
    for block in blocks.values():
        places = np.searchsorted(block.rows, rows)
        places[places == len(block.rows)] = 0
        held = block.rows[places] == rows if len(block.rows) else np.zeros(len(rows), np.bool_)
        scores = block.matrix[places[held]] @ vector
        found.update(zip(rows[held].tolist(), scores.tolist(), strict=True))
    return found
