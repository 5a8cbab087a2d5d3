"""Measures quality section by section: `make quality`.

Usage: python -m benchmarks.quality FOLDER [SECTION ...]

FOLDER holds judged queries in the BEIR layout. Without a name every section is measured; with
names only those, and the others keep what was measured before. The figures go into the file that
ships with the portal, and from there into docs/quality.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks import (
    clause_quality,
    clinic_quality,
    controls,
    embedder_bench,
    explanations,
    learning_curve,
    quality_page,
)
from benchmarks.learning_chart import chart
from benchmarks.report import ROOT
from benchmarks.seed_sides import KINDS, read_sides
from matchmaker.bootstrap import Container
from matchmaker.config import Settings
from matchmaker.domain.calendar import today
from matchmaker.matching.evaluation import measure_levels
from matchmaker.matching.matcher import Matcher
from matchmaker.services.matchers import matcher_for
from matchmaker.services.quality.measured import FILE
from search_index.evaluation import Judged, evaluate, read_folder
from search_index.terms import CHANNEL_WEIGHTS, GRAMS, WORDS

CURVE = ROOT / "docs" / "images" / "learning-curve.svg"
RESULTS = Path(str(files("matchmaker.services.quality"))) / FILE

Figures = dict[str, Any]


@dataclass(frozen=True)
class Bench:
    """What sections measure with: the judged folder and the running configuration."""

    folder: Path

    @cached_property
    def judged(self) -> Judged:
        """The folder's contents."""
        return read_folder(self.folder)

    @cached_property
    def container(self) -> Container:
        """The portal's parts; no database is asked."""
        return Container(Settings())

    @cached_property
    def ranked(self) -> Figures:
        """The running configuration and its parts on the folder."""
        held = self.container
        return evaluate(self.folder, held.analyser, held.embedder)

    def ranked_without(self, channel: str) -> Figures:
        """The same with one channel of words left out of every query."""
        held = self.container
        with patch.dict(CHANNEL_WEIGHTS, {channel: 0.0}):
            return evaluate(self.folder, held.analyser, held.embedder)

    @cached_property
    def matcher(self) -> Matcher:
        """The matcher as the portal builds it."""
        held = self.container
        return matcher_for(held.taxonomies, held.analyser, held.embedder, today())


def ranking(bench: Bench) -> Figures:
    """The running configuration, its parts, and the control rankers on the judged folder."""
    figures = bench.ranked
    return {**figures, "controls": controls.controls(bench.judged), **_size_of(bench.judged)}


def ablation(bench: Bench) -> Figures:
    """Each part of the ranking alone, and all parts but it."""
    no_words, no_grams = bench.ranked_without(WORDS), bench.ranked_without(GRAMS)
    return {"rows": ablation_rows(bench.ranked, no_words, no_grams)}


def ablation_rows(everything: Figures, no_words: Figures, no_grams: Figures) -> list[Figures]:
    """All parts together, each alone, each left out, with the three measures.

    The lexical part of a run without one channel is the other channel alone.
    """
    rows = {
        "all": everything,
        "words": no_grams["parts"]["lexical"],
        "grams": no_words["parts"]["lexical"],
        "vectors": everything["parts"]["vector"],
        "without words": no_words,
        "without grams": no_grams,
        "without vectors": everything["parts"]["lexical"],
    }
    measures = ("ndcg@10", "map", "recall@100")
    return [{"part": name, **{key: row[key] for key in measures}} for name, row in rows.items()]


def levels(bench: Bench) -> Figures:
    """Levels and probabilities of the judged pairs."""
    return measure_levels(bench.judged, bench.matcher)


def explained(bench: Bench) -> Figures:
    """Whether the quoted spans carry the score."""
    entries = [side for kind in KINDS for side in read_sides(kind)]
    return explanations.measure(bench.matcher, entries, bench.judged)


def clauses(bench: Bench) -> Figures:
    """Reading and judging requirements, on labelled sentences and pairs."""
    return clause_quality.measure()


def clinic(bench: Bench) -> Figures:
    """Kind and missing elements of demands, on labelled texts held out."""
    return clinic_quality.measure()


def embedder(bench: Bench) -> Figures:
    """Speed and memory of the bundled embedder."""
    return {**embedder_bench.measure()}


def learning(bench: Bench) -> Figures:
    """What verdicts are worth on demands that got none; draws the curve too."""
    figures = learning_curve.measure(bench.folder)
    CURVE.write_text(chart(figures), encoding="utf-8")
    return figures


#: Section → who measures it, in the order of the page. A section that is added here gets its
#: words in `quality_page.PARTS`.
SECTIONS: Mapping[str, Callable[[Bench], Figures]] = {
    "ranking": ranking,
    "ablation": ablation,
    "levels": levels,
    "explanations": explained,
    "clauses": clauses,
    "clinic": clinic,
    "learning": learning,
    "embedder": embedder,
}


def main(arguments: list[str] | None = None) -> None:
    """Measure, keep the figures, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("sections", nargs="*", help=", ".join(SECTIONS))
    options = parser.parse_args(arguments)
    if unknown := set(options.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    bench = Bench(options.folder)
    results = json.loads(RESULTS.read_text(encoding="utf-8"))["sections"]
    for name in options.sections or SECTIONS:
        results[name] = measured(bench, name)
        print(f"{name}: {results[name]['measured_in_seconds']} s", file=sys.stderr)
    write(results)


def measured(bench: Bench, name: str) -> Figures:
    """The figures of one section with when, by what and on what they were measured."""
    start = time.perf_counter()
    figures = SECTIONS[name](bench)
    return {
        "date": today().isoformat(),
        "command": f"make quality FOLDER=…/{bench.folder.name} SECTIONS={name}",
        "model": bench.matcher.version,
        "folder": bench.folder.name,
        "measured_in_seconds": round(time.perf_counter() - start, 1),
        **figures,
    }


def write(results: Figures) -> None:
    """Keep the figures in the order of the sections, and write docs/quality.md from them."""
    kept = {name: results[name] for name in SECTIONS if name in results}
    text = json.dumps({"sections": kept}, ensure_ascii=False, indent=1)
    RESULTS.write_text(text + "\n", encoding="utf-8")
    quality_page.write(kept)


def _size_of(judged: Judged) -> Figures:
    grades = [grade for held in judged.grades.values() for grade in held.values()]
    counted = {str(grade): grades.count(grade) for grade in sorted(set(grades))}
    return {
        "documents": len(judged.corpus),
        "pairs": len(grades),
        "grades": counted,
        "queries_without_gain": sum(not any(held.values()) for held in judged.grades.values()),
    }


if __name__ == "__main__":
    main()
