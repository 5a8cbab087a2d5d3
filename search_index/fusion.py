"""How the lexical and the vector ranking become one, the same for every backend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search_index.embedders.base import Embedder

Floats = NDArray[np.float64]

SIMILARITY_WEIGHT = 0.3
"""What a cosine of 1 adds to a lexical score scaled to at most 1, where no embedder says better.

Found on 126 judged demands: for each embedder, half or twice its weight costs 0.005 in nDCG@10;
reciprocal ranks (k 20 and 60) stayed 0.006 below.
"""

NEAREST = 200
"""How many of the nearest vectors of each kind may join the result of a search."""

_DEEP = 400


@dataclass(frozen=True, slots=True)
class Ranking:
    """What an index ranks by, fixed when it is opened.

    ``floor`` is the least cosine that counts as near, ``similarity_weight`` what a cosine of 1
    adds to a lexical score scaled to at most 1.
    """

    floor: float = 0.0
    similarity_weight: float = SIMILARITY_WEIGHT

    @classmethod
    def by(cls, embedder: Embedder) -> Ranking:
        """Return what fits the vectors of ``embedder``."""
        return cls(embedder.floor, embedder.weight)


def deep_enough(limit: int) -> int:
    """Return how far down the lexical ranking ``limit`` candidates are taken from, at least."""
    return max(2 * limit, _DEEP)


def fused(lexical: Floats, similarity: Floats, weight: float = SIMILARITY_WEIGHT) -> Floats:
    """Return the scores of documents from both rankings, arrays of the same shape [n].

    ``lexical`` holds scores of zero or more, scaled here by the highest; ``similarity`` cosines,
    NaN where unknown. A cosine below zero counts as none.
    """
    known = np.maximum(np.nan_to_num(similarity, nan=0.0), 0.0)
    return scaled(lexical) + weight * known


def scaled(lexical: Floats) -> Floats:
    """Return ``lexical`` divided by its highest score, so that the best is 1."""
    highest = float(lexical.max(initial=0.0))
    return lexical / highest if highest > 0 else lexical


def fused_by_id(
    lexical: Mapping[str, float],
    similarity: Mapping[str, float],
    weight: float = SIMILARITY_WEIGHT,
) -> dict[str, float]:
    """Return ``fused`` of two rankings given by id; for backends without arrays of their own."""
    ids = list(dict.fromkeys((*lexical, *similarity)))
    scores = fused(
        np.array([lexical.get(id_, 0.0) for id_ in ids]),
        np.array([similarity.get(id_, np.nan) for id_ in ids]),
        weight,
    )
    return dict(zip(ids, scores.tolist(), strict=True))


def best(scores: Floats, limit: int) -> NDArray[np.int64]:
    """Return the places of the ``limit`` highest scores, best first, equal ones in order."""
    if limit <= 0:
        return np.zeros(0, dtype=np.int64)
    places = np.arange(len(scores))
    if limit < len(scores):
        smallest = np.partition(scores, -limit)[-limit]
        places = np.flatnonzero(scores >= smallest)
    return places[np.argsort(-scores[places], kind="stable")][:limit]
