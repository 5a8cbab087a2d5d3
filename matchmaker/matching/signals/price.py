"""Price: does the asking price lie within the budget?"""

from __future__ import annotations

from matchmaker.matching.context import Context
from matchmaker.matching.prepared import Prepared
from matchmaker.matching.sides import Evidence, Note, Reading
from matchmaker.matching.signals.base import unknown

NAME = "price"

NEGOTIABLE_FLOOR = 0.5
"""A price that can be talked about is never worse than this."""


def read(context: Context, demand: Prepared, other: Prepared) -> Reading:
    """Return 1 up to the budget, falling to 0 at twice the budget."""
    budget, price = demand.side.budget_max_fen, other.side.price_fen
    if budget is None or budget <= 0:
        return unknown(NAME, "budget_not_stated")
    if price is None or price < 0:
        return unknown(NAME, "price_not_stated")
    value = min(max(2 - price / budget, 0.0), 1.0)
    if other.side.price_negotiable:
        value = max(value, NEGOTIABLE_FLOOR)
    spans = demand.side.whole("budget_max_fen"), other.side.whole("price_fen")
    note = Note("amounts", {"budget_fen": budget, "price_fen": price})
    return Reading(NAME, value, (Evidence(*spans, value),), note)
