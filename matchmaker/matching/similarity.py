"""What several text signals share: comparing bags across languages, and quoting shared words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.bags import CONCEPT, EMPTY, Bag
from matchmaker.matching.context import Context
from matchmaker.matching.prepared import Passage, Prepared
from matchmaker.matching.sides import Evidence, Side, Span

ENOUGH = 4.0
"""So many shared words count in full; fewer prove little on their own."""

QUOTED_FROM = 8.0
"""The product of both weights from which on a shared word is worth quoting."""

MOST_QUOTED = 6
"""Words of the whole texts that are quoted at most."""

VECTOR_SHARE = 0.3
"""What vectors count for in the agreement of two sentences; words count for the rest."""


def saturated(value: float, half: float) -> float:
    """Return value / (value + half): 0 at 0, one half at ``half``, towards 1 beyond."""
    return value / (value + half) if value > 0 else 0.0


def compared(demand: Mapping[str, Bag], other: Mapping[str, Bag], language: str) -> float:
    """Return how near both bags of ``language`` are, in [0, 1]: their cosine times breadth.

    One shared word, however rare, proves little: below ``ENOUGH`` effectively shared words the
    cosine falls in proportion. A demand in the same language that has fewer words is held to
    those; texts without a common language (``CONCEPT``) are held to ``ENOUGH`` always.
    """
    left, right = demand.get(language, EMPTY), other.get(language, EMPTY)
    enough = ENOUGH if language == CONCEPT else min(left.breadth(left), ENOUGH)
    if not enough:
        return 0.0
    return left.cosine(right) * min(left.breadth(right) / enough, 1.0)


def both_speak(demand: Mapping[str, Bag], other: Mapping[str, Bag], language: str) -> bool:
    """Whether both bags of ``language`` hold anything to compare."""
    return bool(demand.get(language, EMPTY).length and other.get(language, EMPTY).length)


# Two signals quote from the same words of the same pair, one after the other, in each thread.
@lru_cache(maxsize=32)
def shared_terms(demand: Prepared, other: Prepared) -> tuple[Evidence, ...]:
    """Quote the ``MOST_QUOTED`` words that weigh most in all texts of both, the heaviest first."""
    return shared_words(demand, other, (demand.whole, other.whole), MOST_QUOTED)


def shared_words(
    demand: Prepared,
    other: Prepared,
    bags: tuple[Mapping[str, Bag], Mapping[str, Bag]],
    limit: int,
    fields: Collection[str] = (),
) -> tuple[Evidence, ...]:
    """Quote the ``limit`` words that weigh most in ``bags`` of both, from ``fields`` if given."""
    language = demand.common_language(other)
    left, right = (held.get(language, EMPTY) for held in bags)
    found: list[Evidence] = []
    for feature in left.shared(right):
        if len(found) == limit or left.weights[feature] * right.weights[feature] < QUOTED_FROM:
            break
        one = _first(demand.places_of(feature, language), fields)
        two = _first(other.places_of(feature, language), fields)
        if one and two and not any(_covers(held, one, two) for held in found):
            found.append(Evidence(one, two, _strength(left, right, feature)))
    return tuple(found)


def _first(places: tuple[Span, ...], fields: Collection[str]) -> Span | None:
    fitting: Iterator[Span] = (
        span for span in places if not fields or span.field.partition(".")[0] in fields
    )
    return next(fitting, None)


def _covers(held: Evidence, one: Span, two: Span) -> bool:
    """Whether ``held`` quotes what a word of the same place would quote again."""
    return _overlap(held.demand, one) and _overlap(held.other, two)


def _overlap(left: Span | None, right: Span) -> bool:
    return (
        left is not None
        and left.field == right.field
        and left.start < right.end
        and right.start < left.end
    )


def _strength(left: Bag, right: Bag, feature: str) -> float:
    """Return the feature's part of the heavier of both, in [0, 1]."""
    product = left.weights[feature] * right.weights[feature]
    return min(product / max(left.length**2, right.length**2), 1.0)


def comparable(context: Context, demand: Side, other: Side) -> bool:
    """Whether the embedder can compare the two sides' own texts."""
    return context.bilingual or demand.language == other.language


def above_floor(cosines: NDArray[np.float32], floor: float) -> NDArray[np.float32]:
    """Return ``cosines`` scaled so that ``floor`` and below become 0, and 1 stays 1."""
    scaled: NDArray[np.float32] = np.clip((cosines - floor) / (1 - floor), 0.0, 1.0)
    return scaled


def alignment(context: Context, demand: Prepared, other: Prepared) -> NDArray[np.float32]:
    """Return how well each sentence of the demand agrees with each of the other side.

    Float32 [len(demand.passages), len(other.passages)] in [0, 1]: the cosine of the words, and
    where the embedder can compare the two languages, ``VECTOR_SHARE`` of that of the vectors.
    """
    shape = (len(demand.passages), len(other.passages))
    words = np.array(
        [[_agreement(one, two) for two in other.passages] for one in demand.passages],
        dtype=np.float32,
    ).reshape(shape)
    if not all(shape):
        return words
    cosines = demand.passage_vectors @ other.passage_vectors.T
    meaning = above_floor(cosines, context.floors.sentence)
    tongues = [[passage.language for passage in side.passages] for side in (demand, other)]
    same = np.array(tongues[0])[:, None] == np.array(tongues[1])[None, :]
    return np.where(same | context.bilingual, words + VECTOR_SHARE * (meaning - words), words)


def _agreement(one: Passage, two: Passage) -> float:
    if one.language == two.language:
        return one.bag.cosine(two.bag)
    return compared({CONCEPT: one.concepts}, {CONCEPT: two.concepts}, CONCEPT)
