"""Matches as their sides see them: as much as disclosure allows, with quoted evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for

from matchmaker.domain.disclosure import Part
from matchmaker.domain.fields import FIELDS, FieldType
from matchmaker.domain.lifecycles import MatchState
from matchmaker.matching.explain import Explanation, explain
from matchmaker.matching.payload import from_payload
from matchmaker.matching.sides import Span
from matchmaker.models import Entry, Match
from matchmaker.services.match_reading import MatchView
from matchmaker.web.cards import Card, card_of
from matchmaker.web.clauses import ClauseView, clause_views
from matchmaker.web.evidence import agreements, telling
from matchmaker.web.labels import label
from matchmaker.web.language import current_language
from matchmaker.web.wording import advice_in_words, note_in_words, probability_in_words

_QUOTES = 3
_ADVICE = 3
FACTS = ("field", "industry", "maturity", "price", "modes", "region", "availability")
_TEXT_TYPES = (FieldType.TEXT, FieldType.LONG_TEXT, FieldType.LINES, FieldType.ROWS)
_TEXTS = frozenset(
    spec.name for specs in FIELDS.values() for spec in specs if spec.type in _TEXT_TYPES
)


@dataclass(frozen=True, slots=True)
class Quote:
    """One agreement of the two texts, quoted from both."""

    number: int
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Why:
    """What a match rests on beyond its quotations.

    Attributes:
        clauses: the demand's requirements and what became of them.
        facts: (signal, what it rests on) in words: field, maturity, price, distance.
        advice: what would raise the level.
    """

    clauses: list[ClauseView]
    facts: list[tuple[str, str]]
    advice: list[str]


@dataclass(frozen=True, slots=True)
class MatchLine:
    """One match on the page.

    Attributes:
        state: where the match stands.
        mine: the reader's own entry.
        theirs: the other entry, or None where it is held back.
        level: "" where it is held back.
        score: in [0, 1], None where it is held back.
        probability: of being fair or better, in words; "" where it is held back.
        quotes: the first agreements, none where they are held back.
        why: clauses, facts and what would help; None where they are held back.
        introduction: address of the introduction, "" before there is one.
    """

    state: MatchState
    mine: Card
    theirs: Card | None
    level: str
    score: float | None
    probability: str
    quotes: tuple[Quote, ...]
    why: Why | None
    introduction: str


def lines_of(views: Iterable[MatchView]) -> list[MatchLine]:
    """The lines of several matches."""
    return [_line(view) for view in views]


def quotes_of(match: Match, *, mine_is_demand: bool) -> tuple[Quote, ...]:
    """The most telling agreements that a match rests on, the reader's own words first."""
    told = explain(from_payload(match.assessment))
    return quotes_told(told, match.demand, match.other, mine_is_demand=mine_is_demand)


def quotes_told(
    told: Explanation, demand: Entry, other: Entry, *, mine_is_demand: bool
) -> tuple[Quote, ...]:
    """The most telling agreements of an explanation, the reader's own words first.

    They are quoted in the language of the page; in any language where those have none.
    """
    spans = [held for line in told.signals for held in line.evidence]
    ours = {held.demand.field for held in spans if held.demand and _is_text(held.demand)}
    theirs = {held.other.field for held in spans if held.other and _is_text(held.other)}
    found = agreements(
        told.signals, _in_page_language(demand, ours), _in_page_language(other, theirs)
    ) or agreements(told.signals, ours, theirs)
    pairs = [(held.demand.text, held.other.text) for held in telling(found, _QUOTES)]
    return tuple(
        Quote(number, *(pair if mine_is_demand else reversed(pair)))
        for number, pair in enumerate(pairs, start=1)
    )


def _in_page_language(entry: Entry, names: Iterable[str]) -> set[str]:
    return {
        name for name in names if (name.partition(".")[2] or entry.language) == current_language()
    }


def _is_text(span: Span) -> bool:
    """Whether the span quotes words, not a code or a figure."""
    return span.field.partition(".")[0] in _TEXTS


def _line(view: MatchView) -> MatchLine:
    match = view.match
    introduced = match.state is MatchState.INTRODUCED
    rated = Part.LEVEL in view.parts
    mine_is_demand = view.mine.id == match.demand_id
    told = explain(from_payload(match.assessment))
    quoted = Part.EVIDENCE in view.parts
    return MatchLine(
        state=match.state,
        mine=card_of(view.mine, own=True),
        theirs=card_of(view.theirs) if view.theirs else None,
        level=str(match.level) if rated else "",
        score=match.score if rated else None,
        probability=probability_in_words(told.probability) if rated else "",
        quotes=quotes_told(told, match.demand, match.other, mine_is_demand=mine_is_demand)
        if quoted
        else (),
        why=_why(told) if quoted else None,
        introduction=url_for("workspace.introduction", match=match.id) if introduced else "",
    )


def _why(told: Explanation) -> Why:
    lines = {line.signal: line for line in told.signals}
    facts = [
        (label(name, "signal"), words)
        for name in FACTS
        if name in lines and (words := note_in_words(lines[name]))
    ]
    return Why(clause_views(told), facts, advice_in_words(told.advice[:_ADVICE], told.level))
