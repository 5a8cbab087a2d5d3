"""Measures the matching of one new demand: `python -m benchmarks.matching_bench [COUNT]`.

An index of COUNT made-up entries is searched and the candidates are scored, as the `match` job does
it, without the database: its queries are counted by tests and timed by `portal_bench`.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from benchmarks.search_bench import documents, opened
from benchmarks.seed_sides import read_sides
from matchmaker.bootstrap import Container
from matchmaker.config import Settings
from matchmaker.domain.calendar import today
from matchmaker.matching.matcher import Matcher
from matchmaker.matching.sides import Side
from matchmaker.services.matchers import matcher_for
from search_index.backends.embedded import EmbeddedIndex
from search_index.documents import Document, Query, passage

CANDIDATES: Mapping[str, int] = {"achievement": 40, "expert": 20, "project": 20}


def measure(count: int) -> dict[str, float]:
    """Return ``p50_ms`` and ``p95_ms`` of matching a sample demand among ``count`` entries.

    ``processor_p50_ms`` is what one core would take with nothing beside it.
    """
    held = Container(Settings())
    matcher = matcher_for(held.taxonomies, held.analyser, held.embedder, today())
    with TemporaryDirectory() as folder:
        known: dict[str, Document] = {}
        with closing(opened(Path(folder), held.embedder)) as index:
            index.write(_remembered(count, held, known))
            spent = [_matched(index, matcher, side, known) for side in read_sides("demand")]
    steps = quantiles((wall for wall, _ in spent), n=20)
    return {
        "entries": count,
        "p50_ms": round(steps[9], 1),
        "p95_ms": round(steps[18], 1),
        "processor_p50_ms": round(median(processor for _, processor in spent), 1),
    }


def _remembered(count: int, held: Container, known: dict[str, Document]) -> Sequence[Document]:
    made = list(documents(count, held.embedder))
    known.update((document.id, document) for document in made)
    return made


def _matched(
    index: EmbeddedIndex, matcher: Matcher, demand: Side, known: Mapping[str, Document]
) -> tuple[float, float]:
    """Return the milliseconds, by the clock and of processor time, from texts to scores."""
    texts = {name: demand.text(name) for name in ("title", "summary", "body")}
    start, processor = time.perf_counter(), time.process_time()
    vector = matcher.context.embedder.encode([passage(texts)])[0]
    found = [
        hit.id
        for kind, limit in CANDIDATES.items()
        for hit in index.candidates(
            texts, vector, Query().for_audiences("public").of_kinds(kind), limit
        )
    ]
    vectors = {id_: held for id_ in found if (held := known[id_].vector) is not None}
    pairs = [(demand, _side(known[id_])) for id_ in found]
    vectors[demand.code] = vector
    matcher.assess_all(matcher.promising(pairs, vectors), vectors)
    return (time.perf_counter() - start) * 1000, (time.process_time() - processor) * 1000


def _side(document: Document) -> Side:
    texts = document.texts
    return Side(
        document.id,
        document.kind,
        title=texts["title"],
        summary=texts["summary"],
        body=texts["body"],
    )


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)))
