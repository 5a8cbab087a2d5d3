"""Measures the embedded index by entries and clients: `make bench-scale`.

Usage: python -m benchmarks.scale [--sizes 10000,100000] [--out FILE.json] [--page]

The sizes run one after the other in one process. Elasticsearch, a full re-match and pages under
load are not measured here.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.report import PAGE
from benchmarks.scale import page
from benchmarks.scale.clients import timed_together
from benchmarks.scale.ratios import ratios
from benchmarks.search_bench import Generator, documents, opened
from search_index.analysis import Analyser
from search_index.backends.embedded import EmbeddedIndex
from search_index.documents import Document, Query
from search_index.embedders import Embedder, embedder_named

CLIENTS = (1, 4, 16)
_QUERIES, _SEARCHES = 100, 320


def measure(size: int) -> dict[str, Any]:
    """Return the figures of an index of ``size`` generated entries."""
    embedder = embedder_named()
    made = list(documents(size, embedder))
    figures: dict[str, Any] = {"tokenise_cpu_s": _processor(lambda: _tokenise(made))}
    with TemporaryDirectory() as name:
        folder = Path(name)
        with closing(opened(folder, embedder)) as index:
            start = time.perf_counter()
            figures["build_cpu_s"] = _processor(lambda: index.write(made))
            figures["build_s"] = round(time.perf_counter() - start, 2)
        held = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        figures["disk_mb"] = round(held / 1e6, 1)
        with closing(opened(folder, embedder)) as index:
            figures["search_ms"] = _search(index, embedder)
    return figures


def _tokenise(made: Sequence[Document]) -> None:
    analyser = Analyser()
    for document in made:
        for text in document.texts.values():
            analyser.tokens(text)


def _search(index: EmbeddedIndex, embedder: Embedder) -> dict[str, Any]:
    generator = Generator(seed=11)
    base = Query().for_audiences("public").of_kinds("achievement").where("field", "f1", "f2", "f3")
    asked = [replace(base, text=generator.text(2)) for _ in range(_QUERIES)]
    vectors = embedder.encode([query.text for query in asked])
    actions: list[Callable[[], object]] = [
        partial(index.search, query.near(vector))
        for query, vector in zip(asked, vectors, strict=True)
    ]
    timed_together(actions, 20, 1)
    return {str(n): timed_together(actions, _SEARCHES // n, n) for n in CLIENTS}


def _processor(action: Callable[[], object]) -> float:
    start = time.process_time()
    action()
    return round(time.process_time() - start, 2)


def main() -> None:
    """Print the figures as JSON and each ratio with its target; keep both when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,100000", help="entries, by commas")
    parser.add_argument("--out", type=Path, help="file for the figures")
    parser.add_argument("--page", action="store_true", help="write docs/performance.md too")
    options = parser.parse_args()
    figures = {int(size): measure(int(size)) for size in options.sizes.split(",")}
    found = list(ratios(figures))
    text = json.dumps({"sizes": figures, "ratios": [vars(ratio) for ratio in found]}, indent=2)
    print(text)
    for ratio in found:
        verdict = "held" if ratio.held else "missed"
        print(f"{ratio.name}: {ratio.measured:.2f}, target {ratio.target:g}: {verdict}")
    if options.page:
        held = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(page.placed(held, page.section(figures, found)), encoding="utf-8")
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
