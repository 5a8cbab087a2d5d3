"""From readings to a score: unknowns leave the sum, and texts that disagree stay at the bottom."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.matching.fusion import fuse
from matchmaker.matching.sides import Reading
from matchmaker.matching.signals.registry import FIT_NAMES, NAMES, TEXT_NAMES
from matchmaker.matching.weights import bundled_weights

WEIGHTS = bundled_weights()
KINDS = st.sampled_from(["achievement", "expert", "project", "unheard-of"])
VALUES = st.none() | st.floats(0, 1)
READINGS = st.tuples(*(st.builds(Reading, st.just(name), VALUES) for name in NAMES))


def readings(text: float | None, fit: float | None) -> list[Reading]:
    return [Reading(name, text if name in TEXT_NAMES else fit) for name in NAMES]


@given(KINDS, READINGS)
def test_scores_lie_between_0_and_1_and_are_the_sum_of_their_shares(
    kind: str, given_readings: tuple[Reading, ...]
) -> None:
    fused = fuse(WEIGHTS, kind, given_readings)
    assert 0 <= fused.score <= 1
    assert fused.score == pytest.approx(sum(fused.shares.values()), abs=1e-9)


@given(KINDS, READINGS)
def test_what_is_unknown_leaves_the_sum(kind: str, given_readings: tuple[Reading, ...]) -> None:
    known = [held for held in given_readings if held.known]
    assert fuse(WEIGHTS, kind, known) == fuse(WEIGHTS, kind, given_readings)


@given(KINDS, READINGS, st.sampled_from(NAMES), st.floats(0, 1))
def test_a_better_reading_never_lowers_the_score(
    kind: str, given_readings: tuple[Reading, ...], name: str, more: float
) -> None:
    def lifted(held: Reading) -> Reading:
        if held.signal != name or held.value is None:
            return held
        return replace(held, value=max(held.value, more))

    better = [lifted(held) for held in given_readings]
    worse = fuse(WEIGHTS, kind, given_readings).score
    assert fuse(WEIGHTS, kind, better).score >= worse - 1e-12


@given(KINDS, READINGS)
def test_the_order_of_readings_does_not_matter(
    kind: str, given_readings: tuple[Reading, ...]
) -> None:
    backwards = fuse(WEIGHTS, kind, reversed(given_readings))
    assert backwards.score == pytest.approx(fuse(WEIGHTS, kind, given_readings).score)


@given(KINDS, READINGS)
def test_no_fit_lifts_texts_that_do_not_agree(
    kind: str, given_readings: tuple[Reading, ...]
) -> None:
    fused = fuse(WEIGHTS, kind, given_readings)
    assert fused.score <= fused.agreement + 1e-12


def test_texts_without_agreement_score_nothing_however_well_the_rest_fits() -> None:
    assert fuse(WEIGHTS, "achievement", readings(0.0, 1.0)).score == 0


def test_full_agreement_and_full_fit_score_one() -> None:
    assert fuse(WEIGHTS, "expert", readings(1.0, 1.0)).score == pytest.approx(1)


def test_a_fit_signal_below_one_half_takes_from_the_score() -> None:
    shares = fuse(WEIGHTS, "achievement", readings(0.8, 0.2)).shares
    assert all(shares[name] < 0 for name in WEIGHTS.fit_of("achievement"))


def test_signals_without_a_weight_for_the_kind_give_nothing() -> None:
    shares = fuse(WEIGHTS, "project", readings(0.8, 1.0)).shares
    assert set(FIT_NAMES) & set(shares) == set(WEIGHTS.fit_of("project"))


def test_nothing_known_scores_nothing() -> None:
    assert fuse(WEIGHTS, "achievement", []).score == 0
