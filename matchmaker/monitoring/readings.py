"""What is read when somebody looks at the metrics, from the database and the engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Readings:
    """One look.

    Attributes:
        jobs: (kind, state) → jobs, those that are done left out.
        oldest_due: kind → seconds since its oldest waiting job could have begun.
        matches: state → matches.
        lag_entries: shown entries whose present version the index does not hold.
        lag_seconds: since the oldest of them was changed.
        engines: engine → whether it is as it should be.
    """

    jobs: Mapping[tuple[str, str], int] = field(default_factory=dict)
    oldest_due: Mapping[str, float] = field(default_factory=dict)
    matches: Mapping[str, int] = field(default_factory=dict)
    lag_entries: int | None = None
    lag_seconds: float | None = None
    engines: Mapping[str, bool] = field(default_factory=dict)
