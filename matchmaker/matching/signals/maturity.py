"""Maturity: is the result as far developed as the demand needs by its deadline?"""

from __future__ import annotations

from datetime import date

from matchmaker.matching.context import Context
from matchmaker.matching.prepared import Prepared
from matchmaker.matching.sides import Evidence, Note, Reading, Side
from matchmaker.matching.signals.base import unknown

NAME = "maturity"

TRL_OF_STAGE = {
    "laboratory": 3,
    "small_trial": 4,
    "pilot": 6,
    "demonstration": 7,
    "industrial": 9,
}
"""The level of GB/T 22900 that stands for a stage where none is stated."""

NEEDED = {"procurement": 8, "scenario": 7, "technical_problem": 6, "pilot_site": 4}
"""The level from which on a result answers such a demand without further research."""

SPAN = 5
"""So many levels short, and nothing is left of the value."""

SOON, FAR = 180, 540
"""Days to a deadline below which one level more is needed, and above which one less will do."""


def read(context: Context, demand: Prepared, other: Prepared) -> Reading:
    """Return 1 from the needed level on, and 1/``SPAN`` less for each level short of it."""
    needed = needed_trl(demand.side, context.today)
    if needed is None:
        return unknown(NAME, "no_level_needed")
    reached = reached_trl(other.side)
    if reached is None:
        return unknown(NAME, "level_not_stated", needed=needed)
    value = max(0.0, 1 - max(needed - reached, 0) / SPAN)
    source = "trl" if other.side.trl else "stage"
    evidence = Evidence(demand.side.whole("demand_type"), other.side.whole(source), value)
    return Reading(NAME, value, (evidence,), Note("levels", {"needed": needed, "reached": reached}))


def needed_trl(demand: Side, today: date) -> int | None:
    """Return the level of GB/T 22900 that ``demand`` needs; ``None`` where none applies."""
    needed = NEEDED.get(demand.demand_type)
    if needed is None or demand.deadline is None:
        return needed
    days = (demand.deadline - today).days
    return min(needed + (days < SOON) - (days > FAR), 9)


def reached_trl(other: Side) -> int | None:
    """Return the level stated, or the one that stands for its stage; ``None`` without either."""
    if other.trl is not None and 1 <= other.trl <= 9:
        return other.trl
    return TRL_OF_STAGE.get(other.stage)
