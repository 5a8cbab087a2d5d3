"""The clauses of a demand and the figures of another side, gathered from all their texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from matchmaker.matching.clauses.measured import SAME, agreement
from matchmaker.matching.clauses.model import Clause
from matchmaker.matching.clauses.reading import read_clauses, read_figures
from matchmaker.matching.sides import Side
from matchmaker.matching.synonyms import Synonyms

Placed: TypeAlias = tuple[str, Clause]
"""A clause with the field that its span counts in."""

DEMAND_FIELDS = ("clauses", "key_technology", "body", "summary", "title")
"""Where requirements are looked for; the first place of one that is repeated is quoted."""

_CORRECTED = "clauses"
_NO_FIGURES = frozenset({"keywords"})


def clauses_of(demand: Side, synonyms: Synonyms) -> tuple[Placed, ...]:
    """Return the clauses of all texts of ``demand``, none twice; corrected ones where there are.

    What was put right in one field counts for its repetition in another too.
    """
    found: list[Placed] = []
    settled = _put_right(demand)
    for name in DEMAND_FIELDS:
        for clause in _in_field(demand, name):
            before = [held for _, held in found] + ([] if name == _CORRECTED else settled)
            if not any(_repeats(clause, held, synonyms) for held in before):
                found.append((name, clause))
    return tuple(found)


def figures_of(other: Side) -> tuple[Placed, ...]:
    """Return the figures of all texts of ``other``, answers included, with their fields."""
    names = [name for name in other.text_fields() if name.partition(".")[0] not in _NO_FIGURES]
    return tuple((name, figure) for name in names for figure in read_figures(other.text(name)))


def _in_field(demand: Side, name: str) -> Iterable[Clause]:
    text = demand.text(name)
    if name == _CORRECTED and demand.corrected_clauses is not None:
        return [
            held for held in demand.corrected_clauses if text[held.start : held.end] == held.text
        ]
    return read_clauses(text)


def _put_right(demand: Side) -> list[Clause]:
    """What was read in the field that people correct and no longer counts as it was read."""
    if demand.corrected_clauses is None:
        return []
    read = read_clauses(demand.text(_CORRECTED))
    return [clause for clause in read if clause not in demand.corrected_clauses]


def _repeats(clause: Clause, held: Clause, synonyms: Synonyms) -> bool:
    if (clause.comparator, clause.low, clause.high) != (held.comparator, held.low, held.high):
        return False
    if clause.unit != held.unit:
        return False
    return clause.subject == held.subject or (
        agreement(clause.subject, held.subject, synonyms) >= SAME
    )
