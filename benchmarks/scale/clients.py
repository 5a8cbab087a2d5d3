"""Searches of several clients at once, as threads of one process."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


def timed_together(
    actions: list[Callable[[], object]], rounds: int, clients: int
) -> dict[str, float]:
    """Return p50 and p95 in milliseconds and searches a second of ``clients`` threads.

    Each thread runs ``rounds`` of ``actions`` in turn, beginning at a place of its own.
    """
    start = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        taken = list(pool.map(lambda place: _one(actions, rounds, place), range(clients)))
    elapsed = time.perf_counter() - start
    ordered = sorted(spent for each in taken for spent in each)
    return {
        "p50": round(ordered[len(ordered) // 2], 2),
        "p95": round(ordered[int(len(ordered) * 0.95)], 2),
        "per_second": round(len(ordered) / elapsed, 1),
    }


def _one(actions: list[Callable[[], object]], rounds: int, place: int) -> list[float]:
    taken = []
    for turn in range(place, place + rounds):
        start = time.perf_counter()
        actions[turn % len(actions)]()
        taken.append((time.perf_counter() - start) * 1000)
    return taken
