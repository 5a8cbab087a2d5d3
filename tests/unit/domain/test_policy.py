"""The policy: who may do what, as a table that reads like the rule it holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.actors import SYSTEM, VISITOR, Actor, Role, Standing
from matchmaker.domain.kinds import Visibility
from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.policy import (
    SHOWN_STATES,
    EntryScope,
    Permission,
    allows,
    audiences,
    audiences_of,
)

OWN, FOREIGN = 1, 2


def holding(role: Role, organisation: int = FOREIGN) -> Actor:
    """A person with one role in one organisation."""
    return Actor(7, "somebody", (Standing(role, organisation),))


PEOPLE = {
    "visitor": VISITOR,
    "owner": holding(Role.MEMBER, OWN),
    "member": holding(Role.MEMBER),
    "broker": holding(Role.BROKER),
    "official": holding(Role.OFFICIAL),
    "officer": holding(Role.OFFICER),
    "admin": holding(Role.ADMIN),
    "nobody": Actor(8, "somebody without a role"),
}
HIDDEN_STATES = [s for s in EntryState if s not in (EntryState.DRAFT, *SHOWN_STATES)]
STAFF = {"broker", "official", "admin"}
SIGNED_IN = set(PEOPLE) - {"visitor"}

#: Permission without an entry → who may pass the door.
DOORS = {
    Permission.OPEN: set(PEOPLE),
    Permission.SIGNED_IN: SIGNED_IN,
    Permission.POST: {"owner", "member"},
    Permission.VIEW_ENTRY: set(PEOPLE),
    Permission.KEEP_ENTRY: {"owner", "member"},
    Permission.VIEW_HISTORY: {"owner", "member", *STAFF},
    Permission.VIEW_MATCHES: {"owner", "member", "broker"},
    Permission.ANSWER_INTRODUCTION: {"owner", "member"},
    Permission.SCREEN: {"broker"},
    Permission.REVIEW: {"broker"},
    Permission.SURVEY: {"broker", "official", "admin"},
    Permission.OVERSEE: {"official", "admin"},
    Permission.ADMINISTER: {"admin"},
}


def scope(state: EntryState, visibility: Visibility = Visibility.PUBLIC) -> EntryScope:
    """An entry of the organisation `OWN`."""
    return EntryScope(OWN, state, visibility)


def who(permission: Permission, entry: EntryScope | None) -> set[str]:
    """The people whom the policy lets do this."""
    return {name for name, actor in PEOPLE.items() if allows(actor, permission, entry)}


def test_every_permission_is_in_the_table() -> None:
    assert set(DOORS) == set(Permission)


@pytest.mark.parametrize("permission", Permission)
def test_the_door_of_each_permission_lets_the_right_people_pass(permission: Permission) -> None:
    assert who(permission, None) == DOORS[permission]


@pytest.mark.parametrize("permission", Permission)
def test_the_platform_itself_may_do_all(permission: Permission) -> None:
    assert allows(SYSTEM, permission, None)
    assert all(allows(SYSTEM, permission, scope(state)) for state in EntryState)


@pytest.mark.parametrize("state", EntryState)
@pytest.mark.parametrize("visibility", Visibility)
def test_its_owner_sees_and_keeps_an_entry_in_every_state(
    state: EntryState, visibility: Visibility
) -> None:
    entry = scope(state, visibility)
    for permission in (Permission.VIEW_ENTRY, Permission.KEEP_ENTRY, Permission.VIEW_HISTORY):
        assert allows(PEOPLE["owner"], permission, entry)


@pytest.mark.parametrize("state", EntryState)
@pytest.mark.parametrize("visibility", Visibility)
def test_nobody_but_its_owner_keeps_an_entry(state: EntryState, visibility: Visibility) -> None:
    assert who(Permission.KEEP_ENTRY, scope(state, visibility)) == {"owner"}


@pytest.mark.parametrize("visibility", Visibility)
def test_a_draft_is_seen_by_its_owner_alone(visibility: Visibility) -> None:
    assert who(Permission.VIEW_ENTRY, scope(EntryState.DRAFT, visibility)) == {"owner"}


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_what_is_not_shown_is_seen_by_owner_and_staff(
    state: EntryState, visibility: Visibility
) -> None:
    assert who(Permission.VIEW_ENTRY, scope(state, visibility)) == {"owner", *STAFF}


@pytest.mark.parametrize("state", SHOWN_STATES)
@pytest.mark.parametrize(
    ("visibility", "expected"),
    [
        (Visibility.PUBLIC, set(PEOPLE)),
        (Visibility.REGISTERED, SIGNED_IN),
        (Visibility.BROKERS, {"owner", *STAFF}),
    ],
)
def test_what_is_shown_is_seen_by_its_circle(
    state: EntryState, visibility: Visibility, expected: set[str]
) -> None:
    assert who(Permission.VIEW_ENTRY, scope(state, visibility)) == expected


def test_history_is_for_owner_and_staff_even_where_all_see_the_entry() -> None:
    entry = scope(EntryState.PUBLISHED)
    assert who(Permission.VIEW_HISTORY, entry) == {"owner", *STAFF}


def test_matches_are_for_owner_and_brokers() -> None:
    entry = scope(EntryState.PUBLISHED)
    assert who(Permission.VIEW_MATCHES, entry) == {"owner", "broker"}


def test_membership_alone_makes_nobody_an_owner() -> None:
    official_of_the_same_house = holding(Role.OFFICIAL, OWN)
    assert official_of_the_same_house.organisations == frozenset()
    assert not allows(official_of_the_same_house, Permission.KEEP_ENTRY, scope(EntryState.DRAFT))


ACTORS = st.builds(
    Actor,
    person_id=st.just(7),
    standings=st.lists(
        st.builds(Standing, role=st.sampled_from(Role), organisation_id=st.integers(1, 3)),
        max_size=3,
    ).map(tuple),
) | st.just(VISITOR)
SCOPES = st.builds(
    EntryScope,
    organisation_id=st.integers(1, 3),
    status=st.just(EntryState.PUBLISHED),
    visibility=st.sampled_from(Visibility),
)


@given(ACTORS, SCOPES)
def test_the_audiences_of_the_index_agree_with_the_policy(actor: Actor, entry: EntryScope) -> None:
    shares = not set(audiences(actor)).isdisjoint(audiences_of(entry))
    assert shares is allows(actor, Permission.VIEW_ENTRY, entry)


@given(ACTORS, st.sampled_from(Role))
def test_a_further_role_never_takes_a_right_away(actor: Actor, role: Role) -> None:
    more = Actor(7, "", (*actor.standings, Standing(role, 1)))
    for permission in Permission:
        assert not allows(actor, permission) or allows(more, permission)
