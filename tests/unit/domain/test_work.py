"""The rule of trying again: waits grow, stay within bounds, and end."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.work import RETRIES, RetryRule

RULES = st.builds(
    RetryRule,
    most_tries=st.integers(1, 50),
    first_wait=st.floats(0.01, 100),
    longest_wait=st.floats(0.01, 10_000),
)


@given(RULES, st.integers(0, 200), st.integers())
def test_a_wait_is_never_nothing_and_never_beyond_the_longest(
    rule: RetryRule, tries: int, seed: int
) -> None:
    wait = rule.wait(tries, random.Random(seed))
    assert 0 < wait <= rule.longest_wait


@given(RULES, st.integers(1, 200), st.integers())
def test_half_of_the_doubled_step_is_fixed_and_half_is_chance(
    rule: RetryRule, tries: int, seed: int
) -> None:
    step = min(rule.longest_wait, rule.first_wait * 2.0 ** (tries - 1))
    assert step / 2 <= rule.wait(tries, random.Random(seed)) <= step


def test_two_jobs_that_failed_together_do_not_come_back_together() -> None:
    chance = random.Random(1)
    waits = {round(RETRIES.wait(5, chance), 6) for _ in range(20)}
    assert len(waits) == 20


@pytest.mark.parametrize(("tries", "given_up"), [(0, False), (5, False), (6, True), (7, True)])
def test_a_job_is_given_up_after_its_tries(tries: int, given_up: bool) -> None:
    assert RETRIES.exhausted(tries) is given_up


def test_a_job_that_always_fails_is_given_up_within_minutes() -> None:
    longest = sum(RETRIES.first_wait * 2.0**step for step in range(RETRIES.most_tries - 1))
    assert longest < 300
