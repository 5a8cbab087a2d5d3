"""What a signal is: a name, a role, and a function from a pair to a reading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from matchmaker.matching.context import Context
from matchmaker.matching.prepared import Prepared
from matchmaker.matching.sides import Evidence, Note, Param, Reading, Side

Read: TypeAlias = Callable[[Context, Prepared, Prepared], Reading]


class Role(StrEnum):
    """What a signal may do to a score.

    ``TEXT`` signals say whether the two texts speak of the same thing; ``FIT`` signals raise or
    lower that in proportion, and can't lift a pair whose texts do not agree.
    """

    TEXT = "text"
    FIT = "fit"


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason that raises or lowers a match's score.

    ``read`` takes the context, the prepared demand and the prepared other side, and never raises
    on what an entry may hold.
    """

    name: str
    role: Role
    read: Read


def unknown(signal: str, code: str, **params: Param) -> Reading:
    """Return the reading of a signal that can't tell, with the reason as a note."""
    return Reading(signal, None, (), Note(code, params))


def stated(demand: Side, other: Side, left: str, right: str, strength: float) -> Evidence:
    """Quote field ``left`` of the demand and field ``right`` of the other side, each as a whole."""
    return Evidence(demand.whole(left), other.whole(right), strength)
