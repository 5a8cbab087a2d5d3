"""Freshness: how long ago did the other side last say that its entry still holds?"""

from __future__ import annotations

from matchmaker.matching.context import Context
from matchmaker.matching.prepared import Prepared
from matchmaker.matching.sides import Evidence, Note, Reading
from matchmaker.matching.signals.base import unknown

NAME = "freshness"

HALF_LIFE = 365
"""Days after which a confirmation is worth half."""


def read(context: Context, demand: Prepared, other: Prepared) -> Reading:
    """Return 2^(-age / ``HALF_LIFE``); 1 for today and for a day yet to come."""
    confirmed = other.side.confirmed_on
    if confirmed is None:
        return unknown(NAME, "not_confirmed")
    days = max((context.today - confirmed).days, 0)
    value = 2.0 ** (-days / HALF_LIFE)
    evidence = Evidence(None, other.side.whole("confirmed_on"), value)
    return Reading(NAME, value, (evidence,), Note("confirmed", {"days": days}))
