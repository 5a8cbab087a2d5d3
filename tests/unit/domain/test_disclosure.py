"""Disclosure: what a side of a match sees, state by state; a contact only when introduced."""

from __future__ import annotations

import pytest

from matchmaker.domain.disclosure import Part, disclosed
from matchmaker.domain.lifecycles import MatchState

both = pytest.mark.parametrize("may_read_other", [True, False])
EVERYTHING_BUT_CONTACT = frozenset(Part) - {Part.CONTACT}


@both
@pytest.mark.parametrize("state", MatchState)
def test_a_contact_is_shown_only_once_both_were_introduced(
    state: MatchState, may_read_other: bool
) -> None:
    shown = Part.CONTACT in disclosed(state, may_read_other=may_read_other)
    assert shown is (state is MatchState.INTRODUCED)


@both
@pytest.mark.parametrize("state", [MatchState.REJECTED, MatchState.WITHDRAWN])
def test_a_match_that_does_not_stand_shows_nothing(state: MatchState, may_read_other: bool) -> None:
    assert disclosed(state, may_read_other=may_read_other) == frozenset()


@pytest.mark.parametrize("state", [MatchState.SUGGESTED, MatchState.SNOOZED, MatchState.APPROVED])
def test_what_one_may_read_anyway_is_shown_with_its_evidence(state: MatchState) -> None:
    assert disclosed(state, may_read_other=True) == EVERYTHING_BUT_CONTACT


@pytest.mark.parametrize("state", [MatchState.SUGGESTED, MatchState.SNOOZED])
def test_what_is_held_back_is_not_even_hinted_at(state: MatchState) -> None:
    assert disclosed(state, may_read_other=False) == frozenset()


def test_an_approved_match_with_something_held_back_shows_that_there_is_one() -> None:
    assert disclosed(MatchState.APPROVED, may_read_other=False) == {Part.EXISTENCE}


@both
@pytest.mark.parametrize("state", MatchState)
def test_whatever_is_shown_of_a_match_its_existence_is(
    state: MatchState, may_read_other: bool
) -> None:
    parts = disclosed(state, may_read_other=may_read_other)
    assert not parts or Part.EXISTENCE in parts


@pytest.mark.parametrize("state", MatchState)
def test_who_may_read_the_other_entry_never_sees_less(state: MatchState) -> None:
    assert disclosed(state, may_read_other=False) <= disclosed(state, may_read_other=True)
