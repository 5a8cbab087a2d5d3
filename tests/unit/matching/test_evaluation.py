"""Levels measured on judged pairs, against counts made by hand."""

from __future__ import annotations

import pytest

from matchmaker.domain.levels import Level
from matchmaker.matching.evaluation import Labelled, level_figures, measure_levels
from matchmaker.matching.matcher import Matcher
from search_index.evaluation import Judged

PAIRS = [
    Labelled(3, Level.STRONG, 0.95),
    Labelled(2, Level.WEAK, 0.15),
    Labelled(1, Level.NONE, 0.05),
    Labelled(0, Level.NONE, 0.05),
]


def test_the_score_is_of_the_mean_error_in_grades() -> None:
    figures = level_figures(PAIRS)
    assert figures["score"] == round(1 / (1 + 2 / 4), 4)
    assert figures["always_weak"] == round(1 / (1 + (2 + 1 + 0 + 1) / 4), 4)


def test_rows_are_what_people_said_and_columns_what_we_say() -> None:
    assert level_figures(PAIRS)["confusion"] == [
        [1, 0, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
        [0, 0, 0, 1],
    ]


def test_fair_or_better_is_what_the_probability_is_held_to() -> None:
    figures = level_figures(PAIRS)
    assert [(held["hits"], held["total"]) for held in figures["reliability"]] == [
        (0, 2),
        (1, 1),
        (1, 1),
    ]
    assert figures["calibration_error"] == pytest.approx((2 * 0.05 + 0.85 + 0.05) / 4)


def test_without_a_pair_there_is_nothing_to_measure() -> None:
    with pytest.raises(ValueError, match="no pair"):
        level_figures([])


def test_every_judged_pair_of_a_folder_is_asked(matcher: Matcher) -> None:
    judged = Judged(
        corpus={"a": {"title": "矿井水零排放", "body": ""}, "b": {"title": "羊绒", "body": ""}},
        queries={"q": {"title": "矿井水零排放", "body": ""}},
        grades={"q": {"a": 3, "b": 0}},
    )
    figures = measure_levels(judged, matcher)
    assert figures["pairs"] == 2
    assert figures["confusion"][3] == [0, 0, 0, 1]
    assert figures["seconds"] >= 0
