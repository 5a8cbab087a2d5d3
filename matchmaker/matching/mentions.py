"""Where the words and known terms of a side stand, kept light: most are never quoted."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias

from matchmaker.matching.bags import CONCEPT
from matchmaker.matching.context import Context
from matchmaker.matching.sides import Side, Span

Mention: TypeAlias = tuple[int, int, str]
"""Start, end and feature: a word, or ``CONCEPT`` and the name of a group of synonyms."""


class Mentions:
    """The mentions of one side by field, the most telling field first, each field's in order."""

    def __init__(self, side: Side, found: Mapping[str, Sequence[Mention]]) -> None:
        """Take the mentions of each field, sorted."""
        self._side, self._found = side, found

    @property
    def fields(self) -> Collection[str]:
        """The fields that were read."""
        return self._found.keys()

    @cached_property
    def features(self) -> frozenset[str]:
        """All features of all fields."""
        return frozenset(feature for held in self._found.values() for _, _, feature in held)

    @cached_property
    def concepts(self) -> frozenset[str]:
        """Those features that are groups of synonyms."""
        return frozenset(feature for feature in self.features if feature.startswith(CONCEPT))

    def in_field(self, name: str) -> Sequence[Mention]:
        """Return the mentions of one field."""
        return self._found[name]

    def within(self, span: Span) -> Iterator[str]:
        """Yield the features that stand inside ``span``, with repetitions."""
        held = self._found[span.field]
        for start, end, feature in held[bisect_left(held, (span.start, 0, "")) :]:
            if start >= span.end:
                break
            if end <= span.end:
                yield feature

    def spans_of(self, feature: str) -> tuple[Span, ...]:
        """Return where ``feature`` stands, quoted; looked for anew: few features are asked for."""
        if feature not in self.features:
            return ()
        return tuple(
            Span(name, start, end, self._side.text(name)[start:end])
            for name, held in self._found.items()
            for start, end, found in held
            if found == feature
        )


def mentions_of(context: Context, side: Side) -> Mentions:
    """Read all texts of ``side``; numbers on their own are no features."""
    fields = side.text_fields()
    return Mentions(side, {name: _read(context, side.text(name)) for name in fields})


def _read(context: Context, text: str) -> list[Mention]:
    words = [
        (start, end, word)
        for word, start, end in context.analyser.spans(text)
        if not word[0].isdigit()
    ]
    concepts = [
        (held.start, held.end, CONCEPT + held.concept) for held in context.synonyms.mentions(text)
    ]
    return sorted(words + concepts)
