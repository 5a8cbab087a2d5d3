"""The characters, pairs of characters and western word parts of a side, weighed by rarity.

Words depend on where a text is cut; what a newly coined term shares with another is seen in its
characters alone. On judged pairs their cosine orders offers better than that of words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search_index.embedders.features import features
from search_index.embedders.hashing import rarity

COMMON = 1.0
"""The background rarity at which a character or pair begins to say something."""

LEAST = 0.1
POWER = 1.5
"""A feature weighs its rarity to this power: 1 to 2 lie within 0.01 in nDCG@10."""


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """Distinct features (uint64 [n], ascending) with weights of unit length (float64 [n])."""

    hashes: NDArray[np.uint64]
    weights: NDArray[np.float64]

    def cosine(self, other: Wording) -> float:
        """Return the cosine of both, in [0, 1]; 0 where one is empty."""
        if not (len(self.hashes) and len(other.hashes)):
            return 0.0
        places = np.searchsorted(other.hashes, self.hashes).clip(max=len(other.hashes) - 1)
        shared = other.hashes[places] == self.hashes
        return min(float(self.weights[shared] @ other.weights[places[shared]]), 1.0)


def wordings(sides: Sequence[Sequence[tuple[str, float]]]) -> list[Wording]:
    """Return the wording of each side, given as its texts with what one mention counts for."""
    held = [(owner, text, weight) for owner, texts in enumerate(sides) for text, weight in texts]
    places, hashes = features([text for _, text, _ in held])
    owners = np.array([owner for owner, _, _ in held], dtype=np.int64)[places]
    counts = np.array([weight for _, _, weight in held])[places]
    of_each = [owners == owner for owner in range(len(sides))]
    return [_wording(hashes[own], counts[own]) for own in of_each]


def _wording(hashes: NDArray[np.uint64], counts: NDArray[np.float64]) -> Wording:
    distinct, places = np.unique(hashes, return_inverse=True)
    total = np.bincount(places, counts, minlength=len(distinct))
    rare = np.maximum(rarity(distinct) - COMMON, LEAST) ** POWER
    weights = (1 + np.log(np.maximum(total, 1.0))) * rare
    length = float(np.linalg.norm(weights))
    return Wording(distinct, weights / length if length else weights)
