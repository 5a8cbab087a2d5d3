"""Field: how near do the technology fields of both sides lie in the taxonomy?"""

from __future__ import annotations

from matchmaker.matching.context import Context
from matchmaker.matching.prepared import Prepared
from matchmaker.matching.sides import Note, Reading
from matchmaker.matching.signals.base import stated, unknown

NAME = "field"


def read(context: Context, demand: Prepared, other: Prepared) -> Reading:
    """Take the nearest pair of fields: 1 the same, ½ the same branch, 0 another branch."""
    nearest = context.fields.nearest(demand.side.fields, other.side.fields)
    if nearest is None:
        return unknown(NAME, "not_stated")
    value, ours, theirs = nearest
    evidence = stated(demand.side, other.side, "fields", "fields", value)
    return Reading(NAME, value, (evidence,), Note("nearest", {"demand": ours, "other": theirs}))
