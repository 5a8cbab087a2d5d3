"""Intervals and reliability against values that are known or counted by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.proportions import Proportion
from matchmaker.domain.reliability import calibration_error, reliability


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    # Newcombe 1998, table I: Wilson without continuity correction.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_wilsons(hits: int, total: int, low: float, high: float) -> None:
    assert Proportion(hits, total).interval == pytest.approx((low, high), abs=5e-5)


def test_without_a_case_nothing_is_known() -> None:
    assert Proportion(0, 0).share is None
    assert Proportion(0, 0).interval is None


@given(st.lists(st.booleans(), min_size=1))
def test_the_share_lies_in_its_interval(cases: list[bool]) -> None:
    held = Proportion.of(cases)
    assert held.share is not None
    assert held.interval is not None
    low, high = held.interval
    assert 0 <= low <= held.share + 1e-9
    assert held.share - 1e-9 <= high <= 1


def test_predictions_are_sorted_by_tenths_and_one_stands_in_the_last() -> None:
    bins = reliability([(0.05, False), (0.09, True), (1.0, True)])
    assert [held.came_true.total for held in bins] == [2, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert bins[0].predicted == pytest.approx(0.07)
    assert bins[1].predicted is None


def test_the_calibration_error_weighs_bins_by_their_cases() -> None:
    bins = reliability([(0.2, False), (0.2, False), (0.2, True), (0.9, True)])
    assert calibration_error(bins) == pytest.approx((3 * (1 / 3 - 0.2) + 1 * 0.1) / 4)


def test_without_a_prediction_there_is_no_error() -> None:
    assert calibration_error(reliability([])) is None
