"""The clauses of a demand held against the figures of another side, each quoted with its place."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

from matchmaker.domain.kinds import EntryKind
from matchmaker.matching.clauses.judging import judge
from matchmaker.matching.clauses.measured import SAME, agreement
from matchmaker.matching.clauses.model import Clause, ClauseLine, Outcome
from matchmaker.matching.clauses.reading import read_clauses, read_figures
from matchmaker.matching.sides import Side, Span
from matchmaker.matching.synonyms import Synonyms

Placed: TypeAlias = tuple[str, Clause]
"""A clause with the field that its span counts in."""

DEMAND_FIELDS = ("clauses", "key_technology", "body", "summary", "title")
"""Where requirements are looked for; the first place of one that is repeated is quoted."""

_NO_FIGURES = frozenset({"keywords"})
_REMEMBERED = 4096  # texts, a few kB each

_clauses_of = lru_cache(maxsize=_REMEMBERED)(read_clauses)
_figures_of = lru_cache(maxsize=_REMEMBERED)(read_figures)


def clause_lines(demand: Side, other: Side, synonyms: Synonyms) -> tuple[ClauseLine, ...]:
    """Return each clause of ``demand`` with what comes of it against ``other``.

    Experts bring skill and no figures: there are no lines for them. What a supplier answered to a
    question goes before what the entry's own texts say.
    """
    if other.kind == EntryKind.EXPERT:
        return ()
    figures = figures_of(other)
    answered = [held for held in figures if held[0] == "answers"]
    return tuple(
        _line(placed, answered, figures, synonyms) for placed in clauses_of(demand, synonyms)
    )


def clauses_of(demand: Side, synonyms: Synonyms) -> list[Placed]:
    """Return the clauses of all texts of ``demand``, none twice; corrected ones where there are."""
    found: list[Placed] = []
    for name in DEMAND_FIELDS:
        for clause in _in_field(demand, name):
            if not any(_repeats(clause, held, synonyms) for _, held in found):
                found.append((name, clause))
    return found


def figures_of(other: Side) -> list[Placed]:
    """Return the figures of all texts of ``other``, answers included, with their fields."""
    names = [name for name in other.text_fields() if name.partition(".")[0] not in _NO_FIGURES]
    return [(name, figure) for name in names for figure in _figures_of(other.text(name))]


def _in_field(demand: Side, name: str) -> Iterable[Clause]:
    text = demand.text(name)
    if name == "clauses" and demand.corrected_clauses is not None:
        return [held for held in demand.corrected_clauses if text[held.start : held.end] == held.text]
    return _clauses_of(text)


def _repeats(clause: Clause, held: Clause, synonyms: Synonyms) -> bool:
    if (clause.comparator, clause.low, clause.high) != (held.comparator, held.low, held.high):
        return False
    if clause.unit != held.unit:
        return False
    return clause.subject == held.subject or (
        agreement(clause.subject, held.subject, synonyms) >= SAME
    )


def _line(
    placed: Placed, answered: list[Placed], figures: list[Placed], synonyms: Synonyms
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
