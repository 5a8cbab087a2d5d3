"""Who acts: a person with the roles that policy looks at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Roles of a membership; a visitor has none."""

    MEMBER = "member"
    BROKER = "broker"
    OFFICIAL = "official"
    OFFICER = "officer"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Standing:
    """One active membership.

    Attributes:
        role: what the person may do there.
        organisation_id: the organisation the role belongs to.
        region: GB/T 2260 code that limits a broker or official; None is everywhere.
    """

    role: Role
    organisation_id: int
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind a request, or nobody (`VISITOR`), or the platform itself (`SYSTEM`)."""

    person_id: int | None = None
    name: str = ""
    standings: tuple[Standing, ...] = ()
    is_system: bool = False

    @property
    def signed_in(self) -> bool:
        """Whether a person is known."""
        return self.person_id is not None

    @property
    def roles(self) -> frozenset[Role]:
        """All roles the person holds anywhere."""
        return frozenset(standing.role for standing in self.standings)

    @property
    def organisations(self) -> frozenset[int]:
        """Organisations whose entries the person may post and keep."""
        return frozenset(s.organisation_id for s in self.standings if s.role is Role.MEMBER)

    def regions(self, role: Role) -> frozenset[str] | None:
        """GB/T 2260 codes within which the person holds a role; None is everywhere."""
        held = [standing.region for standing in self.standings if standing.role is role]
        if self.is_system or None in held:
            return None
        return frozenset(region for region in held if region)

    def is_any(self, *roles: Role) -> bool:
        """Whether the person holds at least one of `roles`; the platform itself holds all."""
        return self.is_system or not self.roles.isdisjoint(roles)


def member_of(organisation_id: int) -> Actor:
    """Any member of an organisation, nobody in particular: what may all of them read?"""
    return Actor(0, standings=(Standing(Role.MEMBER, organisation_id),))


VISITOR = Actor()
SYSTEM = Actor(name="system", is_system=True)
