"""People: signing up and in, passwords, and the actor behind a session."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from matchmaker.domain.actors import SYSTEM, Actor, Role, Standing
from matchmaker.domain.calendar import now
from matchmaker.domain.errors import InvalidInputError, NotFoundError, Problem
from matchmaker.domain.kinds import OrganisationStatus
from matchmaker.models import Membership, Organisation, PasswordToken, Person
from matchmaker.models.database import Database
from matchmaker.services.counting import at_most
from matchmaker.services.notices import Notices
from matchmaker.services.recording import record

_TOKEN_HOURS = 1
_SHORTEST_PASSWORD = 10
_COMMON = {"1234567890", "0123456789", "password123", "qwertyuiop", "1q2w3e4r5t", "passw0rd123"}


@dataclass(frozen=True, slots=True)
class SignUp:
    """What a newcomer fills in.

    Attributes:
        name: how the person is called.
        email: where mail goes; also the sign-in name.
        password: at least ten characters.
        language: language of mail.
    """

    name: str
    email: str
    password: str
    language: str


class Accounts:
    """Use cases of accounts.

    Args:
        database: where people are.
        notices: writes the letter with a reset address.
        hasher: argon2id with the library's recommended cost.
    """

    def __init__(
        self, database: Database, notices: Notices, hasher: PasswordHasher | None = None
    ) -> None:
        self._database = database
        self._notices = notices
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_hex(8))

    def authenticate(self, email: str, password: str) -> Person | None:
        """The person with this address and password, or None.

        An unknown address costs as much time as a wrong password, so that nobody can tell them
        apart.
        """
        with self._database.read() as session:
            person = session.scalar(select(Person).where(Person.email == tidy_email(email)))
        stored = person.password_hash if person and person.active else self._nobody
        if not self._matches(stored, password) or person is None or not person.active:
            return None
        self._after_sign_in(person.id, password, stored)
        return person

    def actor(self, person_id: int, session_epoch: int) -> Actor | None:
        """The actor behind a session, or None where the session no longer holds."""
        with self._database.read() as session:
            person = session.scalar(
                select(Person)
                .where(Person.id == person_id, Person.active)
                .options(selectinload(Person.memberships).joinedload(Membership.organisation))
            )
        if person is None or person.session_epoch != session_epoch:
            return None
        return actor_of(person)

    def person(self, person_id: int) -> Person:
        """A person with memberships and organisations.

        Raises:
            NotFoundError: there is nobody with this number.
        """
        with self._database.read() as session:
            person = session.scalar(
                select(Person)
                .where(Person.id == person_id)
                .options(selectinload(Person.memberships).joinedload(Membership.organisation))
            )
        if person is None:
            raise NotFoundError("no_person")
        return person

    def create(self, session: Session, sign_up: SignUp, *, sample: bool = False) -> Person:
        """Add a person in the caller's unit of work.

        Raises:
            InvalidInputError: the address is wrong or taken, the password too weak.
        """
        email = tidy_email(sign_up.email)
        problems = [*_email_problems(session, email, sample), *password_problems(sign_up.password)]
        if not sign_up.name.strip():
            problems.append(Problem("name", "required"))
        if problems:
            raise InvalidInputError(problems)
        person = Person(
            email=email,
            name=sign_up.name.strip()[:80],
            password_hash=self._hasher.hash(sign_up.password),
            language=sign_up.language,
            sample=sample,
            created_at=now(),
        )
        session.add(person)
        session.flush()
        record(session, SYSTEM, person, "create")
        return person

    def create_with_role(
        self, sign_up: SignUp, role: Role, organisation_name: str, region: str | None = None
    ) -> Person:
        """Add a person with a role; for the command line and admins.

        Raises:
            NotFoundError: there is no such organisation.
            InvalidInputError: as `create`.
        """
        with self._database.write() as session:
            organisation = session.scalar(
                select(Organisation).where(
                    (Organisation.name == organisation_name)
                    | (Organisation.key == organisation_name)
                )
            )
            if organisation is None:
                raise NotFoundError("no_organisation", name=organisation_name)
            person = self.create(session, sign_up)
            session.add(
                Membership(
                    person_id=person.id,
                    organisation_id=organisation.id,
                    role=role,
                    region=region,
                    created_at=now(),
                )
            )
        return person

    def change_password(self, person_id: int, old: str, new: str) -> Person:
        """Set a new password; all other sessions of the person end.

        Raises:
            InvalidInputError: the old password is wrong or the new one too weak.
        """
        person = self.person(person_id)
        if not self._matches(person.password_hash, old):
            raise InvalidInputError([Problem("old_password", "wrong_password")])
        return self._set_password(person_id, new)

    def set_password(self, email: str, new: str) -> Person:
        """Set a password without the old one; for the command line.

        Raises:
            NotFoundError: nobody has this address.
        """
        with self._database.read() as session:
            person = session.scalar(select(Person).where(Person.email == tidy_email(email)))
        if person is None:
            raise NotFoundError("no_person", email=email)
        return self._set_password(person.id, new)

    def request_reset(self, email: str) -> None:
        """Write a letter with a single-use address, if anybody has this mail address."""
        with self._database.write() as session:
            person = session.scalar(
                select(Person).where(Person.email == tidy_email(email), Person.active)
            )
            if person is None:
                return
            token = secrets.token_urlsafe(32)
            session.add(
                PasswordToken(
                    person_id=person.id,
                    token_hash=_hash(token),
                    expires_at=now() + timedelta(hours=_TOKEN_HOURS),
                )
            )
            self._notices.write_letter(session, person, "password_reset", {"token": token})

    def token_holds(self, token: str) -> bool:
        """Whether a reset address still works."""
        with self._database.read() as session:
            return _valid_token(session, token) is not None

    def reset_password(self, token: str, new: str) -> Person:
        """Set a new password by a reset address; the address is used up.

        Raises:
            NotFoundError: the address was used, has run out or never was.
            InvalidInputError: the password is too weak.
        """
        _raise_for(password_problems(new))
        with self._database.write() as session:
            row = _valid_token(session, token)
            if row is None:
                raise NotFoundError("token_spent")
            session.execute(
                update(PasswordToken)
                .where(PasswordToken.person_id == row.person_id, PasswordToken.used_at.is_(None))
                .values(used_at=now())
            )
            person_id = row.person_id
        return self._set_password(person_id, new)

    def listed(self, offset: int = 0, limit: int = 50) -> tuple[list[Person], int]:
        """A page of all people with their memberships, and how many there are."""
        with self._database.read() as session:
            total = at_most(session, select(Person.id))
            rows = session.scalars(
                select(Person)
                .order_by(Person.id)
                .offset(offset)
                .limit(limit)
                .options(selectinload(Person.memberships).joinedload(Membership.organisation))
            )
            return list(rows), total

    def set_active(self, actor: Actor, person_id: int, *, active: bool) -> None:
        """Let a person in or keep them out; their sessions end at once when kept out.

        Raises:
            NotFoundError: nobody has this number.
            InvalidInputError: admins can't shut themselves out.
        """
        if person_id == actor.person_id:
            raise InvalidInputError([Problem("", "not_yourself")])
        with self._database.write() as session:
            person = session.get(Person, person_id)
            if person is None:
                raise NotFoundError("no_person")
            changes = {"active": (person.active, active)}
            person.active = active
            person.session_epoch += 1
            record(session, actor, person, "set_active", changes=changes)

    def has_samples(self) -> bool:
        """Whether sample accounts with known passwords exist."""
        with self._database.read() as session:
            query = select(Person.id).where(Person.sample, Person.active).limit(1)
            return session.scalar(query) is not None

    def _set_password(self, person_id: int, new: str) -> Person:
        _raise_for(password_problems(new))
        hashed = self._hasher.hash(new)
        with self._database.write() as session:
            person = session.get_one(Person, person_id)
            person.password_hash = hashed
            person.session_epoch += 1
            record(session, Actor(person_id, person.name), person, "set_password")
        return person

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerifyMismatchError, InvalidHashError):
            return False

    def _after_sign_in(self, person_id: int, password: str, stored: str) -> None:
        with self._database.write() as session:
            person = session.get_one(Person, person_id)
            person.last_sign_in_at = now()
            if self._hasher.check_needs_rehash(stored):
                person.password_hash = self._hasher.hash(password)


def actor_of(person: Person) -> Actor:
    """The actor a person is, from the memberships that hold now."""
    standings = tuple(
        Standing(membership.role, membership.organisation_id, membership.region)
        for membership in person.memberships
        if membership.active and membership.organisation.status is OrganisationStatus.ACTIVE
    )
    return Actor(person.id, person.name, standings)


def tidy_email(email: str) -> str:
    """An address as it is compared: without blanks around it, in small letters.

    A NUL, which PostgreSQL refuses to compare with, becomes a sign that stands in no address.
    """
    return email.strip().lower().replace("\x00", "\N{REPLACEMENT CHARACTER}")


def password_problems(password: str) -> list[Problem]:
    """What is wrong with a password; length counts, composition does not (NIST SP 800-63B)."""
    if len(password) < _SHORTEST_PASSWORD:
        return [Problem("password", "password_short", {"least": _SHORTEST_PASSWORD})]
    if len(password) > 200:
        return [Problem("password", "too_long", {"most": 200, "is": len(password)})]
    if password.lower() in _COMMON or len(set(password)) < 4:
        return [Problem("password", "password_common")]
    return []


def _email_problems(session: Session, email: str, sample: bool) -> list[Problem]:
    try:
        validate_email(email, check_deliverability=False, test_environment=sample)
    except EmailNotValidError:
        return [Problem("email", "email")]
    if session.scalar(select(Person.id).where(Person.email == email)) is not None:
        return [Problem("email", "email_taken")]
    return []


def _raise_for(problems: list[Problem]) -> None:
    if problems:
        raise InvalidInputError(problems)


def _valid_token(session: Session, token: str) -> PasswordToken | None:
    return session.scalar(
        select(PasswordToken).where(
            PasswordToken.token_hash == _hash(token),
            PasswordToken.used_at.is_(None),
            PasswordToken.expires_at > now(),
        )
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
