"""Which parts of the other entry a side of a match sees, state by state."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from matchmaker.domain.lifecycles import MatchState


class Part(StrEnum):
    """Parts of a match that can be shown or held back."""

    EXISTENCE = "existence"
    LEVEL = "level"
    ENTRY = "entry"
    EVIDENCE = "evidence"
    CONTACT = "contact"


_PUBLIC_ENTRY = frozenset({Part.EXISTENCE, Part.LEVEL, Part.ENTRY, Part.EVIDENCE})
_NOTHING: frozenset[Part] = frozenset()

#: What a side sees where it may read the other entry anyway (by its visibility).
_OPEN: Mapping[MatchState, frozenset[Part]] = MappingProxyType(
    {
        MatchState.SUGGESTED: _PUBLIC_ENTRY,
        MatchState.SNOOZED: _PUBLIC_ENTRY,
        MatchState.APPROVED: _PUBLIC_ENTRY,
        MatchState.INTRODUCED: _PUBLIC_ENTRY | {Part.CONTACT},
        MatchState.REJECTED: _NOTHING,
        MatchState.WITHDRAWN: _NOTHING,
    }
)

#: What a side sees where the other entry is kept from it until a broker introduces the two.
_HELD_BACK: Mapping[MatchState, frozenset[Part]] = MappingProxyType(
    {
        MatchState.SUGGESTED: _NOTHING,
        MatchState.SNOOZED: _NOTHING,
        MatchState.APPROVED: frozenset({Part.EXISTENCE}),
        MatchState.INTRODUCED: _PUBLIC_ENTRY | {Part.CONTACT},
        MatchState.REJECTED: _NOTHING,
        MatchState.WITHDRAWN: _NOTHING,
    }
)


def disclosed(state: MatchState, *, may_read_other: bool) -> frozenset[Part]:
    """The parts of a match that one side sees.

    Args:
        state: where the match stands.
        may_read_other: whether that side may read the other entry apart from this match.

    Returns:
        The parts shown; contact details only once both sides were introduced.
    """
    return (_OPEN if may_read_other else _HELD_BACK)[state]
