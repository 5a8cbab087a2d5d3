"""Meaning: how near are the two entries' vectors?"""

from __future__ import annotations

import numpy as np

from matchmaker.matching.context import Context
from matchmaker.matching.prepared import Prepared
from matchmaker.matching.sides import Evidence, Reading
from matchmaker.matching.signals.base import unknown
from matchmaker.matching.similarity import above_floor, comparable, saturated
from search_index.documents import Vector

NAME = "meaning"
HALF = 0.3
"""The cosine, counted from the context's floor, that reads one half."""

QUOTED_FROM = 0.15
"""The cosine, counted from the floor of sentences, from which on two sentences are quoted."""


def read(context: Context, demand: Prepared, other: Prepared) -> Reading:
    """Compare the vectors; quote the two sentences whose own vectors lie nearest."""
    if not comparable(context, demand.side, other.side):
        return unknown(NAME, "languages_differ")
    held = value(context, demand.vector, other.vector)
    if held is None:
        return unknown(NAME, "no_text")
    return Reading(NAME, held, _nearest(context, demand, other))


def value(context: Context, demand: Vector, other: Vector) -> float | None:
    """Return what two embeddings say, in [0, 1]; ``None`` where one is of an empty text."""
    if not (demand.any() and other.any()):
        return None
    cosine = above_floor(np.asarray(demand @ other), context.floors.entry)
    return saturated(float(cosine), HALF)


def _nearest(context: Context, demand: Prepared, other: Prepared) -> tuple[Evidence, ...]:
    cosines = demand.passage_vectors @ other.passage_vectors.T
    nearness = above_floor(cosines, context.floors.sentence)
    if not nearness.size or nearness.max() < QUOTED_FROM:
        return ()
    row, column = np.unravel_index(int(nearness.argmax()), nearness.shape)
    pair = demand.passages[row].span, other.passages[column].span
    return (Evidence(*pair, float(nearness[row, column])),)
