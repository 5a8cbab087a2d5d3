"""Verdicts on like pairs speak for and against a pair, by how near they lie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matchmaker.matching.context import Context
from matchmaker.matching.matcher import Matcher
from matchmaker.matching.precedents import Judged, Precedent, precedents_of
from matchmaker.matching.signals import precedent
from tests.unit.matching.conftest import Ask, Make

ALONG, ASIDE = np.array([1, 0], np.float32), np.array([0, 1], np.float32)
BETWEEN = np.array([0.8, 0.6], np.float32)
VECTORS = {"d": ALONG, "near": BETWEEN, "far": ASIDE, "o": ALONG, "like": BETWEEN}


def test_nearness_is_the_product_of_both_sides() -> None:
    judged = [Judged("near", "like", 0.0, "stale"), Judged("far", "o", 1.0)]
    found = precedents_of("d", ["o"], judged, VECTORS)
    assert found == {"o": (Precedent(0.64, 0.0, "stale"),)}


def test_a_verdict_on_the_pair_itself_is_no_precedent() -> None:
    assert precedents_of("d", ["o"], [Judged("d", "o", 1.0)], VECTORS) == {}


def test_the_same_entry_is_near_without_a_vector() -> None:
    found = precedents_of("new", ["o"], [Judged("new", "like", 1.0)], VECTORS)
    assert found["o"][0].nearness == pytest.approx(0.8)


def test_unrelated_texts_are_as_far_as_the_floor_says() -> None:
    assert precedents_of("d", ["o"], [Judged("near", "o", 1.0)], VECTORS, floor=0.79) == {}


def test_without_a_precedent_it_cannot_tell(
    ask: Ask, make_demand: Make, make_achievement: Make
) -> None:
    reading = ask(precedent.read, make_demand(), make_achievement())
    assert (reading.value, reading.note.code) == (None, "no_precedent")


def test_it_counts_decisions_and_names_the_most_common_reason(
    ask: Ask, make_demand: Make, make_achievement: Make
) -> None:
    other = make_achievement()
    held = (
        Precedent(0.9, 0.0, "stale"),
        Precedent(0.8, 0.33, "stale"),
        Precedent(0.7, 0.33, "too_far"),
        Precedent(0.3, 1.0),
    )
    reading = ask(precedent.read, make_demand(precedents={other.code: held}), other)
    assert reading.value is not None
    assert reading.value < 0.5
    assert dict(reading.note.params) == {"approved": 1, "rejected": 3, "reason": "stale"}


def test_approvals_raise_a_score_and_rejections_lower_it(
    matching_context: Context, make_demand: Make, make_achievement: Make
) -> None:
    matcher, demand, other = Matcher(matching_context), make_demand(), make_achievement()
    plain = matcher.assess(demand, other).score

    def with_verdict(fit: float) -> float:
        decided = {other.code: (Precedent(1.0, fit),)}
        return matcher.assess(replace(demand, precedents=decided), other).score

    assert with_verdict(0.0) < plain < with_verdict(1.0)
