"""Availability: can the expert take on work now?"""

from __future__ import annotations

from matchmaker.matching.context import Context
from matchmaker.matching.prepared import Prepared
from matchmaker.matching.sides import Evidence, Note, Reading
from matchmaker.matching.signals.base import unknown

NAME = "availability"

VALUES = {"available": 1.0, "limited": 0.5, "unavailable": 0.0}
"""What each state of an expert is worth."""


def read(context: Context, demand: Prepared, other: Prepared) -> Reading:
    """Look the stated availability up; other kinds than experts state none."""
    value = VALUES.get(other.side.availability)
    if value is None:
        return unknown(NAME, "not_stated")
    evidence = Evidence(None, other.side.whole("availability"), value)
    return Reading(NAME, value, (evidence,), Note(other.side.availability))
