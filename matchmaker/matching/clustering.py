"""Groups entries that speak of the same thing, and says in telling words what each is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

MOST_CLUSTERS = 15
"""So many groups a reader can take in."""

FEWEST = 6
"""Below this many entries stand in one group: there is nothing to part."""

_SAMPLE = 2000  # entries that the silhouette is measured on: it compares each with each


def clusters(codes: Sequence[str], vectors: NDArray[np.float32]) -> dict[str, int]:
    """Return the group of each entry, numbered from 1, the largest first; always the same.

    k-means (Lloyd 1982) on unit vectors, with the number of groups that has the greatest mean
    silhouette (Rousseeuw 1987).

    Args:
        codes: of the entries, in any order.
        vectors: float32 [entries, dimension] of unit length, in the order of ``codes``.
    """
    order = np.argsort(np.array(codes)) if codes else np.array([], np.intp)
    names, points = [codes[place] for place in order], vectors[order]
    if len(names) < FEWEST:
        return dict.fromkeys(names, 1)
    labels = _best(points)
    sizes = Counter(labels)
    first = {label: names[labels.index(label)] for label in sizes}
    ranked = sorted(sizes, key=lambda label: (-sizes[label], first[label]))
    return {name: ranked.index(label) + 1 for name, label in zip(names, labels, strict=True)}


def telling_terms(
    groups: Mapping[int, Sequence[Mapping[str, int]]], most: int = 4
) -> dict[int, tuple[str, ...]]:
    """Return the terms that tell each group from the others, the most telling first.

    Class-based TF-IDF (Grootendorst 2022): tf · log(1 + a / f), where tf counts a term in the
    group, f in all groups, and a is the mean number of terms of a group. A term within one that
    was taken already is passed over.

    Args:
        groups: number of a group → for each of its entries, its terms with their counts.
        most: terms of a group.
    """
    counts = {number: _sum(entries) for number, entries in groups.items()}
    everywhere = _sum(list(counts.values()))
    mean = sum(everywhere.values()) / max(len(counts), 1)
    return {
        number: _first(
            {term: tf * log(1 + mean / everywhere[term]) for term, tf in held.items()}, most
        )
        for number, held in counts.items()
    }


def _best(points: NDArray[np.float32]) -> list[int]:
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    found: list[tuple[float, list[int]]] = []
    distinct = len(np.unique(points, axis=0))
    for count in range(2, min(MOST_CLUSTERS, len(points) // 2, distinct) + 1):
        labels = KMeans(count, n_init=4, random_state=0).fit_predict(points)
        size = min(_SAMPLE, len(points))
        score = silhouette_score(points, labels, sample_size=size, random_state=0)
        found.append((float(score), [int(label) for label in labels]))
    return max(found, key=lambda held: held[0])[1] if found else [0] * len(points)


def _sum(entries: Sequence[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for terms in entries:
        total.update(terms)
    return total


def _first(scores: Mapping[str, float], most: int) -> tuple[str, ...]:
    chosen: list[str] = []
    for term in sorted(scores, key=lambda term: (-scores[term], -len(term), term)):
        if len(chosen) < most and not any(term in held or held in term for held in chosen):
            chosen.append(term)
    return tuple(chosen)
