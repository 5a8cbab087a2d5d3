"""Where the calibration plot's points and whiskers lie, in the units of its SVG."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

#: Side of the square in which both axes run from 0 to 1, and the room for their labels.
SIDE, LEFT, TOP = 300.0, 44.0, 12.0
_SMALLEST, _LARGEST = 3.0, 9.0


@dataclass(frozen=True, slots=True)
class Point:
    """One bin: a dot, larger for more verdicts, and its interval from `low` down to `high`."""

    x: float
    y: float
    radius: float
    low: float
    high: float


def across(probability: float) -> float:
    """Where a predicted probability lies from the left."""
    return round(LEFT + probability * SIDE, 1)


def down(share: float) -> float:
    """Where a share lies from the top."""
    return round(TOP + (1 - share) * SIDE, 1)


def points(bins: Iterable[Mapping[str, Any]]) -> list[Point]:
    """The points of the bins that hold verdicts."""
    held = list(bins)
    most = max((row["total"] for row in held), default=1)
    return [
        Point(
            x=across(row["predicted"]),
            y=down(row["share"]),
            radius=round(_SMALLEST + (_LARGEST - _SMALLEST) * (row["total"] / most) ** 0.5, 1),
            low=down(row["low"]),
            high=down(row["high"]),
        )
        for row in held
    ]
