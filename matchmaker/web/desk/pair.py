"""A match as the desk shows it: both texts with their marks, signals, what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from matchmaker.domain.kinds import EntryKind
from matchmaker.matching.explain import Explanation, SignalLine, still_true
from matchmaker.matching.sides import Span
from matchmaker.models import Match
from matchmaker.services.questions import Asked, line_of
from matchmaker.services.sides import side_of
from matchmaker.web.access import services
from matchmaker.web.clauses import ClauseView, answered, clause_views
from matchmaker.web.desk.texts import SideView, passages_of, shown_fields_of, side_view
from matchmaker.web.evidence import Agreement, agreements, telling
from matchmaker.web.labels import label
from matchmaker.web.wording import advice_in_words, note_in_words, probability_in_words

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
class PairView:
    """All that the page of a match shows of the two entries.

    `sentences` holds the agreeing sentences with the numbers of their marks, `more` agreements
    beyond those that are marked in the texts.
    """

    demand: SideView
    other: SideView
    signals: list[SignalView]
    unknowns: list[SignalView]
    probability: str
    clauses: list[ClauseView]
    sentences: list[tuple[int, Agreement]]
    advice: list[str]
    more: list[Agreement]


def pair_view(match: Match, asked: Sequence[Asked]) -> PairView:
    """Build the page's view of a match from what was stored with it.

    Args:
        match: with both entries fully loaded.
        asked: the questions put to its supplier, in this match or another.
    """
    told = services().assessing.explained(match)
    answers = [line_of(held.question) for held in asked if held.question.answer]
    sides = side_of(match.demand), side_of(match.other, answers)
    own = [held for held in asked if held.question.match_id == match.id]
    found = answered(told)
    found += _agreements(told, shown_fields_of(sides[0]), shown_fields_of(sides[1]))
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
        probability=probability_in_words(told.probability),
        clauses=clause_views(told, marked, own),
        sentences=_sentences(told, marked),
        advice=advice_in_words(told.advice[:_ADVICE], told.level),
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


def _sentences(told: Explanation, marked: Sequence[Agreement]) -> list[tuple[int, Agreement]]:
    """The marked sentences that agree, but for those that stand among the clauses."""
    among = {held.demand for held in answered(told)}
    return [
        (number, held)
        for number, held in enumerate(marked, start=1)
        if held.sentence and held.demand not in among and held.demand.field != "clauses"
    ]


def _applies(line: SignalLine, match: Match) -> bool:
    """Whether it can be known at all: an expert has no price, and a talent demand needs no TRL."""
    if line.note.code == "no_level_needed":
        return False
    return match.other.kind in _STATED_BY.get(line.signal, (match.other.kind,))


def _signal(line: SignalLine) -> SignalView:
    name = label(line.signal, "signal")
    note = note_in_words(line) or (gettext("not stated") if line.value is None else "")
    return SignalView(name, line.value, line.share, note)
