"""Industry: how near do the industries of both sides lie in GB/T 4754?"""

from __future__ import annotations

from matchmaker.matching.context import Context
from matchmaker.matching.prepared import Prepared
from matchmaker.matching.sides import Note, Reading
from matchmaker.matching.signals.base import stated, unknown

NAME = "industry"


def read(context: Context, demand: Prepared, other: Prepared) -> Reading:
    """Take the nearest pair of industries: 1 the same, ½ the same section, 0 another section."""
    nearest = context.industries.nearest(demand.side.industries, other.side.industries)
    if nearest is None:
        return unknown(NAME, "not_stated")
    value, ours, theirs = nearest
    evidence = stated(demand.side, other.side, "industries", "industries", value)
    return Reading(NAME, value, (evidence,), Note("nearest", {"demand": ours, "other": theirs}))
