"""Modes: does the other side offer a way of transfer that the demand asks for?"""

from __future__ import annotations

from matchmaker.matching.context import Context
from matchmaker.matching.prepared import Prepared
from matchmaker.matching.sides import LINE, Evidence, Note, Reading, Side, Span
from matchmaker.matching.signals.base import unknown

NAME = "modes"
_FIELD = "transfer_modes"


def read(context: Context, demand: Prepared, other: Prepared) -> Reading:
    """Return 1 with a mode in common, else 0."""
    wanted, offered = demand.side.transfer_modes, other.side.transfer_modes
    if not (wanted and offered):
        return unknown(NAME, "not_stated")
    shared = [mode for mode in wanted if mode in offered]
    if not shared:
        spans = demand.side.whole(_FIELD), other.side.whole(_FIELD)
        return Reading(NAME, 0.0, (Evidence(*spans, 0.0),), Note("none_shared"))
    evidence = tuple(
        Evidence(_item(demand.side, mode), _item(other.side, mode), 1.0) for mode in shared
    )
    return Reading(NAME, 1.0, evidence, Note("shared", {"count": len(shared)}))


def _item(side: Side, mode: str) -> Span:
    before = side.transfer_modes[: side.transfer_modes.index(mode)]
    start = sum(len(held) + len(LINE) for held in before)
    return Span(_FIELD, start, start + len(mode), mode)
