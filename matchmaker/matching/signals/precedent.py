"""Precedent: what did brokers decide on like pairs?"""

from __future__ import annotations

from collections import Counter

from matchmaker.matching.context import Context
from matchmaker.matching.precedents import Precedent
from matchmaker.matching.prepared import Prepared
from matchmaker.matching.sides import Evidence, Note, Reading
from matchmaker.matching.signals.base import unknown

NAME = "precedent"

DOUBT = 1.0
"""A neutral verdict of this nearness is always among them: a single far one says little."""


def read(context: Context, demand: Prepared, other: Prepared) -> Reading:
    """Return the mean of the verdicts by nearness; above one half they speak for the pair.

    The note says how many were approved and rejected and the most common reason; which pairs
    they were is not known here, and so never told.
    """
    held = demand.side.precedents.get(other.side.code, ())
    if not held:
        return unknown(NAME, "no_precedent")
    weight = sum(precedent.nearness for precedent in held) + DOUBT
    value = (sum(p.nearness * p.fit for p in held) + DOUBT / 2) / weight
    return Reading(NAME, value, (Evidence(None, None, value),), _note(held))


def _note(held: tuple[Precedent, ...]) -> Note:
    reasons = Counter(precedent.reason for precedent in held if precedent.reason)
    ranked = sorted(reasons, key=lambda reason: (-reasons[reason], reason))
    rejected = sum(reasons.values())
    told = {"approved": len(held) - rejected, "rejected": rejected}
    return Note("like_pairs", {**told, "reason": ranked[0] if ranked else ""})
