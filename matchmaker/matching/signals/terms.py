"""Terms: which rare words and known terms stand in both texts, wherever they stand?"""

from __future__ import annotations

from matchmaker.matching.context import Context
from matchmaker.matching.prepared import Prepared
from matchmaker.matching.sides import Note, Reading
from matchmaker.matching.signals.base import unknown
from matchmaker.matching.similarity import both_speak, compared, saturated, shared_terms

NAME = "terms"
HALF = 0.1
"""The cosine that reads one half."""


def read(context: Context, demand: Prepared, other: Prepared) -> Reading:
    """Compare all words of both sides, rare ones weighing more."""
    language = demand.common_language(other)
    if not both_speak(demand.whole, other.whole, language):
        return unknown(NAME, "no_common_words")
    cosine = compared(demand.whole, other.whole, language)
    evidence = shared_terms(demand, other)
    return Reading(
        NAME, saturated(cosine, HALF), evidence, Note("shared", {"count": len(evidence)})
    )
