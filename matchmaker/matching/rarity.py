"""How much a word says: rare words more than common ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

import numpy as np

from matchmaker.matching.stock_words import STOCK_WORDS
from search_index.embedders.features import features
from search_index.embedders.hashing import rarity as feature_rarity

COMMON = 3.0
"""The background rarity at which a word starts to say something of a text's subject."""

LEAST = 0.1
"""The weight of a word that says nearly nothing."""

_KEPT = 50_000  # words remembered: about 6 MB


class Rarity(Protocol):
    """Weights of words; larger is rarer."""

    def weights(self, words: Iterable[str]) -> Mapping[str, float]:
        """Return a weight > 0 for each of ``words``."""
        ...


class BackgroundRarity:
    """Rarity in scientific Chinese and English, from the table bundled with the search index.

    A word is as rare as the rarest of its characters, pairs and letter triples, less ``COMMON``;
    ``STOCK_WORDS`` weigh ``LEAST`` whatever science makes of them.
    It needs no corpus of the portal's own, so that a pair's score stands still when other entries
    come and go.
    """

    def __init__(self) -> None:
        """Start with an empty memory; instances may be shared between threads."""
        self._known: dict[str, float] = {}

    def weights(self, words: Iterable[str]) -> Mapping[str, float]:
        """Return a weight in [0.1, 10] for each of ``words``."""
        wanted = list(words)
        fresh = sorted({word for word in wanted if word not in self._known})
        found = dict(zip(fresh, _weights(fresh), strict=True))
        result = {word: self._known.get(word) or found[word] for word in wanted}
        if len(self._known) < _KEPT:
            self._known.update(found)
        return result


def _weights(words: list[str]) -> list[float]:
    if not words:
        return []
    owner, hashes = features(words)
    rarest = np.zeros(len(words))
    np.maximum.at(rarest, owner, feature_rarity(hashes))
    rarest[[word in STOCK_WORDS for word in words]] = 0.0
    return [float(weight) for weight in np.maximum(rarest - COMMON, LEAST)]
