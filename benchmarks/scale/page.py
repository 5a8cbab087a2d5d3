"""The part of docs/performance.md about scale, between two markers, from the figures alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from benchmarks.report import table
from benchmarks.scale.ratios import Ratio

BEGIN, END = "<!-- scale: begin -->", "<!-- scale: end -->"

_NOTE = (
    "Written by `make bench-scale SCALE=--page`: the embedded backend only, all sizes in one "
    "process, on a machine shared with other work, which moves its times. Searches have a filter "
    "and run in threads of one process; p50 / p95 are milliseconds by the clock. Build, from "
    "stored vectors, and tokenising are seconds of processor time.\n"
)
_MISSING = (
    "\nNot measured: Elasticsearch, a million entries unless listed, memory, reading in several "
    "processes, hybrid search beside its raw engine, posting → matched, a full re-match, pages "
    "under load.\n"
)


def section(figures: Mapping[int, Mapping[str, Any]], found: Iterable[Ratio]) -> str:
    """Return the part in Markdown, with its markers."""
    clients = next(iter(figures.values()))["search_ms"]
    head = ("entries", "tokenise", "build", "disk, MB", *(f"{n} clients" for n in clients))
    sizes = table(head, [_row(size, held) for size, held in figures.items()])
    judged = table(
        ("ratio", "measured", "target", "held"),
        [(r.name, f"{r.measured:.2f}", f"{r.target:g}", "yes" if r.held else "no") for r in found],
    )
    return f"{BEGIN}\n## Scale\n\n{_NOTE}\n{sizes}\n{judged}{_MISSING}{END}\n"


def placed(page: str, part: str) -> str:
    """Return ``page`` with ``part`` instead of its part between the markers, or at its end."""
    before, begun, rest = page.partition(BEGIN)
    after = rest.partition(END)[2].lstrip("\n") if begun else ""
    return before.rstrip("\n") + "\n\n" + part + after


def _row(size: int, held: Mapping[str, Any]) -> list[Any]:
    searches = [f"{each['p50']} / {each['p95']}" for each in held["search_ms"].values()]
    built = (held["tokenise_cpu_s"], held["build_cpu_s"], held["disk_mb"])
    return [f"{size:,}", *built, *searches]
