"""Weighted character n-grams hashed into a vector: no model, no training, the same everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from search_index.embedders.base import unit, with_titles
from search_index.embedders.features import FEATURES_VERSION, Hashes, features

DIMENSION = 512
TABLE_BITS = 18
TABLE_STEP = 0.05
"""One step of the bundled table of weights: weight = step × stored byte."""

_BATCH = 512  # texts handled at once: bounds memory, about 40 MB for long texts


class HashingEmbedder:
    """Implements ``Embedder`` by feature hashing (Weinberger et al. 2009).

    A feature counts 1 + ln(tf), times how rare it is in scientific Chinese and English
    (``models/hashing``), and lands with a sign of its own in one of ``dimension`` numbers.
    """

    name = "hashing"
    floor = 0.2
    weight = 0.3
    bilingual = False

    def __init__(self, dimension: int = DIMENSION) -> None:
        """Take the length of a vector; raises ValueError below 16."""
        if dimension < 16:
            raise ValueError("a hashing embedder needs at least 16 dimensions")
        self.dimension = dimension
        self.version = f"{FEATURES_VERSION}.{_table_version()}.{dimension}"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See ``Embedder.encode``."""
        return with_titles(texts, self._plain)

    def _plain(self, texts: Sequence[str]) -> NDArray[np.float32]:
        parts = [
            self._encode(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, self.dimension), np.float32)

    def _encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        owner, hashes = features(texts)
        owner, hashes, counts = _counted(owner, hashes)
        weights = (1.0 + np.log(counts)) * rarity(hashes)
        signs = np.where(hashes >> np.uint64(63), 1.0, -1.0)
        spots = (hashes >> np.uint64(TABLE_BITS)) % np.uint64(self.dimension)
        cells = owner * self.dimension + spots.astype(np.int64)
        size = len(texts) * self.dimension
        dense = np.bincount(cells, weights * signs, minlength=size).reshape(len(texts), -1)
        return unit(dense)


def rarity(hashes: Hashes) -> NDArray[np.float64]:
    """Return the weight of each feature: ln((1 + texts) / (1 + texts with it)) + 1."""
    table, _ = _table()
    weights: NDArray[np.float64] = table[table_slots(hashes)] * np.float64(TABLE_STEP)
    return weights


def table_slots(hashes: Hashes) -> NDArray[np.int64]:
    """Return the place of each feature in the table of weights."""
    return (hashes & np.uint64(2**TABLE_BITS - 1)).astype(np.int64)


def _counted(
    owner: NDArray[np.int64], hashes: Hashes
) -> tuple[NDArray[np.int64], Hashes, NDArray[np.int64]]:
    """Return each distinct (text, feature) with how often it stands there."""
    order = np.lexsort((hashes, owner))
    owner, hashes = owner[order], hashes[order]
    changes = (np.diff(owner) != 0) | (np.diff(hashes) != 0)
    firsts = np.concatenate(([0], np.flatnonzero(changes) + 1)) if len(owner) else owner
    counts = np.diff(np.append(firsts, len(owner)))
    return owner[firsts], hashes[firsts], counts


@lru_cache(maxsize=1)
def _table() -> tuple[NDArray[np.uint8], str]:
    """Return the bundled weights (uint8 [2^18]) and a short digest of them."""
    data = (files("search_index") / "models" / "hashing" / "rarity.npy").read_bytes()
    table: NDArray[np.uint8] = np.load(BytesIO(data), allow_pickle=False)
    return table, blake2b(table.tobytes(), digest_size=4).hexdigest()


def _table_version() -> str:
    return _table()[1]
