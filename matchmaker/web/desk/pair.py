"""A match as the desk shows it: both texts with their marks, signals, what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from matchmaker.domain.kinds import EntryKind
from matchmaker.matching.explain import Explanation, SignalLine, still_true
from matchmaker.matching.sides import Span
from matchmaker.models import Match
from matchmaker.services.sides import side_of
from matchmaker.web.access import services
from matchmaker.web.desk.texts import SideView, passages_of, shown_fields_of, side_view
from matchmaker.web.desk.wording import advice_in_words, note_in_words
from matchmaker.web.evidence import Agreement, agreements, telling
from matchmaker.web.labels import label

_ADVICE = 4
_LISTED = 8
#: Signals that speak of what only some kinds of entries state.
_STATED_BY = {
    "availability": (EntryKind.EXPERT,),
    "maturity": (EntryKind.ACHIEVEMENT,),
    "price": (EntryKind.ACHIEVEMENT,),
    "modes": (EntryKind.ACHIEVEMENT,),
}


@dataclass(frozen=True, slots=True)
class SignalView:
    """One signal for the macro `signal_list`."""

    label: str
    value: float | None
    share: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement of the demand.

    Attributes:
        text: as the demand states it.
        mark: number of the mark on what the other side says to it, if it does.
        answer: what it says.
        open: whether no figure of the other side answers it.
    """

    text: str
    mark: int | None
    answer: str
    open: bool


@dataclass(frozen=True, slots=True)
class PairView:
    """All that the page of a match shows of the two entries.

    `more` holds agreements beyond those that are marked in the texts.
    """

    demand: SideView
    other: SideView
    signals: list[SignalView]
    unknowns: list[SignalView]
    requirements: list[Requirement]
    advice: list[str]
    more: list[Agreement]


def pair_view(match: Match) -> PairView:
    """Build the page's view of a match from what was stored with it.

    Args:
        match: with both entries fully loaded.
    """
    told = services().assessing.explained(match)
    sides = side_of(match.demand), side_of(match.other)
    found = _agreements(told, shown_fields_of(sides[0]), shown_fields_of(sides[1]))
    marked = _in_reading_order(telling(found), shown_fields_of(sides[0]))
    numbers = range(1, len(marked) + 1)
    demand_spans = list(zip((held.demand for held in marked), numbers, strict=True))
    other_spans = list(zip((held.other for held in marked), numbers, strict=True))
    current = [
        all(still_true(span, side) for span, _ in spans)
        for side, spans in zip(sides, (demand_spans, other_spans), strict=True)
    ]
    return PairView(
        demand=side_view(match.demand, passages_of(sides[0], demand_spans), changed=not current[0]),
        other=side_view(match.other, passages_of(sides[1], other_spans), changed=not current[1]),
        signals=[_signal(line) for line in told.signals],
        unknowns=[_signal(line) for line in told.unknowns if _applies(line, match)],
        requirements=_requirements(told, marked),
        advice=advice_in_words(told.advice[:_ADVICE]),
        more=[held for held in found if held not in marked][:_LISTED],
    )


def _agreements(
    told: Explanation, demand_fields: Sequence[str], other_fields: Sequence[str]
) -> list[Agreement]:
    """Agreements in the texts that the reader sees; in any language where those have none."""
    found = agreements(told.signals, demand_fields, other_fields)
    if found:
        return found
    spans = [held for line in told.signals for held in line.evidence]
    return agreements(
        told.signals,
        _texts(held.demand for held in spans),
        _texts(held.other for held in spans),
    )


def _texts(spans: Iterable[Span | None]) -> set[str]:
    return {span.field for span in spans if span is not None}


def _in_reading_order(marked: list[Agreement], fields: Sequence[str]) -> list[Agreement]:
    """So that the numbers rise as one reads the demand."""

    def place(held: Agreement) -> tuple[int, int]:
        known = held.demand.field in fields
        return fields.index(held.demand.field) if known else len(fields), held.demand.start

    return sorted(marked, key=place)


def _requirements(told: Explanation, marked: Sequence[Agreement]) -> list[Requirement]:
    """The demand's requirements that something speaks of, then those that nothing does."""
    asked = [step.span.text for step in told.questions if step.span]
    spoken_of = [
        Requirement(held.demand.text, number, held.other.text, held.demand.text in asked)
        for number, held in enumerate(marked, start=1)
        if held.sentence and held.demand.field == "clauses"
    ]
    said = {requirement.text for requirement in spoken_of}
    return spoken_of + [Requirement(text, None, "", True) for text in asked if text not in said]


def _applies(line: SignalLine, match: Match) -> bool:
    """Whether it can be known at all: an expert has no price, and a talent demand needs no TRL."""
    if line.note.code == "no_level_needed":
        return False
    return match.other.kind in _STATED_BY.get(line.signal, (match.other.kind,))


def _signal(line: SignalLine) -> SignalView:
    name = label(line.signal, "signal")
    note = note_in_words(line) or (gettext("not stated") if line.value is None else "")
    return SignalView(name, line.value, line.share, note)
