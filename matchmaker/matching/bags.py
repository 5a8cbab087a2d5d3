"""Weighted words of a text, and how near two of them are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log, sqrt

CONCEPT = "="
"""Opens the feature of a group of synonyms; all others are words."""


@dataclass(frozen=True, slots=True)
class Bag:
    """Weights > 0 by feature, with their Euclidean length."""

    weights: Mapping[str, float]
    length: float

    @classmethod
    def of(cls, counts: Mapping[str, float], rarity: Mapping[str, float]) -> Bag:
        """Weigh each feature by (1 + ln count) · rarity (Salton and Buckley 1988).

        Counts below 1 (fields that say less) lower the weight in proportion.
        """
        weights = {
            feature: (1 + log(count) if count >= 1 else count) * rarity[feature]
            for feature, count in counts.items()
        }
        return cls.weighing(weights)

    @classmethod
    def weighing(cls, weights: Mapping[str, float]) -> Bag:
        """Take the weights as they are."""
        return cls(weights, sqrt(sum(weight * weight for weight in weights.values())))

    def cosine(self, other: Bag) -> float:
        """Return the cosine of the angle between both, in [0, 1]; 0 where one is empty."""
        if not (self.length and other.length):
            return 0.0
        shared = self.weights.keys() & other.weights.keys()
        product = sum(self.weights[feature] * other.weights[feature] for feature in shared)
        return min(product / (self.length * other.length), 1.0)

    def breadth(self, other: Bag) -> float:
        """Return how many features both effectively share: (Σ p)² / Σ p², p their products.

        The inverse Simpson index (Hill 1973): n equal products count n, one large among small
        ones little more than 1; 0 where nothing is shared.
        """
        shared = self.weights.keys() & other.weights.keys()
        products = [self._product(other, feature) for feature in shared]
        squares = sum(product * product for product in products)
        return sum(products) ** 2 / squares if squares else 0.0

    def shared(self, other: Bag) -> list[str]:
        """Return the features of both, those first that weigh most in both."""
        common = self.weights.keys() & other.weights.keys()
        return sorted(common, key=lambda feature: (-self._product(other, feature), feature))

    def _product(self, other: Bag, feature: str) -> float:
        return self.weights[feature] * other.weights[feature]


EMPTY = Bag({}, 0.0)


def coverage(features: Mapping[str, float], present: Iterable[str]) -> float:
    """Return the share of the squared weights of ``features`` that are ``present``, in [0, 1]."""
    total = sum(weight * weight for weight in features.values())
    if not total:
        return 0.0
    held = sum(features[feature] ** 2 for feature in set(present) & features.keys())
    return min(held / total, 1.0)
