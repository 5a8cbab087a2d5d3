"""Wording: how far do the two sides use the same characters, terms cut as they may be?"""

from __future__ import annotations

from matchmaker.matching.bags import CONCEPT
from matchmaker.matching.context import Context
from matchmaker.matching.prepared import Prepared
from matchmaker.matching.sides import Reading
from matchmaker.matching.signals.base import unknown
from matchmaker.matching.similarity import saturated, shared_terms
from matchmaker.matching.wording import Wording

NAME = "wording"
HALF = 0.1
"""The cosine that reads one half."""

_QUOTED = 4


def read(context: Context, demand: Prepared, other: Prepared) -> Reading:
    """Compare characters and their pairs; texts without a common language say nothing here."""
    if demand.common_language(other) == CONCEPT:
        return unknown(NAME, "languages_differ")
    held = value(demand.wording, other.wording)
    return Reading(NAME, held, shared_terms(demand, other)[:_QUOTED])


def value(demand: Wording, other: Wording) -> float:
    """Return what two wordings say, in [0, 1]."""
    return saturated(demand.cosine(other), HALF)
