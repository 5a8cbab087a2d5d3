"""Organisations: joining with one, approval by an admin, the public register."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, selectinload

from matchmaker.domain.actors import Actor, Role
from matchmaker.domain.calendar import now
from matchmaker.domain.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotFoundError,
    Problem,
)
from matchmaker.domain.kinds import OrganisationKind, OrganisationStatus
from matchmaker.models import Membership, Organisation, Person
from matchmaker.models.database import Database
from matchmaker.services.accounts import Accounts, SignUp
from matchmaker.services.notices import Notices
from matchmaker.services.recording import record
from matchmaker.services.taxonomies import Taxonomies

#: The order of the enumeration, not of its codes.
_BY_KIND = case(
    {kind: place for place, kind in enumerate(OrganisationKind)}, value=Organisation.kind
)


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """What a newcomer says of an organisation that is not in the register."""

    name: str
    kind: str
    region: str
    about: str = ""


class Organisations:
    """Use cases of the register.

    Args:
        database: where organisations are.
        accounts: adds the person who signs up.
        notices: tells admins and members.
        taxonomies: to check the region.
    """

    def __init__(
        self,
        database: Database,
        accounts: Accounts,
        notices: Notices,
        taxonomies: Taxonomies,
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._notices = notices
        self._taxonomies = taxonomies

    def sign_up(self, sign_up: SignUp, organisation: NewOrganisation) -> Person:
        """Add a person together with a new organisation that waits for an admin.

        Raises:
            InvalidInputError: something is wrong or taken, field by field.
        """
        with self._database.write() as session:
            problems = self._problems(session, organisation)
            try:
                person = self._accounts.create(session, sign_up)
            except InvalidInputError as error:
                raise InvalidInputError([*error.problems, *problems]) from None
            if problems:
                raise InvalidInputError(problems)
            added = Organisation(
                name=organisation.name.strip(),
                kind=OrganisationKind(organisation.kind),
                region=organisation.region,
                about=organisation.about.strip()[:4000],
                status=OrganisationStatus.PENDING,
                created_at=now(),
            )
            session.add(added)
            session.flush()
            self._join(session, person, added)
            record(session, Actor(person.id, person.name), added, "create")
            params = {"organisation": added.name}
            self._notices.to_role(session, Role.ADMIN, "organisation_waits", params)
        return person

    def decide(self, actor: Actor, organisation_id: int, *, approve: bool, note: str = "") -> None:
        """Approve or refuse an organisation that waits; its people are told.

        Raises:
            NotFoundError: there is no such organisation.
            IllegalTransitionError: it was decided already.
            InvalidInputError: a refusal needs a note.
        """
        if not approve and not note.strip():
            raise InvalidInputError([Problem("note", "required")])
        with self._database.write() as session:
            organisation = session.get(Organisation, organisation_id, with_for_update=True)
            if organisation is None:
                raise NotFoundError("no_organisation")
            if organisation.status is not OrganisationStatus.PENDING:
                raise IllegalTransitionError("decided_already", status=str(organisation.status))
            organisation.status = (
                OrganisationStatus.ACTIVE if approve else OrganisationStatus.REFUSED
            )
            word = "approved" if approve else "refused"
            record(session, actor, organisation, word, note=note)
            params = {"organisation": organisation.name, "note": note}
            self._notices.to_organisation(session, organisation.id, f"organisation_{word}", params)

    def set_trusted(self, actor: Actor, organisation_id: int, *, trusted: bool) -> None:
        """Say whether edits of the organisation's published entries show before screening.

        Raises:
            NotFoundError: there is no such organisation.
        """
        with self._database.write() as session:
            organisation = session.get(Organisation, organisation_id)
            if organisation is None:
                raise NotFoundError("no_organisation")
            changes = {"trusted": (organisation.trusted, trusted)}
            organisation.trusted = trusted
            record(session, actor, organisation, "set_trusted", changes=changes)

    def get(self, organisation_id: int) -> Organisation:
        """An approved organisation with its qualifications.

        Raises:
            NotFoundError: there is none, or it is not approved.
        """
        with self._database.read() as session:
            found = session.scalar(
                select(Organisation)
                .where(
                    Organisation.id == organisation_id,
                    Organisation.status == OrganisationStatus.ACTIVE,
                )
                .options(selectinload(Organisation.qualifications))
            )
        if found is None:
            raise NotFoundError("no_organisation")
        return found

    def listed(
        self,
        *,
        status: OrganisationStatus = OrganisationStatus.ACTIVE,
        kind: OrganisationKind | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[list[Organisation], int]:
        """A page of organisations by kind and name, and how many there are."""
        conditions = [Organisation.status == status]
        if kind is not None:
            conditions.append(Organisation.kind == kind)
        with self._database.read() as session:
            total = session.scalar(select(func.count(Organisation.id)).where(*conditions)) or 0
            rows = session.scalars(
                select(Organisation)
                .where(*conditions)
                .order_by(_BY_KIND, Organisation.name)
                .offset(offset)
                .limit(limit)
                .options(selectinload(Organisation.qualifications))
            )
            return list(rows), total

    def of(self, actor: Actor) -> list[Organisation]:
        """The organisations a person may post for."""
        with self._database.read() as session:
            return list(
                session.scalars(
                    select(Organisation)
                    .where(Organisation.id.in_(sorted(actor.organisations)))
                    .order_by(Organisation.name)
                )
            )

    def _problems(self, session: Session, organisation: NewOrganisation) -> list[Problem]:
        problems = []
        name = organisation.name.strip()
        if not name:
            problems.append(Problem("organisation_name", "required"))
        elif len(name) > 120:
            too_long = {"most": 120, "is": len(name)}
            problems.append(Problem("organisation_name", "too_long", too_long))
        elif session.scalar(select(Organisation.id).where(Organisation.name == name)):
            problems.append(Problem("organisation_name", "organisation_known"))
        if organisation.kind not in OrganisationKind.__members__.values():
            problems.append(Problem("organisation_kind", "required"))
        if not self._taxonomies.knows("regions", organisation.region):
            problems.append(Problem("region", "required"))
        return problems

    @staticmethod
    def _join(session: Session, person: Person, organisation: Organisation) -> None:
        session.add(
            Membership(
                person_id=person.id,
                organisation_id=organisation.id,
                role=Role.MEMBER,
                created_at=now(),
            )
        )
