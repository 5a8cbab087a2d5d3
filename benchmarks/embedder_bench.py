"""Speed and memory of the bundled embedder: `python -m benchmarks.embedder_bench`."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

LENGTH = 200
"""Characters of a text: those of the sample entries, joined and cut."""

COUNT = 4000


def measure() -> dict[str, float]:
    """Return seconds, texts and megabytes, in processor time of one core.

    ``ready_s`` until the first vector, ``texts_per_second``, memory ``resident_mb`` when ready and
    ``after_all_mb`` once all texts were embedded, in a process that loads nothing else.
    """
    command = [sys.executable, "-m", "benchmarks.embedder_bench", "--here"]
    found: dict[str, float] = json.loads(subprocess.check_output(command, text=True))
    return found


def _here() -> dict[str, float]:
    start = time.process_time()
    from search_index.embedders.static import StaticEmbedder

    embedder = StaticEmbedder()
    embedder.encode(["矿井水"])
    ready, resident = time.process_time() - start, _peak()
    texts = _texts()
    start = time.process_time()
    for first in range(0, COUNT, 500):
        embedder.encode(texts[first : first + 500])
    spent = time.process_time() - start
    return {
        "ready_s": round(ready, 3),
        "texts_per_second": round(COUNT / spent),
        "resident_mb": resident,
        "after_all_mb": _peak(),
    }


def _peak() -> int:
    """Return the most memory that this process held at once, in MB (Linux's own count).

    ``getrusage`` would count the process it was started from too.
    """
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def _texts() -> list[str]:
    folder = Path(__file__).parents[1] / "seed_data"
    said = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.y*ml")))
    plain = "".join(letter for letter in said if "\u4e00" <= letter <= "\u9fff" or letter in "，。")
    step = max(1, (len(plain) - LENGTH) // COUNT)
    return [plain[place * step : place * step + LENGTH] for place in range(COUNT)]


if __name__ == "__main__":
    print(json.dumps(_here() if "--here" in sys.argv else measure()))
