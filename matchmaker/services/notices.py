"""Tells people: a notice in the portal and a letter, written in the deed's own transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matchmaker.domain.actors import Role
from matchmaker.domain.calendar import now
from matchmaker.domain.work import JobKind
from matchmaker.models import Mail, Membership, Notification, Person
from matchmaker.models.database import Database
from matchmaker.services.counting import at_most
from matchmaker.services.jobs import enqueue
from matchmaker.services.letters import Letters


class Notices:
    """Writes notices and letters, and reads a person's own.

    Args:
        database: where they are kept.
        letters: puts a notice into words in the reader's language.
    """

    def __init__(self, database: Database, letters: Letters) -> None:
        self._database = database
        self._letters = letters

    def to_organisation(
        self, session: Session, organisation_id: int, kind: str, params: Mapping[str, Any]
    ) -> None:
        """Tell all active members of an organisation."""
        people = session.scalars(
            select(Person)
            .join(Membership, Membership.person_id == Person.id)
            .where(
                Membership.organisation_id == organisation_id,
                Membership.role == Role.MEMBER,
                Membership.active,
                Person.active,
            )
            .distinct()
        )
        self.to_people(session, people, kind, params)

    def to_role(self, session: Session, role: Role, kind: str, params: Mapping[str, Any]) -> None:
        """Tell everybody who holds a role."""
        people = session.scalars(
            select(Person)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.role == role, Membership.active, Person.active)
            .distinct()
        )
        self.to_people(session, people, kind, params)

    def to_people(
        self, session: Session, people: Iterable[Person], kind: str, params: Mapping[str, Any]
    ) -> None:
        """Tell each of these people, in the portal and by mail."""
        for person in people:
            session.add(
                Notification(person_id=person.id, kind=kind, params=dict(params), created_at=now())
            )
            self.write_letter(session, person, kind, params)

    def write_letter(
        self, session: Session, person: Person, kind: str, params: Mapping[str, Any]
    ) -> None:
        """Put a letter into the outbox and queue its sending."""
        letter = self._letters.compose(person.language, kind, params)
        mail = Mail(
            message_id=f"<{secrets.token_hex(16)}@matchmaker>",
            recipient=person.email,
            subject=letter.subject,
            body=letter.body,
            created_at=now(),
        )
        session.add(mail)
        session.flush()
        enqueue(session, JobKind.SEND_MAIL, str(mail.id))

    def of(
        self, person_id: int, offset: int = 0, limit: int = 20
    ) -> tuple[list[Notification], int]:
        """A page of a person's notices, newest first, and how many there are."""
        mine = Notification.person_id == person_id
        with self._database.read() as session:
            total = at_most(session, select(Notification.id).where(mine))
            rows = session.scalars(
                select(Notification)
                .where(mine)
                .order_by(Notification.id.desc())
                .offset(offset)
                .limit(limit)
            )
            return list(rows), total

    def unread(self, person_id: int) -> int:
        """How many notices a person has not read."""
        with self._database.read() as session:
            query = select(Notification.id).where(
                Notification.person_id == person_id, Notification.read_at.is_(None)
            )
            return at_most(session, query)

    def read_all(self, person_id: int) -> None:
        """Mark all of a person's notices as read."""
        with self._database.write() as session:
            session.execute(
                update(Notification)
                .where(Notification.person_id == person_id, Notification.read_at.is_(None))
                .values(read_at=now())
            )
