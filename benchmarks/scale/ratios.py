"""What one figure may be of another of the same run, and whether it held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SMALLER, _LARGER = 100_000, 1_000_000


@dataclass(frozen=True)
class Ratio:
    """A measured ratio beside its target."""

    name: str
    measured: float
    target: float

    @property
    def held(self) -> bool:
        """Whether the measured ratio is at most its target."""
        return self.measured <= self.target


def ratios(figures: Mapping[int, Mapping[str, Any]]) -> Iterator[Ratio]:
    """Yield each ratio that the sizes measured allow; ``figures`` are by the number of entries."""
    for size, held in figures.items():
        name = f"build with stored vectors ÷ tokenising alone, {size:,} entries"
        yield Ratio(name, held["build_cpu_s"] / held["tokenise_cpu_s"], 2)
    if _SMALLER in figures and _LARGER in figures:
        smaller, larger = (figures[size]["search_ms"]["1"]["p95"] for size in (_SMALLER, _LARGER))
        yield Ratio("search p95, 1,000,000 ÷ 100,000 entries", larger / smaller, 12)
