"""The steps an entry takes: submitted, withdrawn, confirmed, concluded, run out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.actors import SYSTEM, Actor
from matchmaker.domain.calendar import now, today
from matchmaker.domain.checks import problems_in
from matchmaker.domain.errors import InvalidInputError, StaleVersionError
from matchmaker.domain.lifecycles import ENTRY, EntryState
from matchmaker.domain.policy import Permission
from matchmaker.models import Entry
from matchmaker.models.database import Database
from matchmaker.services.entries.publishing import Publishing
from matchmaker.services.entries.reading import entry_for
from matchmaker.services.entries.values import values_of
from matchmaker.services.notices import Notices
from matchmaker.services.recording import record
from matchmaker.services.stopping import check_stop
from matchmaker.services.taxonomies import Taxonomies

_REMIND_BEFORE = timedelta(days=30)
_CONFIRMED_FOR = timedelta(days=365)
#: Entries handled in one transaction, so that the write lock is never held long.
_AT_ONCE = 100


class EntrySteps:
    """Takes entries through their lifecycle on behalf of their organisation and the calendar.

    Args:
        database: where entries are.
        taxonomies: to check codes before submission.
        publishing: follows what is shown into the index.
        notices: tells the people concerned.
    """

    def __init__(
        self,
        database: Database,
        taxonomies: Taxonomies,
        publishing: Publishing,
        notices: Notices,
    ) -> None:
        self._database = database
        self._taxonomies = taxonomies
        self._publishing = publishing
        self._notices = notices

    def submit(self, actor: Actor, code: str, expected_version: int) -> Entry:
        """Hand an entry in for screening.

        Raises:
            InvalidInputError: required fields are missing.
            StaleVersionError: somebody else saved meanwhile.
            IllegalTransitionError: it is not a draft and was not returned.
        """
        with self._database.write() as session:
            entry = self._held(session, actor, code, expected_version)
            problems = problems_in(
                entry.kind, values_of(entry), self._taxonomies.knows, complete=True
            )
            if problems:
                raise InvalidInputError(problems)
            take_step(session, actor, entry, "submit")
            entry.submitted_at = now()
        return entry

    def recall(self, actor: Actor, code: str) -> Entry:
        """Take an entry back from screening to change it."""
        return self._step(actor, code, "recall")

    def withdraw(self, actor: Actor, code: str, reason: str = "", note: str = "") -> Entry:
        """Take a published entry off the portal; it can be reopened."""
        return self._step(actor, code, "withdraw", reason=reason, note=note, shown=True)

    def conclude(self, actor: Actor, code: str, note: str = "") -> Entry:
        """Mark a published entry as settled; it stays to be read but is matched no more."""
        return self._step(actor, code, "conclude", note=note, shown=True)

    def reopen(self, actor: Actor, code: str) -> Entry:
        """Make a withdrawn entry a draft again."""
        return self._step(actor, code, "reopen")

    def confirm(self, actor: Actor, code: str) -> Entry:
        """Say that a published or expired entry still holds; it then runs for another year."""
        with self._database.write() as session:
            entry = entry_for(session, actor, code, Permission.KEEP_ENTRY, lock=True)
            before = entry.valid_until
            if entry.status is not EntryState.PUBLISHED:
                entry.status = ENTRY.after(entry.status, "confirm")
            entry.confirmed_on, entry.reminded_on = today(), None
            if before is None or before < today() + _REMIND_BEFORE:
                entry.valid_until = today() + _CONFIRMED_FOR
            entry.updated_at = now()
            changes = {"valid_until": (_iso(before), _iso(entry.valid_until))}
            record(session, actor, entry, "confirm", changes=changes)
            self._publishing.changed(session, entry)
        return entry

    def expire_due(self, day: date) -> int:
        """End published entries whose time is over and remind those whose time is near.

        Args:
            day: today in Asia/Shanghai.

        Returns:
            How many ran out.
        """
        expired = 0
        while batch := self._batch(Entry.valid_until < day):
            expired += sum(self._expire(code, day) for code in batch)
        near = (Entry.valid_until <= day + _REMIND_BEFORE) & Entry.reminded_on.is_(None)
        while batch := self._batch(near):
            for code in batch:
                self._remind(code, day)
        return expired

    def _batch(self, condition: Any) -> list[str]:
        check_stop()
        with self._database.read() as session:
            return list(
                session.scalars(
                    select(Entry.code)
                    .where(Entry.status == EntryState.PUBLISHED, condition)
                    .limit(_AT_ONCE)
                )
            )

    def _expire(self, code: str, day: date) -> bool:
        with self._database.write() as session:
            entry = entry_for(session, SYSTEM, code, lock=True)
            if entry.status is not EntryState.PUBLISHED or (entry.valid_until or day) >= day:
                return False
            take_step(session, SYSTEM, entry, "expire")
            self._publishing.changed(session, entry)
            self._tell(session, entry, "entry_expired")
        return True

    def _remind(self, code: str, day: date) -> None:
        with self._database.write() as session:
            entry = entry_for(session, SYSTEM, code, lock=True)
            if entry.reminded_on is None:
                entry.reminded_on = day
                self._tell(session, entry, "entry_expires")

    def _tell(self, session: Session, entry: Entry, kind: str) -> None:
        params = {"code": entry.code, "title": entry.title, "day": _iso(entry.valid_until)}
        self._notices.to_organisation(session, entry.organisation_id, kind, params)

    def _held(self, session: Session, actor: Actor, code: str, expected: int) -> Entry:
        entry = entry_for(session, actor, code, Permission.KEEP_ENTRY, lock=True)
        if entry.version != expected:
            raise StaleVersionError(entry.version, expected)
        return entry

    def _step(
        self,
        actor: Actor,
        code: str,
        action: str,
        *,
        reason: str = "",
        note: str = "",
        shown: bool = False,
    ) -> Entry:
        with self._database.write() as session:
            entry = entry_for(session, actor, code, Permission.KEEP_ENTRY, lock=True)
            take_step(session, actor, entry, action, reason=reason, note=note)
            if shown:
                self._publishing.changed(session, entry)
        return entry


def take_step(
    session: Session,
    actor: Actor,
    entry: Entry,
    action: str,
    *,
    reason: str = "",
    note: str = "",
) -> None:
    """Move an entry along its lifecycle and write it into the history.

    Raises:
        IllegalTransitionError: the lifecycle has no such step from here.
    """
    before = entry.status
    entry.status = ENTRY.after(before, action)
    entry.updated_at = now()
    changes = {"status": (str(before), str(entry.status))}
    record(session, actor, entry, action, changes=changes, reason=reason, note=note)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
