"""Levels and probabilities as numbers: matching on a folder of judged pairs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any, NamedTuple

from matchmaker.domain.levels import Level
from matchmaker.domain.reliability import Bin, calibration_error, reliability
from matchmaker.matching.matcher import Matcher
from matchmaker.matching.sides import Side
from search_index.evaluation import Judged

_DIGITS = 4


class Labelled(NamedTuple):
    """A judged pair: the grade people gave, 0 to 3, the level and the probability we say."""

    grade: int
    level: Level
    probability: float


def measure_levels(judged: Judged, matcher: Matcher) -> dict[str, Any]:
    """Measure the levels of ``matcher`` on every judged pair.

    Returns ``pairs``; ``score``, 1 / (1 + mean absolute error) in grades; ``always_weak``, the
    same for whoever calls every pair weak; ``confusion``, how many pairs of each grade (rows,
    strong first) got each level (columns, alike); ``reliability`` of the probability in ten bins
    and its ``calibration_error``; ``seconds``.
    """
    start = time.perf_counter()
    pairs = list(_labelled(judged, matcher))
    seconds = round(time.perf_counter() - start, 2)
    return {**level_figures(pairs), "seconds": seconds}


def level_figures(pairs: Sequence[Labelled]) -> dict[str, Any]:
    """Count the figures of ``measure_levels``; raises ValueError without a pair."""
    if not pairs:
        raise ValueError("no pair is judged")
    bins = reliability((pair.probability, pair.grade >= Level.FAIR.rank) for pair in pairs)
    return {
        "pairs": len(pairs),
        "score": _closeness(abs(pair.level.rank - pair.grade) for pair in pairs),
        "always_weak": _closeness(abs(Level.WEAK.rank - pair.grade) for pair in pairs),
        "confusion": _confusion(pairs),
        "reliability": [_row(held) for held in bins if held.came_true.total],
        "calibration_error": _rounded(calibration_error(bins)),
    }


def side_of(id_: str, texts: Mapping[str, str], kind: str) -> Side:
    """Return a document of a judged folder as matching sees entries: title and body alone."""
    return Side(id_, kind, title=texts["title"], body=texts["body"])


def _labelled(judged: Judged, matcher: Matcher) -> Iterator[Labelled]:
    for query, texts in judged.queries.items():
        grades = judged.grades[query]
        others = [side_of(id_, judged.corpus[id_], "achievement") for id_ in grades]
        for found in matcher.rank(side_of(query, texts, "demand"), others):
            yield Labelled(grades[found.other], found.level, found.probability)


def _closeness(errors: Iterator[int]) -> float:
    return round(1 / (1 + fmean(errors)), _DIGITS)


def _confusion(pairs: Sequence[Labelled]) -> list[list[int]]:
    counts = [[0] * len(Level) for _ in Level]
    order = {level.rank: place for place, level in enumerate(Level)}
    for pair in pairs:
        counts[order[pair.grade]][order[pair.level.rank]] += 1
    return counts


def _row(held: Bin) -> dict[str, Any]:
    low, high = held.came_true.interval or (None, None)
    return {
        "low": held.low,
        "high": held.high,
        "predicted": _rounded(held.predicted),
        "hits": held.came_true.hits,
        "total": held.came_true.total,
        "share": _rounded(held.came_true.share),
        "interval": [_rounded(low), _rounded(high)],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
