"""The clauses of a demand held against the figures of another side, each quoted with its place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from matchmaker.domain.kinds import EntryKind
from matchmaker.matching.clauses.judging import judge
from matchmaker.matching.clauses.model import Clause, ClauseLine, Outcome
from matchmaker.matching.sides import Span
from matchmaker.matching.synonyms import Synonyms

if TYPE_CHECKING:
    from matchmaker.matching.clauses.gathering import Placed
    from matchmaker.matching.prepared import Prepared


# The signal and the assessment ask for the same pair, one after the other, in each thread.
@lru_cache(maxsize=32)
def clause_lines(demand: Prepared, other: Prepared, synonyms: Synonyms) -> tuple[ClauseLine, ...]:
    """Return each clause of ``demand`` with what comes of it against ``other``.

    Experts bring skill and no figures: there are no lines for them. What a supplier answered to a
    question goes before what the entry's own texts say.
    """
    if other.side.kind == EntryKind.EXPERT:
        return ()
    answered = [held for held in other.figures if held[0] == "answers"]
    return tuple(_line(placed, answered, other.figures, synonyms) for placed in demand.clauses)


def _line(
    placed: Placed, answered: Sequence[Placed], figures: Sequence[Placed], synonyms: Synonyms
) -> ClauseLine:
    name, clause = placed
    outcome, figure = judge(clause, [held for _, held in answered], synonyms)
    if outcome is Outcome.UNKNOWN:
        outcome, figure = judge(clause, [held for _, held in figures], synonyms)
    place = next((field for field, held in figures if held is figure), None)
    other = _span(place, figure) if place and figure else None
    return ClauseLine(clause, _span(name, clause), outcome, figure, other)


def _span(name: str, clause: Clause) -> Span:
    return Span(name, clause.start, clause.end, clause.text)
