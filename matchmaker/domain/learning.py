"""What a verdict teaches: decisions and reasons as grades, and the states of a set of weights."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from matchmaker.domain.levels import Level


class WeightState(StrEnum):
    """Where a set of weights stands; one at the most is live."""

    CANDIDATE = "candidate"
    LIVE = "live"
    FORMER = "former"
    REJECTED = "rejected"


#: Reason of a rejection → the level that such a pair should have had. The two texts speak of
#: something else: none. They speak of the same thing and a condition fails: weak. Reasons that
#: say nothing of how well the two fit teach nothing and stand in `SILENT`.
REJECTED_AS: Mapping[str, Level] = {
    "different_problem": Level.NONE,
    "figures_not_met": Level.WEAK,
    "figures_missing": Level.WEAK,
    "maturity_too_low": Level.WEAK,
    "scale_mismatch": Level.WEAK,
    "conditions_mismatch": Level.WEAK,
    "price_out_of_reach": Level.WEAK,
    "mode_mismatch": Level.WEAK,
    "ip_unclear": Level.WEAK,
    "too_far": Level.WEAK,
    "stale": Level.WEAK,
}

#: Reasons that concern the two organisations or the state of an entry, not the fit of the pair.
SILENT = frozenset({"already_in_contact", "duplicate", "competitor_conflict", "too_vague", "other"})


def level_taught(decision: str, reason: str, shown: Level) -> Level | None:
    """The level that a verdict says a pair should have.

    An approval means fair, or strong where strong was shown: the broker saw no reason to doubt
    it. A rejection means what its reason says.

    Args:
        decision: "approve", "reject" or "snooze".
        reason: code of a rejection.
        shown: level that the broker saw.

    Returns:
        The level, or None where the verdict says nothing of it.
    """
    if decision == "approve":
        return shown if shown.reaches(Level.FAIR) else Level.FAIR
    return REJECTED_AS.get(reason) if decision == "reject" else None
