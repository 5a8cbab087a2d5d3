"""Writes docs/performance.md from the figures of `benchmarks/results.json`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results.json"
PAGE = ROOT / "docs" / "performance.md"

_HEAD = (
    "# Performance\n\n"
    "Figures of one run of `make bench`, written by `benchmarks/report.py` from "
    "`benchmarks/results.json`; nothing here is typed by hand, "
    "except the reading under Scale, a run of its own. They hold for the machine named "
    "below and move with what else it does.\n"
)
_SEARCH_NOTE = (
    "\nEntries are generated: words as unevenly frequent as in real texts, over the region's "
    "subjects. Times are milliseconds, p50 / p95, in one process without the web; *100 candidates* "
    "is what matching asks for one new entry, *write* one entry until it is searchable.\n"
)
_MATCHING_NOTE = (
    "\nOne of the sample demands, embedded, its candidates found, and those that agree at a glance "
    "read closely; without the database.\n"
)
_CLINIC_NOTE = "\nOne request of the form in a portal of generated entries, pages included.\n"
_CLINIC_HEAD = ("entries", "p50, ms", "p95, ms")
_QUALITY_NOTE = (
    "\nnDCG@10 is over the judged documents of a demand, MAP over them at grade 2 or better, "
    "recall@100 over the whole collection (`matchmaker evaluate FOLDER`).\n"
)


def write(figures: Mapping[str, Any]) -> None:
    """Write the page from the figures."""
    parts = [_HEAD, _machine(figures), _starts(figures), _search(figures)]
    parts += [_matching(figures["matching"]), _clinic(figures["clinic"])]
    if "quality" in figures:
        parts.append(_quality(figures["quality"]))
    _, begun, scale = PAGE.read_text(encoding="utf-8").partition("<!-- scale: begin -->")
    if begun:
        parts.append(begun + scale)
    PAGE.write_text("\n".join(parts), encoding="utf-8")


def _machine(figures: Mapping[str, Any]) -> str:
    held = figures["machine"]
    return f"Machine: {held['cores']} cores, Python {held['python']}.\n"


def _starts(figures: Mapping[str, Any]) -> str:
    start, matched = figures["start"], figures["publishing_to_matched"]
    rows = [
        ("First start with the sample data until `/readyz` answers 200", _seconds(start["first"])),
        ("Second start", _seconds(start["second"])),
        ("Memory of web, worker and schedule in one process", f"{start['second']['memory_mb']} MB"),
        (
            f"Published → searchable and matched among the sample data, {matched['rounds']} rounds",
            f"{matched['p50_seconds']} s median, {matched['p95_seconds']} s p95",
        ),
    ]
    return "## The portal\n\n" + table(("what", "figure"), rows)


def _search(figures: Mapping[str, Any]) -> str:
    rows = []
    for size, held in figures["search"].items():
        cells = [_cell(held[name]) for name in _COLUMNS.values()]
        rows.append([f"{int(size):,}", *cells])
    return "## Search\n" + _SEARCH_NOTE + "\n" + table(("entries", *_COLUMNS), rows)


#: Column → the figure it shows.
_COLUMNS = {
    "search, filtered": "search_filtered_ms",
    "search, three facets": "search_with_facets_ms",
    "browse": "browse_ms",
    "100 candidates": "candidates_ms",
    "write": "write_one_ms",
    "build, s": "build_s",
    "open, s": "open_s",
    "disk, MB": "disk_mb",
    "memory, MB": "memory_mb",
}


def _matching(figures: Sequence[Mapping[str, Any]]) -> str:
    names = ("entries", "p50_ms", "p95_ms", "processor_p50_ms")
    rows = [[f"{held['entries']:,}", *(held[name] for name in names[1:])] for held in figures]
    head = ("entries", "p50, ms", "p95, ms", "processor, p50, ms")
    return "## Matching one demand\n" + _MATCHING_NOTE + "\n" + table(head, rows)


def _clinic(figures: Mapping[str, Any]) -> str:
    rows = [(f"{figures['entries']:,}", figures["p50_ms"], figures["p95_ms"])]
    return "## Advice while typing\n" + _CLINIC_NOTE + "\n" + table(_CLINIC_HEAD, rows)


def _quality(figures: Mapping[str, Any]) -> str:
    names = ("ndcg@10", "map", "recall@100")
    rows = [("together", *(figures[name] for name in names))]
    rows += [(part, *(held[name] for name in names)) for part, held in figures["parts"].items()]
    return "## Quality\n" + _QUALITY_NOTE + "\n" + table(("ranker", *names), rows)


def _cell(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{value['p50']} / {value['p95']}"
    return str(value)


def _seconds(start: Mapping[str, float]) -> str:
    return f"{start['start_seconds']} s"


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table in Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    write(json.loads(RESULTS.read_text(encoding="utf-8")))
