"""Organisations: joining with one, approval by an admin, the public register."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, literal_column, select, union_all
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
from matchmaker.services.counting import at_most
from matchmaker.services.notices import Notices
from matchmaker.services.recording import record
from matchmaker.services.taxonomies import Taxonomies


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
            total = at_most(session, select(Organisation.id).where(*conditions))
            rows = session.scalars(
                _by_kind_and_name([kind] if kind else OrganisationKind, status, offset + limit)
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


def _by_kind_and_name(
    kinds: Iterable[OrganisationKind], status: OrganisationStatus, most: int
) -> Select[Organisation]:
    """Organisations in the order of the enumeration of kinds, then by name.

    Each kind is read from the index by itself, as far as the page needs: the order of the kinds
    is not that of their codes, so that a single sort would have to read them all.
    """
    parts = []
    for place, kind in enumerate(kinds):
        part = (
            select(Organisation.id.label("id"), literal_column(str(place)).label("place"))
            .where(Organisation.status == status, Organisation.kind == kind)
            .order_by(Organisation.name)
            .limit(most)
            .subquery()
        )
        parts.append(select(part.c.id, part.c.place))
    chosen = union_all(*parts).subquery()
    return (
        select(Organisation)
        .join(chosen, chosen.c.id == Organisation.id)
        .order_by(chosen.c.place, Organisation.name)
    )
