"""Marks what agrees with the question, and cuts the piece of a long text where it does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from markupsafe import Markup, escape

#: Pieces of a text with whether they agree with the question.
Pieces = list[tuple[str, bool]]

_SNIPPET = 150
_CHINESE = re.compile("[\u4e00-\u9fff]{2,}")
#: A word of the Latin script at the end of a piece that was cut off within it.
_CUT_WORD = re.compile(r"[^\W\u4e00-\u9fff]{1,24}$")
#: Where a snippet may begin without an ellipsis looking odd.
_BREAKS = "。！？；\n.!?;，,、 "


def with_literal(pieces: Pieces, question: str) -> Pieces:
    """Flag also Chinese that stands in the text as it was typed, however it is cut into words."""
    words = sorted(set(_CHINESE.findall(question)), key=len, reverse=True)
    if not words:
        return pieces
    text = "".join(piece for piece, _ in pieces)
    flags = [hit for piece, hit in pieces for _ in piece]
    for found in re.finditer("|".join(words), text):
        flags[found.start() : found.end()] = [True] * (found.end() - found.start())
    return list(_runs(text, flags))


def marked(pieces: Iterable[tuple[str, bool]]) -> Markup:
    """The text with its hits between `<em>` and everything else escaped."""
    hit_mark = Markup("<em>{}</em>")
    return Markup("").join(hit_mark.format(text) if hit else escape(text) for text, hit in pieces)


def snippet(pieces: Pieces, length: int = _SNIPPET) -> Markup:
    """The part of a text with the most hits, marked; "" where there is no hit.

    Args:
        pieces: the whole text in pieces.
        length: about how many characters are wanted.
    """
    places = _places(pieces)
    if not places:
        return Markup("")
    text = "".join(piece for piece, _ in pieces)
    low = _begin(text, _densest(places, length))
    high = _end(text, low, low + length)
    cut = marked(_within(pieces, low, high))
    before = Markup("…") if low else Markup("")
    return before + Markup(str(cut).replace("\n", " ")) + (Markup("…") if high < len(text) else "")


def _runs(text: str, flags: list[bool]) -> Iterator[tuple[str, bool]]:
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or flags[end] != flags[start]:
            yield text[start:end], flags[start]
            start = end


def _places(pieces: Pieces) -> list[int]:
    places, place = [], 0
    for text, hit in pieces:
        if hit:
            places.append(place)
        place += len(text)
    return places


def _densest(places: list[int], length: int) -> int:
    """The hit from which most others lie within reach; the first of the best."""
    return max(places, key=lambda start: (sum(start <= p < start + length for p in places), -start))


def _begin(text: str, hit: int) -> int:
    """Where the sentence or clause before a hit begins, at most 40 characters before it."""
    earliest = max(0, hit - 40)
    if earliest == 0:
        return 0
    for place in range(earliest, hit):
        if text[place] in _BREAKS:
            return place + 1
    return hit


def _end(text: str, low: int, high: int) -> int:
    """Where to stop: not within a word of the Latin script."""
    if high >= len(text) or not _CUT_WORD.match(text[high]):
        return min(high, len(text))
    word = _CUT_WORD.search(text, low, high)
    return word.start() if word else high


def _within(pieces: Pieces, low: int, high: int) -> Iterable[tuple[str, bool]]:
    place = 0
    for text, hit in pieces:
        start, end = max(low - place, 0), min(high - place, len(text))
        if start < end:
            yield text[start:end], hit
        place += len(text)
