"""Measures the embedded search index on generated entries: build, memory, search, candidates.

Usage: python -m benchmarks.search_bench [--sizes 1000,10000,100000] [--out FILE.json]
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from search_index.analysis import Analyser
from search_index.backends.embedded import EmbeddedIndex
from search_index.documents import Document, Query, passage
from search_index.embedders import Embedder, embedder_named
from search_index.fusion import Ranking

SIZES = (1_000, 10_000, 100_000)
KINDS = ("achievement", "demand", "project", "expert")
ROUNDS = 200
BATCH = 500

TERMS = (
    "矿井水 高盐废水 膜分离 蒸发结晶 粉煤灰 煤矸石 固废 充填 碳捕集 储能 光伏组件 风电叶片 氢能 "
    "电解槽 燃料电池 锂离子电池 正极材料 稀土永磁 催化剂 煤制烯烃 甲醇 智能驾驶 车路协同 激光雷达 "
    "机器视觉 工业互联网 数字孪生 边缘计算 羊绒 乳制品 益生菌 沙棘 治沙 滴灌 温室 蒙药 影像诊断 "
    "智慧旅游 非遗 轴承 液压 焊接 涂层 传感器 巡检机器人 减速器 余热回收 换热器 保温材料 混凝土"
).split()
FILLERS = "处理 提升 效率 成本 稳定 连续 运行 示范 改造 系统 装置 工艺 设备 材料 检测 控制".split()


class Generator:
    """Makes entries whose words are as unevenly frequent as in real texts (Zipf)."""

    def __init__(self, seed: int = 7) -> None:
        self.random = random.Random(seed)
        rare = [self._rare_word() for _ in range(20_000)]
        self.words = [*TERMS, *FILLERS, *rare]
        self.cumulated = list(accumulate(1 / (rank + 5) for rank in range(len(self.words))))

    def text(self, words: int) -> str:
        """Return a text of that many words, two characters or more each."""
        return "，".join("".join(self._some(min(6, words - start))) for start in range(0, words, 6))

    def document(self, number: int) -> Document:
        """Return entry ``number`` of about 200 characters, not embedded."""
        texts = {"title": self.text(5), "summary": self.text(12), "body": self.text(75)}
        return Document(
            f"E{number:06}",
            1,
            KINDS[number % len(KINDS)],
            texts=texts,
            filters={
                "field": (f"f{self.random.randrange(30)}", f"f{self.random.randrange(30)}"),
                "industry": (f"i{self.random.randrange(90)}",),
                "region": (f"r{self.random.randrange(120)}",),
                "organisation": (f"o{self.random.randrange(2_000)}",),
            },
            numbers={"price": self.random.random() * 500},
            dates={"date": date(2024, 1, 1) + timedelta(days=self.random.randrange(900))},
            audiences=("public",) if self.random.random() < 0.9 else ("brokers",),
        )

    def _some(self, count: int) -> list[str]:
        return self.random.choices(self.words, cum_weights=self.cumulated, k=count)

    def _rare_word(self) -> str:
        return "".join(chr(self.random.randrange(0x4E00, 0x6200)) for _ in range(2))


def documents(count: int, embedder: Embedder) -> Iterator[Document]:
    """Yield ``count`` embedded entries."""
    generator = Generator()
    for start in range(0, count, BATCH):
        batch = [generator.document(number) for number in range(start, min(start + BATCH, count))]
        vectors = embedder.encode([passage(held.texts) for held in batch])
        for held, vector in zip(batch, vectors, strict=True):
            yield replace(held, vector=vector)


def opened(folder: Path, embedder: Embedder) -> EmbeddedIndex:
    """Open the index of a benchmark."""
    ranking = Ranking.by(embedder)
    return EmbeddedIndex(folder, analyser=Analyser(), dimension=embedder.dimension, ranking=ranking)


def build(folder: Path, count: int) -> dict[str, Any]:
    """Build an index of ``count`` entries in ``folder``."""
    embedder = embedder_named()
    start = time.perf_counter()
    with closing(opened(folder, embedder)) as index:
        index.write(documents(count, embedder))
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {"build_s": round(time.perf_counter() - start, 2), "disk_mb": round(size / 1e6, 1)}


def search(folder: Path, _: int) -> dict[str, Any]:
    """Measure a process that opens the index in ``folder`` and answers."""
    embedder, generator = embedder_named(), Generator(seed=11)
    before, start = _rss_mb(), time.perf_counter()
    with closing(opened(folder, embedder)) as index:
        figures: dict[str, Any] = {"open_s": round(time.perf_counter() - start, 2)}
        asker = Asker(index, embedder, generator)
        figures["search_filtered_ms"] = timed(asker.filtered)
        figures["search_with_facets_ms"] = timed(asker.faceted)
        figures["browse_ms"] = timed(asker.browse)
        figures["candidates_ms"] = timed(asker.candidates)
        figures["memory_mb"] = round(_rss_mb() - before, 1)
        figures["write_one_ms"] = timed(asker.post, 30)
    return figures


class Asker:
    """What people and jobs do with an index."""

    def __init__(self, index: EmbeddedIndex, embedder: Embedder, generator: Generator) -> None:
        self.index, self.embedder, self.generator = index, embedder, generator
        self.public = Query().for_audiences("public")
        self.listed = self.public.facets_of("field", "region", "kind")

    def filtered(self) -> None:
        """Search two words, by words and vector, in one kind and three fields."""
        query = self._asked(self.public).of_kinds("achievement")
        self.index.search(query.where("field", "f1", "f2", "f3"))

    def faceted(self) -> None:
        """Search two words, by words and vector, with three facets over all kinds."""
        self.index.search(self._asked(self.listed))

    def browse(self) -> None:
        """List everything, the newest first, with three facets."""
        self.index.search(self.listed)

    def candidates(self) -> None:
        """Fetch 100 candidates of one kind for a text of about 250 characters."""
        texts = {"title": self.generator.text(5), "body": self.generator.text(100)}
        vector = self.embedder.encode([passage(texts)])[0]
        self.index.candidates(texts, vector, self.public.of_kinds("achievement"), 100)

    def post(self) -> None:
        """Write one entry until it is searchable."""
        self.index.write([self.generator.document(10**6 + self.generator.random.randrange(10**6))])

    def _asked(self, query: Query) -> Query:
        text = self.generator.text(2)
        return replace(query, text=text).near(self.embedder.encode([text])[0])


def timed(action: Callable[[], object], rounds: int = ROUNDS) -> dict[str, float]:
    """Return p50 and p95 of an action in milliseconds, after five rounds of warming up."""
    taken = []
    for _ in range(rounds + 5):
        start = time.perf_counter()
        action()
        taken.append((time.perf_counter() - start) * 1000)
    ordered = sorted(taken[5:])
    middle, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    return {"p50": round(middle, 2), "p95": round(late, 2)}


def run(sizes: Sequence[int] = SIZES) -> dict[str, Any]:
    """Measure each size in processes of its own; return the figures by size."""
    figures = {}
    for size in sizes:
        with TemporaryDirectory() as folder:
            steps = [_in_a_process(step, folder, size) for step in ("build", "search")]
        figures[str(size)] = {**steps[0], **steps[1]}
    return figures


def _in_a_process(step: str, folder: str, size: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.search_bench", "--step", step]
    done = subprocess.run(
        [*command, "--folder", folder, "--sizes", str(size)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _rss_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def main(arguments: list[str] | None = None) -> None:
    """Print the figures as JSON, and write them to a file when one is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="entries, by commas")
    parser.add_argument("--out", type=Path, help="file for the figures")
    parser.add_argument("--step", choices=("build", "search"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    sizes = [int(size) for size in options.sizes.split(",")]
    if options.step:
        step = {"build": build, "search": search}[options.step]
        figures = step(options.folder, sizes[0])
    else:
        figures = run(sizes)
    print(json.dumps(figures, indent=2))
    if options.out:
        options.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
