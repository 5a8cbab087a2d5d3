"""Texts of a side with spans cut out, or with nothing but them: the means of the ERASER checks."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from matchmaker.matching.sides import LINE, Side, Span
from search_index.analysis import Analyser

#: Start and end of a stretch in a field's text.
Stretch = tuple[int, int]
Stretches = Mapping[str, Sequence[Stretch]]
#: Cuts a side: `without` the stretches, or the stretches `alone`.
Cut = Callable[[Side, Stretches], Side]

_TRIES = 20


def merged(side: Side, spans: Iterable[Span]) -> dict[str, list[Stretch]]:
    """Join overlapping spans to stretches, by field; spans of fields without text are left out."""
    texts = set(side.text_fields())
    found: dict[str, list[Stretch]] = {}
    for span in sorted(set(spans)):
        if span.field not in texts:
            continue
        held = found.setdefault(span.field, [])
        if held and span.start <= held[-1][1]:
            held[-1] = (held[-1][0], max(held[-1][1], span.end))
        else:
            held.append((span.start, span.end))
    return found


def length(stretches: Stretches) -> int:
    """Return how many characters the stretches hold."""
    return sum(end - start for held in stretches.values() for start, end in held)


def size(side: Side) -> int:
    """Return how many characters of running text a side has."""
    return sum(len(side.text(name)) for name in side.text_fields())


def without(side: Side, stretches: Stretches) -> Side:
    """Return the side with the stretches cut out; a space keeps the ends from growing together."""
    texts = {}
    for name, held in stretches.items():
        text = side.text(name)
        for start, end in sorted(held, reverse=True):
            text = text[:start] + " " + text[end:]
        texts[name] = text
    return _with_texts(side, texts)


def alone(side: Side, stretches: Stretches) -> Side:
    """Return the side with the stretches as its only text, each on a line."""
    texts = {
        name: LINE.join(side.text(name)[start:end] for start, end in stretches.get(name, ()))
        for name in side.text_fields()
    }
    return _with_texts(side, texts)


def drawn(
    side: Side, stretches: Stretches, analyser: Analyser, chance: random.Random
) -> dict[str, list[Stretch]]:
    """Draw as many stretches of the same lengths anywhere in the side's texts, from word to word.

    Each begins with a word and ends with the word in which its length is reached, or with its
    field; none overlaps another unless the texts leave no room.
    """
    words = {name: analyser.spans(side.text(name)) for name in side.text_fields()}
    begins = [(name, word.start) for name, held in words.items() for word in held]
    found: dict[str, list[Stretch]] = {}
    lengths = sorted((end - start for held in stretches.values() for start, end in held))
    for wanted in reversed(lengths):
        for _ in range(_TRIES):
            name, start = chance.choice(begins)
            ends = [word.end for word in words[name] if word.end >= start + wanted]
            stretch = (start, min(ends, default=len(side.text(name))))
            if not _overlaps(stretch, found.get(name, ())):
                break
        found.setdefault(name, []).append(stretch)
    return {name: _disjoint(held) for name, held in found.items()}


def _overlaps(stretch: Stretch, others: Iterable[Stretch]) -> bool:
    return any(stretch[0] < end and start < stretch[1] for start, end in others)


def _disjoint(stretches: Iterable[Stretch]) -> list[Stretch]:
    joined: list[Stretch] = []
    for start, end in sorted(stretches):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _with_texts(side: Side, texts: Mapping[str, str]) -> Side:
    held = {name: side.text(name) for name in ("title", "summary", "keywords", "body")}
    own = {**held, **{name: text for name, text in texts.items() if name in held}}
    extras = {name: text for name, text in texts.items() if name not in held}
    return replace(
        side,
        title=own["title"],
        summary=own["summary"],
        body=own["body"],
        keywords=tuple(filter(None, map(str.strip, own["keywords"].split(LINE)))),
        extras={**side.extras, **extras},
    )
