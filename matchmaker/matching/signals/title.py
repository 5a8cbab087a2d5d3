"""Title: do title and summary of both sides name the same thing?"""

from __future__ import annotations

from matchmaker.matching.context import Context
from matchmaker.matching.prepared import HEADLINE, Prepared
from matchmaker.matching.sides import Reading
from matchmaker.matching.signals.base import unknown
from matchmaker.matching.similarity import both_speak, compared, saturated, shared_words

NAME = "title"
HALF = 0.1
"""The cosine that reads one half: titles in other words for the same thing share a term or two."""

_QUOTED = 3


def read(context: Context, demand: Prepared, other: Prepared) -> Reading:
    """Compare the words of both headlines, in a common language or by synonym groups."""
    language = demand.common_language(other)
    if not both_speak(demand.headline, other.headline, language):
        return unknown(NAME, "no_common_words")
    cosine = compared(demand.headline, other.headline, language)
    bags = (demand.headline, other.headline)
    evidence = shared_words(demand, other, bags, _QUOTED, HEADLINE)
    return Reading(NAME, saturated(cosine, HALF), evidence)
