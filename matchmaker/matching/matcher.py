"""The matcher: the one class through which others compare entries."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from matchmaker.matching.advice import advise, unanswered_clauses
from matchmaker.matching.assessment import Assessment
from matchmaker.matching.calibration import level_of, probability_of_fair
from matchmaker.matching.clauses.lines import clause_lines
from matchmaker.matching.context import Context
from matchmaker.matching.fusion import fuse
from matchmaker.matching.glance import SidePair, promising
from matchmaker.matching.prepared import Prepared, prepare
from matchmaker.matching.sides import Side
from matchmaker.matching.signals.registry import SIGNALS
from matchmaker.matching.weights import Weights, bundled_weights
from search_index.documents import Vector

REMEMBERED = 512
"""Prepared sides kept: about 50 kB each with 512-dimensional vectors."""


class Matcher:
    """Scores pairs of a demand and another side; safe to share between threads."""

    def __init__(self, context: Context, weights: Weights | None = None) -> None:
        """Take the means of comparison, and the weights if not the bundled ones."""
        self.weights = weights or bundled_weights()
        embedder = context.embedder
        floors = self.weights.floors_of(embedder.name, embedder.floor)
        self.context = replace(context, floors=floors)
        self._kept: OrderedDict[str, Prepared] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def version(self) -> str:
        """What is stored with each match: another version may score the same pair differently."""
        embedder = self.context.embedder
        analysis = self.context.analyser.version
        return f"{self.weights.version}/{embedder.name}-{embedder.version}/{analysis}"

    def assess(
        self, demand: Side, other: Side, vectors: Mapping[str, Vector] | None = None
    ) -> Assessment:
        """Compare ``demand`` with ``other``; ``vectors`` are stored embeddings by code."""
        return self.assess_all([(demand, other)], vectors)[0]

    def assess_all(
        self, pairs: Sequence[SidePair], vectors: Mapping[str, Vector] | None = None
    ) -> list[Assessment]:
        """Compare the two sides of each pair, in order; each side is made ready once."""
        # Not by code: a text that was never saved has none, and a pair may hold two of those.
        sides = {id(side): side for pair in pairs for side in pair}
        ready = dict(zip(sides, self._prepared(list(sides.values()), vectors or {}), strict=True))
        return [self._assessed(ready[id(demand)], ready[id(other)]) for demand, other in pairs]

    def promising(self, pairs: Sequence[SidePair], vectors: Mapping[str, Vector]) -> list[SidePair]:
        """Return the pairs that are worth reading closely; see ``glance.promising``."""
        return promising(self.context, self.weights, pairs, vectors)

    def rank(
        self, demand: Side, others: Iterable[Side], vectors: Mapping[str, Vector] | None = None
    ) -> list[Assessment]:
        """Compare ``demand`` with each of ``others``: highest score first, then by code.

        ``vectors`` holds stored embeddings by code (float32 [dimension], unit length, of the
        context's embedder); those missing are computed.
        """
        found = self.assess_all([(demand, other) for other in others], vectors)
        return sorted(found, key=lambda held: (-held.score, held.other))

    def _assessed(self, demand: Prepared, other: Prepared) -> Assessment:
        readings = tuple(signal.read(self.context, demand, other) for signal in SIGNALS)
        kind = other.side.kind
        fused = fuse(self.weights, kind, readings)
        advice = advise(self.weights, kind, readings, fused.score)
        clauses = clause_lines(demand, other, self.context.synonyms)
        return Assessment(
            demand=demand.side.code,
            other=other.side.code,
            kind=kind,
            score=fused.score,
            level=level_of(self.weights, fused.score),
            probability=probability_of_fair(self.weights, fused.score),
            agreement=fused.agreement,
            shares=fused.shares,
            readings=readings,
            advice=advice + unanswered_clauses(clauses),
            model_version=self.version,
            clauses=clauses,
        )

    def _prepared(self, sides: list[Side], vectors: Mapping[str, Vector]) -> list[Prepared]:
        """Return ``sides`` made ready, from memory where the side is the same as then."""
        with self._lock:
            held = [self._kept.get(side.code) for side in sides]
        known = [
            kept if kept is not None and kept.side == side else None
            for kept, side in zip(held, sides, strict=True)
        ]
        unknown = [side for side, kept in zip(sides, known, strict=True) if kept is None]
        made = iter(prepare(self.context, unknown, vectors))
        ready = [kept or next(made) for kept in known]
        self._remember(ready)
        return ready

    def _remember(self, ready: Iterable[Prepared]) -> None:
        with self._lock:
            for prepared in ready:
                self._kept[prepared.side.code] = prepared
                self._kept.move_to_end(prepared.side.code)
            while len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)
