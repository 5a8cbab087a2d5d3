"""Clauses as people put them right: what was read is replaced, dismissed or added to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.matching.clauses.model import Clause, Comparator
from matchmaker.matching.clauses.reading import read_clauses


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a clause requires, without its place in a text; attributes as of `Clause`."""

    subject: str
    comparator: Comparator
    low: float
    high: float | None = None
    unit: str = ""
    condition: str = ""

    @classmethod
    def of(cls, clause: Clause) -> Requirement:
        """What ``clause`` requires."""
        return cls(
            clause.subject,
            clause.comparator,
            clause.low,
            clause.high,
            clause.unit,
            clause.condition,
        )

    def at(self, quote: str, start: int) -> Clause:
        """This requirement as a clause that quotes ``quote``, which begins at ``start``."""
        return Clause(
            quote,
            start,
            start + len(quote),
            self.subject,
            self.comparator,
            self.low,
            self.high,
            self.unit,
            self.condition,
        )


@dataclass(frozen=True, slots=True)
class Correction:
    """A quoted piece of a text with what it requires; ``None`` where it requires nothing."""

    quote: str
    requirement: Requirement | None


def read_by_quote(text: str) -> dict[str, Requirement]:
    """What is read in ``text`` by the words it is read from; of equal words the first counts."""
    found: dict[str, Requirement] = {}
    for clause in read_clauses(text):
        found.setdefault(clause.text, Requirement.of(clause))
    return found


def corrected(text: str, corrections: Sequence[Correction]) -> tuple[Clause, ...] | None:
    """The clauses of ``text`` as people put them right, in its order.

    Args:
        text: of the field ``clauses``.
        corrections: one a quote; those that do not stand in the text are ignored.

    Returns:
        All clauses of the text, ``None`` where no correction stands in it.
    """
    standing = {held.quote: held.requirement for held in corrections if held.quote in text}
    if not standing:
        return None
    found = [clause for clause in read_clauses(text) if clause.text not in standing]
    found += [
        requirement.at(quote, text.index(quote))
        for quote, requirement in standing.items()
        if requirement is not None
    ]
    return tuple(sorted(found, key=lambda clause: (clause.start, clause.end)))
