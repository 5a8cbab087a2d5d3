"""Recomputes the hashing embedder's table of weights from a folder of xz-compressed JSON lines.

Usage: python -m search_index.training.idf CORPUS_FOLDER [OUT.npy]
"""

from __future__ import annotations

import json
import lzma
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search_index.embedders.features import features
from search_index.embedders.hashing import TABLE_BITS, TABLE_STEP, table_slots

OUT = Path(__file__).parents[1] / "models" / "hashing" / "rarity.npy"
BATCH = 256
NOT_TEXT = frozenset({"id", "lang", "from", "clc", "ipc", "cpc", "discipline", "licence"})


def texts(folder: Path) -> Iterator[str]:
    """Yield one text for each item of each ``*.jsonl.xz`` in ``folder``: all it says, joined."""
    for path in sorted(folder.glob("*.jsonl.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                item = json.loads(line)
                yield "\n".join(said(value) for key, value in item.items() if key not in NOT_TEXT)


def said(value: object) -> str:
    """Return ``value`` as text: strings as they are, lists of strings joined, else nothing."""
    if isinstance(value, str):
        return value
    return " ".join(map(str, value)) if isinstance(value, list) else ""


def document_counts(items: Iterator[str]) -> tuple[NDArray[np.int64], int]:
    """Return in how many of ``items`` each slot of the table occurs, and how many there are."""
    counts = np.zeros(2**TABLE_BITS, dtype=np.int64)
    total, batch = 0, list[str]()
    for item in items:
        batch.append(item)
        if len(batch) == BATCH:
            counts += _counts(batch)
            total, batch = total + len(batch), []
    return counts + _counts(batch), total + len(batch)


def _counts(batch: list[str]) -> NDArray[np.int64]:
    owner, hashes = features(batch)
    seen = np.unique(owner << TABLE_BITS | table_slots(hashes))
    return np.bincount(seen & (2**TABLE_BITS - 1), minlength=2**TABLE_BITS)


def weights(counts: NDArray[np.int64], total: int) -> NDArray[np.uint8]:
    """Return the table: ln((1 + texts) / (1 + texts with it)) + 1 in steps of ``TABLE_STEP``."""
    exact = np.log((1 + total) / (1 + counts)) + 1
    steps: NDArray[np.uint8] = np.clip(np.rint(exact / TABLE_STEP), 0, 255).astype(np.uint8)
    return steps


def main(arguments: list[str]) -> int:
    """Write the table; return the exit status."""
    if not 1 <= len(arguments) <= 2:
        print(__doc__, file=sys.stderr)
        return 2
    counts, total = document_counts(texts(Path(arguments[0])))
    np.save(Path(arguments[1]) if len(arguments) == 2 else OUT, weights(counts, total))
    print(f"{total} texts, {int((counts > 0).sum())} of {len(counts)} slots used")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
