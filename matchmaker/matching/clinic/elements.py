"""Which elements a text holds, each with its quotation."""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.matching.clauses.reading import read_clauses
from matchmaker.matching.clinic.model import Element, ReadClause, Typed
from matchmaker.matching.clinic.vocabulary import WORDS
from matchmaker.matching.sides import Span

#: Longest text that is read, in characters of a field; a form takes no more.
_LONGEST = 8000

DEMAND_ELEMENTS = (
    Element.TARGET,
    Element.CURRENT,
    Element.MATERIAL,
    Element.SCALE,
    Element.SITE,
    Element.BUDGET,
    Element.DEADLINE,
    Element.IP,
)
ACHIEVEMENT_ELEMENTS = (
    Element.TRL_EVIDENCE,
    Element.ADVANTAGE,
    Element.APPLICATION,
    Element.IP_STATUS,
    Element.PRICE,
)
#: Element → fields of their own that state it.
_OWN_FIELDS: Mapping[Element, frozenset[str]] = {
    Element.BUDGET: frozenset({"budget_min", "budget_max"}),
    Element.DEADLINE: frozenset({"deadline"}),
    Element.APPLICATION: frozenset({"applications"}),
    Element.IP_STATUS: frozenset({"ip_rights"}),
    Element.PRICE: frozenset({"price", "price_negotiable", "transfer_modes"}),
}


def clauses_of(typed: Typed) -> tuple[ReadClause, ...]:
    """The clauses that a form's texts require so far, their own field first; none twice."""
    found: dict[tuple[object, ...], ReadClause] = {}
    for name, text in sorted(typed.texts.items(), key=lambda item: item[0] != "clauses"):
        for clause in read_clauses(text[:_LONGEST]):
            key = (clause.comparator, clause.low, clause.high, clause.unit)
            found.setdefault(key, ReadClause(name, clause))
    return tuple(found.values())


def elements_of(
    typed: Typed, clauses: tuple[ReadClause, ...] = ()
) -> Mapping[Element, Span | None]:
    """What is stated, with its first quotation.

    Args:
        typed: the form.
        clauses: what `clauses_of` read in it; a clause states the target.

    Returns:
        Element → where it stands, ``None`` where a field of its own states it.
    """
    found: dict[Element, Span | None] = {}
    asked = DEMAND_ELEMENTS if typed.kind == "demand" else ACHIEVEMENT_ELEMENTS
    for element in asked:
        if typed.filled & _OWN_FIELDS.get(element, frozenset()):
            found[element] = None
        elif element is Element.TARGET and clauses:
            found[element] = _span_of(clauses[0])
        elif (span := _first(typed, element)) is not None:
            found[element] = span
    return found


def _span_of(read: ReadClause) -> Span:
    held = read.clause
    return Span(read.field, held.start, held.end, held.text)


def _first(typed: Typed, element: Element) -> Span | None:
    for name, text in typed.texts.items():
        match = WORDS[element].search(text[:_LONGEST])
        if match and match.group():
            return Span(name, match.start(), match.end(), match.group())
    return None
