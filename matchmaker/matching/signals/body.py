"""Body: which sentences of the two texts agree?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.context import Context
from matchmaker.matching.prepared import Prepared
from matchmaker.matching.sides import Evidence, Reading
from matchmaker.matching.signals.base import unknown
from matchmaker.matching.similarity import alignment, saturated

NAME = "body"
HALF = 0.05
"""The mean agreement that reads one half: most sentences of a demand are background."""

QUOTED = 3
"""So many pairs of sentences are quoted at most."""

QUOTED_FROM = 0.12
"""The agreement from which on two sentences are quoted as agreeing."""


def read(context: Context, demand: Prepared, other: Prepared) -> Reading:
    """Align each sentence of the demand with the best of the other side.

    The value rests on the mean of these agreements, sentences that say more weighing more.
    """
    if not (demand.passages and other.passages):
        return unknown(NAME, "no_text")
    agreement = alignment(context, demand, other)
    said = np.array([passage.bag.length for passage in demand.passages])
    if not said.any():
        return unknown(NAME, "no_common_words")
    mean = float(np.average(agreement.max(axis=1), weights=said))
    return Reading(NAME, saturated(mean, HALF), _quoted(agreement, demand, other))


def _quoted(
    agreement: NDArray[np.float32], demand: Prepared, other: Prepared
) -> tuple[Evidence, ...]:
    """Pair sentences from the best agreement downwards, each sentence once."""
    left = agreement.copy()
    found: list[Evidence] = []
    while len(found) < QUOTED and left.max() >= QUOTED_FROM:
        row, column = np.unravel_index(int(left.argmax()), left.shape)
        strength = min(float(left[row, column]), 1.0)
        spans = demand.passages[row].span, other.passages[column].span
        found.append(Evidence(*spans, strength))
        left[row, :] = left[:, column] = 0.0
    return tuple(found)
