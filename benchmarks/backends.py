"""Whether both search backends rank a folder of judged queries alike.

Usage: python -m benchmarks.backends FOLDER ADDRESS

FOLDER is in the BEIR layout, ADDRESS a node of Elasticsearch, where indexes named `benchmark-…`
are made and removed. Printed for each structure of vectors: nDCG@10 beside the embedded backend's,
and which share of its ten best candidates of each query the other one has too.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

from numpy import float32
from numpy.typing import NDArray

from matchmaker.services.taxonomies import Taxonomies
from search_index.analysis import Analyser
from search_index.backends.base import SearchIndex
from search_index.backends.elasticsearch import Layout
from search_index.backends.elasticsearch.trial import trial_index
from search_index.documents import passage
from search_index.embedders import embedder_named
from search_index.evaluation import EVERYTHING, Judged, embedded_trial, fill, measure, read_folder

LAYOUTS = {
    "flat": Layout(vectors="flat"),
    "hnsw": Layout(),
    "hnsw, 3 shards": Layout(shards=3),
    "int8_hnsw": Layout(vectors="int8_hnsw"),
}
_PAGE = 10
Rankings = Mapping[str, list[str]]


def main() -> None:
    """Measure and print as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("address")
    options = parser.parse_args()
    print(json.dumps(compare(options.folder, options.address), indent=2, ensure_ascii=False))


def compare(folder: Path, address: str) -> dict[str, Any]:
    judged = read_folder(folder)
    analyser, embedder = Analyser(Taxonomies().domain_words), embedder_named("static")
    vectors = embedder.encode([passage(texts) for texts in judged.queries.values()])
    with embedded_trial(analyser, embedder) as index:
        fill(index, judged, embedder)
        wanted, best = rankings(index, judged, vectors), rankings(index, judged, vectors, _PAGE)
    figures: dict[str, Any] = {"embedded": measure(wanted, judged.grades)}
    for name, layout in LAYOUTS.items():
        with trial_index(address, "benchmark", layout, analyser, embedder) as other:
            fill(other, judged, embedder)
            found = rankings(other, judged, vectors)
            page = rankings(other, judged, vectors, _PAGE)
        figures[name] = measure(found, judged.grades) | {
            "whole corpus": agreement(wanted, found),
            "ten asked for": agreement(best, page),
        }
    return figures


def rankings(
    index: SearchIndex, judged: Judged, vectors: NDArray[float32], limit: int | None = None
) -> Rankings:
    """Every query's ranking of the whole corpus, or its ``limit`` best, best first."""
    limit = limit or len(judged.corpus)
    return {
        id_: [hit.id for hit in index.candidates(texts, vector, EVERYTHING, limit)]
        for (id_, texts), vector in zip(judged.queries.items(), vectors, strict=True)
    }


def agreement(wanted: Rankings, found: Rankings, depth: int = _PAGE) -> dict[str, float]:
    """Mean and least share of the ten best that both have, and how often in the same order."""
    shares = [len(set(wanted[id_][:depth]) & set(found[id_][:depth])) / depth for id_ in wanted]
    same = [wanted[id_][:depth] == found[id_][:depth] for id_ in wanted]
    return {
        "overlap@10": round(fmean(shares), 4),
        "least_overlap@10": min(shares),
        "same_order@10": round(fmean(same), 4),
    }


if __name__ == "__main__":
    main()
