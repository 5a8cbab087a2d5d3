"""Marks: quoted spans numbered alike on both sides, and texts cut into marked pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from matchmaker.matching.sides import Reading, Span

Pair: TypeAlias = tuple[Span, Span]

MOST = 12
"""So many marks can still be told apart on a page."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Two spans that belong together under one number, from 1 on, with the signals they carry."""

    number: int
    demand: Span
    other: Span
    signals: tuple[str, ...]
    strength: float


class Segment(NamedTuple):
    """A piece of a text, and the number of the mark it belongs to, if any."""

    text: str
    mark: int | None


def marks_of(readings: Iterable[Reading], limit: int = MOST) -> tuple[Mark, ...]:
    """Number the aligned spans of ``readings``: strongest first, the same pair of spans once."""
    signals: dict[Pair, list[str]] = {}
    strengths: dict[Pair, float] = {}
    for signal, pair, strength in _paired(readings):
        signals.setdefault(pair, []).append(signal)
        strengths[pair] = max(strength, strengths.get(pair, 0.0))
    ranked = sorted(strengths, key=lambda pair: (-strengths[pair], pair))[:limit]
    return tuple(
        Mark(number, *pair, tuple(signals[pair]), strengths[pair])
        for number, pair in enumerate(ranked, start=1)
    )


def _paired(readings: Iterable[Reading]) -> Iterator[tuple[str, Pair, float]]:
    for reading in readings:
        for held in reading.evidence:
            if held.demand and held.other and held.strength > 0:
                yield reading.signal, (held.demand, held.other), held.strength


def segments(text: str, spans: Sequence[tuple[Span, int]]) -> list[Segment]:
    """Cut ``text`` into pieces, each with the number of the shortest span that covers it.

    ``spans`` are of this text's field, with their numbers. The pieces joined give ``text``; spans
    that reach beyond it are cut off.
    """
    edges = {0, len(text)}
    for span, _ in spans:
        edges.update(edge for edge in (span.start, span.end) if 0 < edge < len(text))
    bounds = sorted(edges)
    pieces = [
        Segment(text[start:end], _covering(spans, start, end))
        for start, end in zip(bounds, bounds[1:], strict=False)
    ]
    return _joined(pieces)


def _covering(spans: Sequence[tuple[Span, int]], start: int, end: int) -> int | None:
    covering = [
        (span.end - span.start, number)
        for span, number in spans
        if span.start <= start and end <= span.end
    ]
    return min(covering)[1] if covering else None


def _joined(pieces: Iterable[Segment]) -> list[Segment]:
    """Join neighbours of the same number."""
    joined: list[Segment] = []
    for piece in pieces:
        if joined and joined[-1].mark == piece.mark:
            joined[-1] = Segment(joined[-1].text + piece.text, piece.mark)
        else:
            joined.append(piece)
    return joined
