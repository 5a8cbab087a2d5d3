"""Counts the figures of published quality; a figure that too few cases carry stays unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import ceil
from statistics import median
from typing import Any

from matchmaker.domain.proportions import Proportion
from matchmaker.domain.reliability import Bin, calibration_error, reliability
from matchmaker.services.quality.cases import DemandCase, VerdictCase

#: Cases below which no figure is published: with fewer, an interval spans a third of the scale.
MINIMUM = 30
DEPTHS = (1, 5, 10)
_DIGITS = 4

Figures = dict[str, Any]


def figures_of(demands: Sequence[DemandCase], verdicts: Sequence[VerdictCase]) -> Figures:
    """All figures as JSON values.

    Args:
        demands: every published demand.
        verdicts: every binding verdict.

    Returns:
        ``demands`` and ``samples`` (how many of them are sample data), ``coverage`` by level,
        ``verdicts`` (how many), ``precision`` by depth, ``calibration``, ``times`` in seconds.
        Shares lie in [0, 1] with 95 % intervals and are None below `MINIMUM` cases; coverage is
        counted over all demands and needs neither.
    """
    return {
        "minimum": MINIMUM,
        "demands": len(demands),
        "samples": sum(demand.sample for demand in demands),
        "coverage": {
            "fair": _counted(Proportion.of(demand.fair for demand in demands)),
            "weak": _counted(Proportion.of(demand.weak for demand in demands)),
        },
        "verdicts": len(verdicts),
        "precision": {str(depth): _precision(verdicts, depth) for depth in DEPTHS},
        "calibration": _calibration(verdicts),
        "times": {
            "posting_to_match": _duration(
                (demand.published_at, demand.matched_at) for demand in demands
            ),
            "match_to_verdict": _duration((held.suggested_at, held.given_at) for held in verdicts),
            "verdict_to_introduction": _duration(
                (held.given_at, held.introduced_at) for held in verdicts if held.approved
            ),
        },
    }


def _precision(verdicts: Sequence[VerdictCase], depth: int) -> Figures:
    """Share of approvals among the judged matches that stood at `depth` or above."""
    return _sampled(Proportion.of(held.approved for held in verdicts if held.rank <= depth))


def _calibration(verdicts: Sequence[VerdictCase]) -> Figures:
    enough = len(verdicts) >= MINIMUM
    bins = reliability((held.probability, held.approved) for held in verdicts)
    return {
        "cases": len(verdicts),
        "error": _rounded(calibration_error(bins)) if enough else None,
        "bins": [_bin(held) for held in bins if held.came_true.total] if enough else [],
    }


def _bin(held: Bin) -> Figures:
    return {
        "from": held.low,
        "to": held.high,
        "predicted": _rounded(held.predicted),
        **_with_interval(held.came_true),
    }


def _counted(proportion: Proportion) -> Figures:
    """A share of all there is: nothing was drawn, so there is no interval."""
    return {
        "hits": proportion.hits,
        "total": proportion.total,
        "share": _rounded(proportion.share),
    }


def _sampled(proportion: Proportion) -> Figures:
    if proportion.total >= MINIMUM:
        return _with_interval(proportion)
    return {"hits": None, "total": proportion.total, "share": None, "low": None, "high": None}


def _with_interval(proportion: Proportion) -> Figures:
    low, high = proportion.interval or (None, None)
    return {**_counted(proportion), "low": _rounded(low), "high": _rounded(high)}


def _duration(moments: Iterable[tuple[datetime | None, datetime | None]]) -> Figures:
    """Median and 90th percentile of the seconds between two moments that both happened.

    Pairs in the wrong order are left out: an entry published once more is older than its matches.
    """
    seconds = sorted(
        (end - start).total_seconds()
        for start, end in moments
        if start is not None and end is not None and end >= start
    )
    enough = len(seconds) >= MINIMUM
    return {
        "cases": len(seconds),
        "median": round(median(seconds), 1) if enough else None,
        "p90": round(_percentile(seconds, 0.9), 1) if enough else None,
    }


def _percentile(ordered: Sequence[float], share: float) -> float:
    """The nearest rank: the least value that at least `share` of all do not exceed."""
    return ordered[ceil(share * len(ordered)) - 1]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
