"""A side made ready once for many comparisons: its words, its sentences, its figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain.kinds import EntryKind
from matchmaker.matching.bags import CONCEPT, EMPTY, Bag
from matchmaker.matching.clauses.gathering import Placed, clauses_of, figures_of
from matchmaker.matching.context import Context
from matchmaker.matching.field_weights import base, weighed_texts, weight_of
from matchmaker.matching.mentions import Mentions, mentions_of
from matchmaker.matching.sides import Side, Span
from matchmaker.matching.wording import Wording, wordings
from search_index.documents import PASSAGE_FIELDS, Vector, passage

MAX_PASSAGES = 40
"""Sentences of one side that take part in the alignment: bounds the work on very long texts."""

HEADLINE = ("title", "summary")

_CONCEPT_RARITY = 5.0  # a term somebody took into the synonyms says as much as a rare word


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence with its words by language; the key ``CONCEPT`` holds its synonym groups."""

    span: Span
    language: str
    bag: Bag
    concepts: Bag


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A side with all that its texts give away on their own.

    ``whole``, ``headline`` and ``keywords`` hold bags by language, and under ``CONCEPT`` the bag
    of synonym groups alone, which compares texts in different languages. ``wording`` holds the
    characters and pairs of all texts, ``mentions`` where each word and known term stands.
    ``vector`` is the embedding of the entry, ``passage_vectors`` those of ``passages``: float32,
    unit rows [len(passages), dimension].
    ``clauses`` are what a demand requires, ``figures`` what any other side states, by field.
    """

    side: Side
    whole: Mapping[str, Bag]
    headline: Mapping[str, Bag]
    keywords: tuple[Passage, ...]
    wording: Wording
    mentions: Mentions
    passages: tuple[Passage, ...]
    vector: Vector
    passage_vectors: NDArray[np.float32]
    clauses: tuple[Placed, ...] = ()
    figures: tuple[Placed, ...] = ()

    def common_language(self, other: Prepared) -> str:
        """Return a language both have texts in, this side's own first; ``CONCEPT`` if none."""
        own = (self.side.language, other.side.language, *self.whole)
        return next(name for name in own if name in self.whole and name in other.whole)

    def places_of(self, feature: str, language: str) -> tuple[Span, ...]:
        """Return where ``feature`` stands in texts of ``language``; in any for ``CONCEPT``."""
        held = self.mentions.spans_of(feature)
        if language == CONCEPT:
            return held
        return tuple(span for span in held if self.side.language_of(span.field) == language)

    def places_within(self, feature: str, span: Span) -> list[Span]:
        """Return where ``feature`` stands inside ``span`` of this side."""
        return [held for held in self.mentions.spans_of(feature) if held.within(span)]


def prepare(
    context: Context, sides: Sequence[Side], vectors: Mapping[str, Vector] | None = None
) -> list[Prepared]:
    """Analyse ``sides``; their sentences are embedded in one call.

    ``vectors`` holds the stored embedding of entries by code (float32 [dimension], unit length,
    of the context's embedder); those missing are computed.
    """
    found = [mentions_of(context, side) for side in sides]
    rarity = _rarity(context, found)
    drafts = [_Draft(context, *held, rarity) for held in zip(sides, found, strict=True)]
    known = _usable(context, vectors or {})
    texts = [span.span.text for draft in drafts for span in draft.passages]
    texts += [_embedded_text(side) for side in sides if side.code not in known]
    rows = iter(context.embedder.encode(texts))
    blocks = [[next(rows) for _ in draft.passages] for draft in drafts]
    worded = wordings([weighed_texts(side) for side in sides])
    return [
        draft.finish(block, wording, known[side.code] if side.code in known else next(rows))
        for draft, block, wording, side in zip(drafts, blocks, worded, sides, strict=True)
    ]


def _usable(context: Context, vectors: Mapping[str, Vector]) -> Mapping[str, Vector]:
    """Leave out vectors of another length: an older embedder's, not yet embedded anew."""
    shape = (context.embedder.dimension,)
    return {code: vector for code, vector in vectors.items() if vector.shape == shape}


def _embedded_text(side: Side) -> str:
    return passage({name: side.text(name) for name in PASSAGE_FIELDS})


class _Draft:
    """Collects what one side's texts hold, before its sentences have vectors."""

    def __init__(
        self,
        context: Context,
        side: Side,
        mentions: Mentions,
        rarity: Mapping[str, float],
    ) -> None:
        self._side, self._context = side, context
        self._mentions, self._rarity = mentions, rarity
        self.passages = self._sentences(_running(mentions.fields))

    def finish(
        self, rows: Sequence[NDArray[np.float32]], wording: Wording, vector: Vector
    ) -> Prepared:
        """Return the prepared side with its vectors."""
        shape = (len(rows), self._context.embedder.dimension)
        wanted = self._side.kind == EntryKind.DEMAND
        return Prepared(
            side=self._side,
            whole=self._bags(self._mentions.fields),
            headline=self._bags(self._fields_of(*HEADLINE)),
            keywords=self._sentences(self._fields_of("keywords")),
            mentions=self._mentions,
            wording=wording,
            passages=self.passages,
            vector=vector,
            passage_vectors=np.array(rows, dtype=np.float32).reshape(shape),
            clauses=clauses_of(self._side, self._context.synonyms) if wanted else (),
            figures=() if wanted else figures_of(self._side),
        )

    def _fields_of(self, *bases: str) -> list[str]:
        return [name for name in self._mentions.fields if base(name) in bases]

    def _bags(self, names: Iterable[str]) -> dict[str, Bag]:
        counts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for name in names:
            weight, held = weight_of(name), self._mentions.in_field(name)
            own = counts[self._side.language_of(name)] if held and weight else {}
            for _, _, feature in held if weight else ():
                own[feature] += weight
        bags = {name: Bag.of(held, self._rarity) for name, held in counts.items()}
        return bags | {CONCEPT: self._concepts(bags.values())}

    def _sentences(self, names: Iterable[str]) -> tuple[Passage, ...]:
        tokens = (
            (name, token)
            for name in names
            for token in self._context.analyser.sentences(self._side.text(name))
        )
        return tuple(
            self._passage(Span(name, token.start, token.end, token.text))
            for name, token in islice(tokens, MAX_PASSAGES)
        )

    def _passage(self, span: Span) -> Passage:
        bag = Bag.of(Counter(self._mentions.within(span)), self._rarity)
        return Passage(span, self._side.language_of(span.field), bag, self._concepts([bag]))

    def _concepts(self, bags: Iterable[Bag]) -> Bag:
        """Return the synonym groups of all ``bags``, each as heavy as where it is heaviest."""
        weights: dict[str, float] = {}
        for bag in bags:
            for feature in self._mentions.concepts & bag.weights.keys():
                weights[feature] = max(bag.weights[feature], weights.get(feature, 0.0))
        return Bag.weighing(weights) if weights else EMPTY


def _running(names: Iterable[str]) -> list[str]:
    """Return the fields whose sentences are aligned: titles and keywords have their own signals."""
    return [name for name in names if base(name) not in {"title", "keywords"} and weight_of(name)]


def _rarity(context: Context, found: Iterable[Mentions]) -> dict[str, float]:
    """Return the weight of every feature of all sides: asked for once, that is much quicker."""
    held = frozenset[str]().union(*(mentions.features for mentions in found))
    concepts = {feature: _CONCEPT_RARITY for feature in held if feature.startswith(CONCEPT)}
    return dict(context.rarity.weights(held - concepts.keys())) | concepts
