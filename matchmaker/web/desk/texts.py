"""The texts of one side of a match, field by field, cut into marked and unmarked pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from matchmaker.matching.marking import Segment, segments
from matchmaker.matching.sides import LINE, Side, Span
from matchmaker.models import Entry
from matchmaker.web.cards import Card, card_of
from matchmaker.web.labels import LABELS, label
from matchmaker.web.language import current_language

#: In the order they are read; what is not named here comes before the keywords.
_ORDER = ("title", "summary", "body", "key_technology", "clauses")
_LAST = ("applications", "answers", "keywords")
_IN_A_ROW = ("applications", "keywords")
_AS_LIST = ("clauses", "answers", "milestones", "evidence")


@dataclass(frozen=True, slots=True)
class Passage:
    """One field of an entry.

    Attributes:
        name: the field, without a language.
        label: what it is called.
        language: HTML language code where it is not the page's own, else "".
        lines: its text in marked and unmarked pieces, by line for lists, else one.
        style: "text", "list" or "row".
    """

    name: str
    label: str
    language: str
    lines: list[list[Segment]]
    style: str


@dataclass(frozen=True, slots=True)
class SideView:
    """One side of the pair: what it is, and its texts with marks.

    Attributes:
        entry: the entry.
        card: its figures in words.
        title: its title in pieces.
        passages: its other texts.
        changed: whether the text was changed since, so that quotations may not be in place.
    """

    entry: Entry
    card: Card
    title: Passage
    passages: list[Passage]
    changed: bool


def shown_fields_of(side: Side) -> list[str]:
    """The fields that a reader of this page's language is shown, in reading order.

    A text comes in the reader's language where there is one, else as it was written.
    """
    wanted = current_language()
    bases = [name for name in side.text_fields() if "." not in name]
    bases.sort(key=_rank)
    translated = side.language != wanted
    return [
        f"{base}.{wanted}" if translated and side.text(f"{base}.{wanted}") else base
        for base in bases
    ]


def passages_of(side: Side, spans: Sequence[tuple[Span, int]]) -> list[Passage]:
    """The shown texts of a side with numbered marks, title first.

    Args:
        side: the entry as scoring sees it.
        spans: quotations with the numbers of their marks; a quoted field that would not be shown
            is added at the end, and a quotation that no longer stands there is not marked.
    """
    names = shown_fields_of(side)
    quoted = [span.field for span, _ in spans if span.field not in names]
    current = [(span, number) for span, number in spans if _stands(side, span)]
    return [_passage(side, name, current) for name in dict.fromkeys([*names, *quoted])]


def side_view(entry: Entry, passages: list[Passage], *, changed: bool) -> SideView:
    """One side of the pair as the page shows it."""
    title, *others = passages
    return SideView(entry, card_of(entry), title, others, changed)


def _rank(name: str) -> tuple[int, int]:
    if name in _ORDER:
        return 0, _ORDER.index(name)
    return (2, _LAST.index(name)) if name in _LAST else (1, 0)


def _stands(side: Side, span: Span) -> bool:
    return side.text(span.field)[span.start : span.end] == span.text


def _passage(side: Side, name: str, spans: Sequence[tuple[Span, int]]) -> Passage:
    base = name.partition(".")[0]
    pieces = segments(side.text(name), [held for held in spans if held[0].field == name])
    own = label(base, "field") if base in LABELS["field"] else base
    language = side.language_of(name)
    foreign = "" if language == current_language() else language
    if base in _IN_A_ROW:
        return Passage(base, own, foreign, _lines(pieces), "row")
    if base in _AS_LIST:
        return Passage(base, own, foreign, _lines(pieces), "list")
    return Passage(base, own, foreign, [pieces], "text")


def _lines(pieces: Sequence[Segment]) -> list[list[Segment]]:
    """Cut the text of a list field into its items."""
    cut: list[Segment] = []
    for piece in pieces:
        for number, part in enumerate(piece.text.split(LINE)):
            cut += [Segment(LINE, None)] if number else []
            cut += [Segment(part, piece.mark)] if part else []
    groups = groupby(cut, key=lambda piece: piece.text == LINE)
    return [list(items) for is_break, items in groups if not is_break]
