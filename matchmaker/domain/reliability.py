"""Whether predicted probabilities come true: bins of predictions against what happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum
from statistics import fmean

from matchmaker.domain.proportions import Proportion

BINS = 10

#: A predicted probability in [0, 1], and whether it came true.
Prediction = tuple[float, bool]


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions of about the same probability.

    Attributes:
        low: the least probability in it.
        high: the probability it ends before; the last one holds 1 itself.
        predicted: mean of its predictions, None where it is empty.
        came_true: how many of them came true.
    """

    low: float
    high: float
    predicted: float | None
    came_true: Proportion


def reliability(predictions: Iterable[Prediction], bins: int = BINS) -> list[Bin]:
    """Sort predictions into `bins` of equal width from 0 to 1, empty ones included."""
    held: list[list[Prediction]] = [[] for _ in range(bins)]
    for probability, outcome in predictions:
        held[min(int(probability * bins), bins - 1)].append((probability, outcome))
    return [_bin(number / bins, (number + 1) / bins, cases) for number, cases in enumerate(held)]


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """The expected calibration error (Naeini, Cooper and Hauskrecht 2015), in [0, 1].

    The mean distance between what was predicted and what happened, each bin as heavy as it has
    cases; None without a case.
    """
    total = sum(held.came_true.total for held in bins)
    distances = (
        abs(held.predicted - held.came_true.share) * held.came_true.total
        for held in bins
        if held.predicted is not None and held.came_true.share is not None
    )
    return fsum(distances) / total if total else None


def _bin(low: float, high: float, cases: Sequence[Prediction]) -> Bin:
    predicted = fmean(probability for probability, _ in cases) if cases else None
    return Bin(low, high, predicted, Proportion.of(outcome for _, outcome in cases))
