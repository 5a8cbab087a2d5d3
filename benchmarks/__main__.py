"""Runs every benchmark and keeps the figures: `make bench`.

Usage: python -m benchmarks [--sizes 1000,10000,100000] [--quality FOLDER] [--out FILE.json]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from pathlib import Path
from typing import Any

from benchmarks import clinic_bench, matching_bench, portal_bench, report, search_bench
from benchmarks.report import RESULTS
from matchmaker.monitoring.logs import configure_logging

_CLINIC_ENTRIES, _CLINIC_ROUNDS = 10_000, 200


def main() -> None:
    """Measure, print as JSON and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--quality", type=Path, help="a folder in BEIR layout to evaluate on")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    configure_logging("WARNING")
    sizes = [int(size) for size in options.sizes.split(",")]
    figures: dict[str, Any] = {"machine": _machine()}
    figures |= portal_bench.run(options.rounds)
    figures["search"] = search_bench.run(sizes)
    figures["matching"] = [matching_bench.measure(size) for size in sizes]
    figures["clinic"] = clinic_bench.measure(_CLINIC_ENTRIES, _CLINIC_ROUNDS)
    if options.quality:
        figures["quality"] = _quality(options.quality)
    text = json.dumps(figures, indent=2, ensure_ascii=False)
    print(text)
    options.out.write_text(text + "\n", encoding="utf-8")
    if options.out == RESULTS:
        report.write(figures)


def _machine() -> dict[str, Any]:
    return {"cores": os.cpu_count(), "python": platform.python_version()}


def _quality(folder: Path) -> dict[str, Any]:
    from matchmaker.bootstrap import Container
    from matchmaker.config import Settings
    from search_index.evaluation import evaluate

    container = Container(Settings())
    return evaluate(folder, container.analyser, container.embedder)


if __name__ == "__main__":
    main()
