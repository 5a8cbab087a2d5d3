"""The one answer to "may this person do this to that?"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from matchmaker.domain.actors import Actor, Role
from matchmaker.domain.kinds import Visibility
from matchmaker.domain.lifecycles import EntryState


class Permission(StrEnum):
    """What can be asked of the policy; every route declares one."""

    OPEN = "open"
    SIGNED_IN = "signed_in"
    POST = "post"
    VIEW_ENTRY = "view_entry"
    KEEP_ENTRY = "keep_entry"
    VIEW_HISTORY = "view_history"
    VIEW_MATCHES = "view_matches"
    ANSWER_INTRODUCTION = "answer_introduction"
    SCREEN = "screen"
    REVIEW = "review"
    SURVEY = "survey"
    OVERSEE = "oversee"
    ADMINISTER = "administer"


@dataclass(frozen=True, slots=True)
class EntryScope:
    """What policy needs to know of an entry.

    Attributes:
        organisation_id: whose entry it is.
        status: where it stands.
        visibility: who may see it once published.
    """

    organisation_id: int
    status: EntryState
    visibility: Visibility


#: States in which others than the owner and the staff may see an entry.
SHOWN_STATES = (EntryState.PUBLISHED, EntryState.CONCLUDED)


def allows(actor: Actor, permission: Permission, entry: EntryScope | None = None) -> bool:
    """Whether the actor may do this.

    Args:
        actor: who asks; `VISITOR` for nobody known.
        permission: what they want to do.
        entry: the entry it is about; None asks whether there can be any such entry at all.

    Returns:
        True where it is allowed.
    """
    if actor.is_system:
        return True
    return _RULES[permission](actor, entry)


def audiences(actor: Actor) -> tuple[str, ...]:
    """The audiences a person belongs to, as the search index stores them with each document."""
    found = ["public"]
    if actor.signed_in or actor.is_system:
        found.append("registered")
    if _is_staff(actor):
        found.append("brokers")
    found.extend(f"organisation:{number}" for number in sorted(actor.organisations))
    return tuple(found)


def audiences_of(entry: EntryScope) -> tuple[str, ...]:
    """The audiences to whom a published entry is shown in search."""
    circles = {
        Visibility.PUBLIC: ("public",),
        Visibility.REGISTERED: ("registered", "brokers"),
        Visibility.BROKERS: ("brokers",),
    }
    return (*circles[entry.visibility], f"organisation:{entry.organisation_id}")


def _is_staff(actor: Actor) -> bool:
    return actor.is_any(Role.BROKER, Role.OFFICIAL, Role.ADMIN)


def _owns(actor: Actor, entry: EntryScope | None) -> bool:
    if entry is None:
        return bool(actor.organisations)
    return entry.organisation_id in actor.organisations


def _sees(actor: Actor, entry: EntryScope | None) -> bool:
    if entry is None or _owns(actor, entry):
        return True
    if entry.status is EntryState.DRAFT:
        return False
    if _is_staff(actor):
        return True
    if entry.status not in SHOWN_STATES:
        return False
    if entry.visibility is Visibility.PUBLIC:
        return True
    return entry.visibility is Visibility.REGISTERED and actor.signed_in


def _reads_history(actor: Actor, entry: EntryScope | None) -> bool:
    return _sees(actor, entry) and (_owns(actor, entry) or _is_staff(actor))


def _any_of(*roles: Role) -> Callable[[Actor, EntryScope | None], bool]:
    return lambda actor, entry: actor.is_any(*roles)


_RULES: Mapping[Permission, Callable[[Actor, EntryScope | None], bool]] = {
    Permission.OPEN: lambda actor, entry: True,
    Permission.SIGNED_IN: lambda actor, entry: actor.signed_in,
    Permission.POST: lambda actor, entry: bool(actor.organisations),
    Permission.VIEW_ENTRY: _sees,
    Permission.KEEP_ENTRY: _owns,
    Permission.VIEW_HISTORY: _reads_history,
    Permission.VIEW_MATCHES: lambda actor, entry: _owns(actor, entry) or actor.is_any(Role.BROKER),
    Permission.ANSWER_INTRODUCTION: lambda actor, entry: bool(actor.organisations),
    Permission.SCREEN: _any_of(Role.BROKER),
    Permission.REVIEW: _any_of(Role.BROKER),
    Permission.SURVEY: _any_of(Role.BROKER, Role.OFFICIAL, Role.ADMIN),
    Permission.OVERSEE: _any_of(Role.OFFICIAL, Role.ADMIN),
    Permission.ADMINISTER: _any_of(Role.ADMIN),
}
