"""Clauses: how many of the requirements that figures decide are met?"""

from __future__ import annotations

from matchmaker.matching.clauses.lines import clause_lines
from matchmaker.matching.clauses.model import Outcome
from matchmaker.matching.context import Context
from matchmaker.matching.prepared import Prepared
from matchmaker.matching.sides import Evidence, Note, Reading
from matchmaker.matching.signals.base import unknown

NAME = "clauses"


def read(context: Context, demand: Prepared, other: Prepared) -> Reading:
    """Return the share of clauses met among those met or not met; open ones count as neither."""
    lines = clause_lines(demand, other, context.synonyms)
    decided = [line for line in lines if line.outcome is not Outcome.UNKNOWN]
    if not decided:
        return unknown(NAME, "none_decided" if lines else "no_clauses")
    met = sum(line.outcome is Outcome.MET for line in decided)
    evidence = tuple(
        Evidence(line.demand, line.other, float(line.outcome is Outcome.MET)) for line in decided
    )
    note = Note("decided", {"met": met, "count": len(decided)})
    return Reading(NAME, met / len(decided), evidence, note)
