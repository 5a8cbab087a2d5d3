"""Fitting finds weights that labels were made with, keeps to those in force without evidence."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.domain.kinds import OTHER_SIDE
from matchmaker.domain.levels import Level
from matchmaker.matching.calibration import level_of, probability_of_fair
from matchmaker.matching.fitting import Labelled, compare, fit
from matchmaker.matching.fitting.levels import thresholds
from matchmaker.matching.fitting.ordinal import Start, _curve_loss
from matchmaker.matching.fitting.table import Layout, Table
from matchmaker.matching.fusion import fuse
from matchmaker.matching.sides import Reading
from matchmaker.matching.signals.registry import FIT_NAMES, NAMES, TEXT_NAMES
from matchmaker.matching.weights import Weights, bundled_weights

CURRENT = replace(
    bundled_weights(),
    text=dict.fromkeys(TEXT_NAMES, 1.0),
    levels={Level.STRONG: 0.6, Level.FAIR: 0.45, Level.WEAK: 0.3},
)
TELLING = TEXT_NAMES[0]
TRUE = replace(CURRENT, text={**dict.fromkeys(TEXT_NAMES, 0.2), TELLING: 5.0})

values = st.one_of(st.none(), st.floats(0, 1))
labels = st.builds(
    Labelled,
    demand=st.sampled_from(["a", "b", "c"]),
    other=st.text("xyz", min_size=1, max_size=3),
    kind=st.sampled_from([str(kind) for kind in OTHER_SIDE]),
    values=st.dictionaries(st.sampled_from(NAMES), values),
    grade=st.integers(0, 3),
)


def judged(weights: Weights, demands: int, pairs: int = 30, seed: int = 0) -> list[Labelled]:
    """Pairs of random readings, graded by the level that ``weights`` give them, with noise."""
    chance = np.random.default_rng(seed)
    found = []
    for number in range(demands * pairs):
        read = {name: float(chance.uniform()) for name in TEXT_NAMES}
        score = fuse(weights, "achievement", [Reading(n, v) for n, v in read.items()]).score
        grade = level_of(weights, float(score + chance.normal(0, 0.06))).rank
        names = f"d{number % demands:03}", f"o{number:05}"
        found.append(Labelled(*names, "achievement", read, grade))
    return found


@given(st.lists(labels, min_size=1, max_size=12))
def test_a_table_scores_pairs_as_the_matcher_does(pairs: list[Labelled]) -> None:
    layout = Layout.of(CURRENT)
    scores = Table.of(layout, pairs).scores(layout.vector(CURRENT))
    for pair, score in zip(pairs, scores, strict=True):
        readings = [Reading(name, value) for name, value in pair.values.items()]
        assert score == pytest.approx(fuse(CURRENT, pair.kind, readings).score, abs=1e-9)


@given(st.lists(labels, min_size=3, max_size=12), st.integers(0, 10_000))
def test_derivatives_are_those_of_the_loss(pairs: list[Labelled], seed: int) -> None:
    start = Start.of(CURRENT)
    table, size = Table.of(start.layout, pairs), len(start.weights)
    chance = np.random.default_rng(seed)
    point = np.concatenate([start.weights + chance.uniform(0, 0.1, size), start.curve])

    def loss(at: np.ndarray) -> float:
        return _curve_loss(table.scores(at[:size]), at[size:], table)[0]

    _, slopes = table.scored(point[:size])
    _, by_score, by_curve = _curve_loss(table.scores(point[:size]), point[size:], table)
    along = chance.normal(size=len(point))
    step = 1e-6 * along
    measured = (loss(point + step) - loss(point - step)) / 2e-6
    expected = np.concatenate([by_score @ slopes, by_curve]) @ along
    assert measured == pytest.approx(float(expected), rel=1e-3, abs=1e-3)


def test_the_signal_that_grades_follow_gains_weight_and_ranks_unseen_demands_better() -> None:
    found = fit(CURRENT, judged(TRUE, 30))
    assert found.text[TELLING] == max(found.text.values()) > 2 * CURRENT.text[TELLING]
    comparison = compare(CURRENT, found, judged(TRUE, 20, seed=1))
    gain = comparison.figure("ndcg@10")
    assert gain.low > 0
    assert comparison.not_worse
    assert comparison.figure("grade_error").high < 0
    assert not compare(found, CURRENT, judged(TRUE, 20, seed=1)).not_worse


def test_fitting_again_in_another_order_finds_the_same() -> None:
    pairs = judged(TRUE, 10)
    assert fit(CURRENT, pairs) == fit(CURRENT, pairs[::-1])


def test_without_pairs_the_weights_in_force_stand() -> None:
    assert fit(CURRENT, [], version="next", found="nothing") == replace(
        CURRENT, version="next", found="nothing"
    )


def test_one_demand_hardly_moves_a_weight() -> None:
    found = fit(CURRENT, judged(TRUE, 1, pairs=6))
    for name, weight in found.text.items():
        assert weight == pytest.approx(CURRENT.text[name], abs=0.05)
    for level, least in found.levels.items():
        assert least == pytest.approx(CURRENT.levels[level], abs=0.16)


def test_a_signal_that_told_nothing_keeps_its_weight() -> None:
    assert fit(CURRENT, judged(TRUE, 10)).fit == CURRENT.fit


def test_a_fit_signal_that_grades_follow_gains_weight_for_its_kind_alone() -> None:
    chance = np.random.default_rng(5)
    kind, name = "achievement", FIT_NAMES[0]
    pairs = []
    for number in range(600):
        value = float(chance.integers(0, 2))
        read = {**dict.fromkeys(TEXT_NAMES, 0.5), name: value}
        pairs.append(Labelled(f"d{number % 20}", f"o{number}", kind, read, round(3 * value)))
    found = fit(CURRENT, pairs)
    assert found.fit[kind][name] > CURRENT.fit[kind][name]
    assert all(found.fit[other] == CURRENT.fit[other] for other in CURRENT.fit if other != kind)


@settings(deadline=None, max_examples=25)
@given(st.lists(labels, max_size=40))
def test_whatever_is_labelled_the_weights_hold_together(pairs: list[Labelled]) -> None:
    found = fit(CURRENT, pairs)  # a Weights refuses what does not hold together
    assert set(found.text) == set(TEXT_NAMES)
    assert 0 <= probability_of_fair(found, 0.5) <= 1


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3)), min_size=1, max_size=60))
def test_thresholds_never_err_more_than_those_in_force(rows: list[tuple[float, int]]) -> None:
    scores = np.array([score for score, _ in rows])
    grades = np.array([grade for _, grade in rows], np.intp)
    found = replace(CURRENT, levels=thresholds(CURRENT, scores, grades))
    assert _errors(found, rows) <= _errors(CURRENT, rows) + 1


def _errors(weights: Weights, rows: list[tuple[float, int]]) -> int:
    return sum(abs(level_of(weights, score).rank - grade) for score, grade in rows)


def test_the_curve_follows_the_share_of_fair_pairs() -> None:
    pairs = judged(TRUE, 40)
    found = fit(CURRENT, pairs)
    layout = Layout.of(found)
    scores = Table.of(layout, pairs).scores(layout.vector(found))
    said = np.mean([probability_of_fair(found, float(score)) for score in scores])
    assert said == pytest.approx(np.mean([pair.grade >= 2 for pair in pairs]), abs=0.03)


def test_a_comparison_with_itself_shows_no_difference_and_no_reason_to_change() -> None:
    comparison = compare(CURRENT, CURRENT, judged(TRUE, 5))
    assert (comparison.demands, comparison.pairs) == (5, 150)
    assert {(held.new - held.old, held.low, held.high) for held in comparison.figures} == {
        (0, 0, 0)
    }
    assert not comparison.not_worse


def test_a_comparison_on_nothing_has_no_figures() -> None:
    assert compare(CURRENT, TRUE, []).figures == ()


def test_a_grade_outside_the_four_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 3"):
        Labelled("d", "o", "achievement", {}, 4)


def test_six_thousand_pairs_are_fitted_in_seconds() -> None:
    pairs = judged(TRUE, 120, pairs=50)
    began = time.process_time()
    fit(CURRENT, pairs)
    assert time.process_time() - began < 20  # of all cores together
