"""Quality as a number: the running configuration on a BEIR-layout folder of judged queries."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search_index.analysis import Analyser
from search_index.backends.base import SearchIndex
from search_index.backends.embedded import EmbeddedIndex
from search_index.documents import Document, Query, passage
from search_index.embedders import Embedder
from search_index.fusion import Ranking
from search_index.measures import RELEVANT, average_precision, ndcg, recall

_AUDIENCE = "all"

EVERYTHING = Query().for_audiences(_AUDIENCE)
"""Finds the whole corpus."""

OpenIndex = Callable[[], AbstractContextManager[SearchIndex]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A folder's contents: texts by field for corpus and queries, grades by query and document."""

    corpus: Mapping[str, Mapping[str, str]]
    queries: Mapping[str, Mapping[str, str]]
    grades: Mapping[str, Mapping[str, int]]


def read_folder(folder: Path) -> Judged:
    """Read ``corpus.jsonl``, ``queries.jsonl`` and ``qrels/test.tsv``.

    Queries without judgements are left out. Raises FileNotFoundError or ValueError when it is no
    such folder.
    """
    grades: dict[str, dict[str, int]] = {}
    with (folder / "qrels" / "test.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            grades.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    queries = {id_: text for id_, text in _texts(folder / "queries.jsonl") if id_ in grades}
    if not queries:
        raise ValueError(f"no query of {folder} has a judgement")
    return Judged(dict(_texts(folder / "corpus.jsonl")), queries, grades)


def evaluate(
    folder: Path,
    analyser: Analyser,
    embedder: Embedder,
    ranking: Ranking | None = None,
    opened: OpenIndex | None = None,
) -> dict[str, Any]:
    """Measure ranking on ``folder`` in a temporary index.

    ``opened`` opens that index, empty, and removes it at the end; without it the embedded backend
    is measured, ranking by ``ranking``.

    Returns ``ndcg@10``, ``map``, ``recall@100``, ``queries`` (how many), ``seconds``, and
    ``parts`` with the same figures for the lexical and the vector ranking alone.
    """
    start = time.perf_counter()
    judged = read_folder(folder)
    with opened() if opened else embedded_trial(analyser, embedder, ranking) as index:
        fill(index, judged, embedder)
        vectors = embedder.encode([passage(texts) for texts in judged.queries.values()])
        built = time.perf_counter() - start
        parts = {name: _measured(index, judged, vectors, name) for name in ("lexical", "vector")}
        figures = _measured(index, judged, vectors, "both")
    return {**figures, "seconds": round(built + figures["seconds"], 3), "parts": parts}


@contextmanager
def embedded_trial(
    analyser: Analyser, embedder: Embedder, ranking: Ranking | None = None
) -> Iterator[SearchIndex]:
    """Yield an empty index of the embedded backend in a temporary folder."""
    held = ranking or Ranking.by(embedder)
    with TemporaryDirectory() as temporary:
        index = EmbeddedIndex(
            Path(temporary), analyser=analyser, dimension=embedder.dimension, ranking=held
        )
        with closing(index):
            yield index


def measure(
    rankings: Mapping[str, list[str]], grades: Mapping[str, Mapping[str, int]]
) -> dict[str, Any]:
    """Return the mean measures of rankings (ids, best first) by query.

    Queries without a relevant document are left out of ``map`` and ``recall@100``, those without
    any document that has a gain out of ``ndcg@10`` too, where it is undefined: nothing that a
    ranking does could raise it above nothing.
    """
    gaining = [id_ for id_ in rankings if max(grades[id_].values()) > 0]
    findable = [id_ for id_ in rankings if max(grades[id_].values()) >= RELEVANT]
    return {
        "ndcg@10": _mean([ndcg(rankings[id_], grades[id_]) for id_ in gaining]),
        "map": _mean([average_precision(rankings[id_], grades[id_]) for id_ in findable]),
        "recall@100": _mean([recall(rankings[id_], grades[id_]) for id_ in findable]),
        "queries": len(rankings),
    }


def _measured(
    index: SearchIndex, judged: Judged, vectors: NDArray[np.float32], part: str
) -> dict[str, Any]:
    """Measure one ranking of the whole corpus; what is not found follows in the corpus's order."""
    start = time.perf_counter()
    limit = len(judged.corpus)
    rankings = {}
    for (id_, texts), vector in zip(judged.queries.items(), vectors, strict=True):
        asked = "" if part == "vector" else texts
        near = None if part == "lexical" else vector
        found = [hit.id for hit in index.candidates(asked, near, EVERYTHING, limit)]
        rankings[id_] = list(dict.fromkeys((*found, *judged.corpus)))
    seconds = round(time.perf_counter() - start, 3)
    return {**measure(rankings, judged.grades), "seconds": seconds}


def fill(index: SearchIndex, judged: Judged, embedder: Embedder) -> None:
    """Write the corpus and make it searchable; every document can be found by ``EVERYTHING``."""
    vectors = embedder.encode([passage(texts) for texts in judged.corpus.values()])
    index.write(
        Document(id_, 1, "document", texts=texts, audiences=(_AUDIENCE,), vector=vector)
        for (id_, texts), vector in zip(judged.corpus.items(), vectors, strict=True)
    )
    index.refresh()


def _texts(path: Path) -> list[tuple[str, Mapping[str, str]]]:
    with path.open(encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines if line.strip()]
    return [
        (item["_id"], {"title": item.get("title") or "", "body": item.get("text") or ""})
        for item in items
    ]


def _mean(values: list[float]) -> float:
    return round(fmean(values), 4) if values else 0.0
