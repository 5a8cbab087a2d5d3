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

from benchmarks import controls, explanations, quality_page
from benchmarks.seed_sides import KINDS, read_sides
from matchmaker.bootstrap import Container
from matchmaker.config import Settings
from matchmaker.domain.calendar import today
from matchmaker.matching.evaluation import measure_levels
from matchmaker.matching.matcher import Matcher
from matchmaker.services.matchers import matcher_for
from matchmaker.services.quality.measured import FILE
from search_index.evaluation import Judged, evaluate, read_folder

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
    """Each part of the ranking alone, as `evaluate` names them, with what it gives up."""
    return {"rows": ablation_rows(bench.ranked)}


def ablation_rows(figures: Figures) -> list[Figures]:
    """All parts together, then each part by its name, with the three measures."""
    parts = {"all": figures, **figures["parts"]}
    measures = ("ndcg@10", "map", "recall@100")
    return [{"part": name, **{key: row[key] for key in measures}} for name, row in parts.items()]


def levels(bench: Bench) -> Figures:
    """Levels and probabilities of the judged pairs."""
    return measure_levels(bench.judged, bench.matcher)


def explained(bench: Bench) -> Figures:
    """Whether the quoted spans carry the score."""
    entries = [side for kind in KINDS for side in read_sides(kind)]
    return explanations.measure(bench.matcher, entries, bench.judged)


#: Section → who measures it, in the order of the page. A section that is added here gets its
#: words in `quality_page.PARTS`.
SECTIONS: Mapping[str, Callable[[Bench], Figures]] = {
    "ranking": ranking,
    "ablation": ablation,
    "levels": levels,
    "explanations": explained,
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
