"""The state machines: every state can be reached, final ones are final, wrong steps are refused."""

from __future__ import annotations

from typing import Any

import pytest

from matchmaker.domain.errors import IllegalTransitionError
from matchmaker.domain.lifecycles import (
    DEAL,
    ENTRY,
    INTRODUCTION,
    MATCH,
    DealState,
    EntryState,
    IntroductionState,
    Lifecycle,
    MatchState,
)

MACHINES: list[tuple[Lifecycle[Any], Any]] = [
    (ENTRY, EntryState),
    (MATCH, MatchState),
    (INTRODUCTION, IntroductionState),
    (DEAL, DealState),
]
FINAL = {
    "entry": {EntryState.REJECTED, EntryState.CONCLUDED},
    "match": {MatchState.INTRODUCED},
    "introduction": {IntroductionState.AGREED, IntroductionState.DECLINED},
    "deal": {DealState.ENDED},
}
of_each = pytest.mark.parametrize(
    ("machine", "states"), MACHINES, ids=[machine.name for machine, _ in MACHINES]
)


def reachable(machine: Lifecycle[Any]) -> set[Any]:
    """The states that can be come to from the initial one."""
    found, waiting = {machine.initial}, [machine.initial]
    while waiting:
        state = waiting.pop()
        following = {machine.after(state, action) for action in machine.actions(state)} - found
        found |= following
        waiting += following
    return found


@of_each
def test_every_state_can_be_reached(machine: Lifecycle[Any], states: Any) -> None:
    assert reachable(machine) == set(states)


@of_each
def test_the_states_without_a_step_are_those_meant_to_be_final(
    machine: Lifecycle[Any], states: Any
) -> None:
    assert {state for state in states if not machine.actions(state)} == FINAL[machine.name]


@of_each
def test_a_step_that_is_not_in_the_table_is_refused(machine: Lifecycle[Any], states: Any) -> None:
    actions = {action for _, action in machine.steps}
    for state in states:
        for action in actions - set(machine.actions(state)):
            with pytest.raises(IllegalTransitionError) as caught:
                machine.after(state, action)
            assert caught.value.params["state"] == state


@of_each
def test_a_refused_step_names_lifecycle_state_and_action(
    machine: Lifecycle[Any], states: Any
) -> None:
    with pytest.raises(IllegalTransitionError) as caught:
        machine.after(machine.initial, "nonsense")
    assert caught.value.code == "illegal_transition"
    assert caught.value.params == {
        "lifecycle": machine.name,
        "state": str(machine.initial),
        "action": "nonsense",
    }


@pytest.mark.parametrize(
    "way",
    [
        "submit publish conclude",
        "submit return submit publish",
        "submit reject",
        "submit recall submit publish",
        "submit publish expire confirm",
        "submit publish expire withdraw reopen submit",
        "submit publish withdraw reopen",
    ],
)
def test_an_entry_can_go_the_ways_of_the_design(way: str) -> None:
    state: EntryState = ENTRY.initial
    for action in way.split():
        state = ENTRY.after(state, action)


@pytest.mark.parametrize("decision", ["approve", "reject", "snooze"])
def test_every_verdict_can_be_taken_back(decision: str) -> None:
    decided = MATCH.after(MatchState.SUGGESTED, decision)
    assert MATCH.after(decided, "undo") is MatchState.SUGGESTED


def test_only_a_match_that_waits_for_a_verdict_is_withdrawn_by_the_platform() -> None:
    withdrawable = {state for state in MatchState if "withdraw" in MATCH.actions(state)}
    assert withdrawable == {MatchState.SUGGESTED, MatchState.SNOOZED}


def test_a_deal_can_end_at_every_step() -> None:
    running = set(DealState) - {DealState.ENDED}
    assert all(DEAL.after(state, "end") is DealState.ENDED for state in running)


def test_the_actions_stand_in_the_order_of_the_table() -> None:
    assert ENTRY.actions(EntryState.SUBMITTED) == ("publish", "return", "reject", "recall")
