"""The broker's first check: publish, return with reasons field by field, reject, judge edits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from matchmaker.domain.actors import Actor, Role
from matchmaker.domain.calendar import now, today
from matchmaker.domain.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    Problem,
    StaleVersionError,
)
from matchmaker.domain.fields import FIELDS
from matchmaker.domain.lifecycles import EntryState
from matchmaker.models import Entry, EntryRevision
from matchmaker.models.database import Database
from matchmaker.services.counting import at_most
from matchmaker.services.entries.derived import Deriver
from matchmaker.services.entries.editing import apply_revision
from matchmaker.services.entries.publishing import Publishing
from matchmaker.services.entries.reading import entry_for, every_kind, in_regions_of
from matchmaker.services.entries.steps import take_step
from matchmaker.services.entries.values import to_json, values_of
from matchmaker.services.notices import Notices
from matchmaker.services.recording import record
from matchmaker.services.taxonomies import Taxonomies

#: States of an edit that a broker has still to look at.
_TO_JUDGE = ("waiting", "shown")


@dataclass(frozen=True, slots=True)
class Remark:
    """Why a field was returned.

    Attributes:
        reason: code of the taxonomy's `entry_return` reasons.
        note: the broker's own words.
    """

    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PendingEdit:
    """An edit to be judged, with the entry it belongs to."""

    revision: EntryRevision
    entry: Entry


class Screening:
    """Use cases of the screening desk; the caller has checked the permission `SCREEN`.

    Args:
        database: where entries are.
        taxonomies: reason codes.
        deriver: keeps derived columns in step with accepted edits.
        publishing: follows what is shown into the index.
        notices: tells the poster.
    """

    def __init__(
        self,
        database: Database,
        taxonomies: Taxonomies,
        deriver: Deriver,
        publishing: Publishing,
        notices: Notices,
    ) -> None:
        self._database = database
        self._taxonomies = taxonomies
        self._deriver = deriver
        self._publishing = publishing
        self._notices = notices

    def queue(self, actor: Actor, offset: int = 0, limit: int = 20) -> tuple[list[Entry], int]:
        """Submitted entries of the broker's regions, longest waiting first, and how many."""
        own = in_regions_of(actor, Role.BROKER, Entry.id)
        waiting = and_(Entry.status == EntryState.SUBMITTED, own)
        with self._database.read() as session:
            total = at_most(session, select(Entry.id).where(waiting))
            rows = session.scalars(
                select(Entry)
                .where(waiting)
                .order_by(Entry.submitted_at, Entry.id)
                .offset(offset)
                .limit(limit)
                .options(*every_kind())
            )
            return list(rows), total

    def get(self, actor: Actor, code: str) -> Entry:
        """A submitted entry of the broker's regions.

        Raises:
            NotFoundError: there is none with this code, or it does not wait any more.
        """
        with self._database.read() as session:
            entry = entry_for(session, actor, code)
            _refuse_elsewhere(session, actor, entry)
        if entry.status is not EntryState.SUBMITTED:
            raise NotFoundError("no_entry", entry=code)
        return entry

    def edits(self, actor: Actor, limit: int = 50) -> list[PendingEdit]:
        """Edits of the broker's regions that wait, those not shown yet first."""
        with self._database.read() as session:
            rows = session.execute(
                select(EntryRevision, Entry)
                .join(Entry, Entry.id == EntryRevision.entry_id)
                .where(
                    EntryRevision.status.in_(_TO_JUDGE),
                    in_regions_of(actor, Role.BROKER, Entry.id),
                )
                .order_by(EntryRevision.status.desc(), EntryRevision.created_at)
                .limit(limit)
                .options(*every_kind())
            )
            return [PendingEdit(revision, entry) for revision, entry in rows]

    def publish(self, actor: Actor, code: str, expected_version: int) -> Entry:
        """Publish a submitted entry; it is embedded, indexed and matched next.

        Raises:
            StaleVersionError: it changed since the broker read it.
            IllegalTransitionError: it does not wait for screening.
        """
        with self._database.write() as session:
            entry = self._held(session, actor, code, expected_version)
            take_step(session, actor, entry, "publish")
            entry.return_reasons = {}
            entry.published_at = entry.published_at or now()
            entry.confirmed_on = entry.confirmed_on or today()
            self._publishing.changed(session, entry)
            self._tell(session, entry, "entry_published")
        return entry

    def return_(
        self, actor: Actor, code: str, expected_version: int, remarks: Mapping[str, Remark]
    ) -> Entry:
        """Send an entry back with reasons.

        Args:
            actor: the broker.
            code: public code.
            expected_version: version the broker read.
            remarks: field name → remark; "" is the entry as a whole.

        Raises:
            InvalidInputError: no remark, an unknown field or an unknown reason.
        """
        with self._database.write() as session:
            entry = self._held(session, actor, code, expected_version)
            self._check_remarks(entry, remarks)
            reasons = {
                field: {"code": remark.reason, "note": remark.note.strip()[:2000]}
                for field, remark in remarks.items()
            }
            first = next(iter(remarks.values()))
            take_step(session, actor, entry, "return", reason=first.reason, note=first.note)
            entry.return_reasons = reasons
            self._tell(session, entry, "entry_returned")
        return entry

    def reject(
        self, actor: Actor, code: str, expected_version: int, reason: str, note: str
    ) -> Entry:
        """Refuse an entry for good.

        Raises:
            InvalidInputError: the reason is unknown, or needs a note.
        """
        check_reason(self._taxonomies, "entry_reject", reason, note)
        with self._database.write() as session:
            entry = self._held(session, actor, code, expected_version)
            take_step(session, actor, entry, "reject", reason=reason, note=note)
            entry.return_reasons = {"": {"code": reason, "note": note}}
            self._tell(session, entry, "entry_rejected")
        return entry

    def accept_edit(self, actor: Actor, revision_id: int) -> Entry:
        """Let an edit stand; one that waited is shown from now on.

        Raises:
            NotFoundError: no such edit waits.
        """
        with self._database.write() as session:
            revision, entry = self._edit(session, actor, revision_id)
            if revision.status == "waiting":
                _refuse_if_moved_on(entry, revision)
                apply_revision(entry, revision)
                self._show(session, entry)
            self._decide(session, actor, entry, revision, "accepted", "")
        return entry

    def refuse_edit(self, actor: Actor, revision_id: int, note: str) -> Entry:
        """Turn an edit down; one that was shown already is taken back.

        Raises:
            InvalidInputError: there is no note for the poster.
            ConflictError: the entry was changed again since; judge the later edit.
        """
        if not note.strip():
            raise InvalidInputError([Problem("note", "required")])
        with self._database.write() as session:
            revision, entry = self._edit(session, actor, revision_id)
            if revision.status == "shown":
                _refuse_if_changed_after(entry, revision)
                apply_revision(entry, revision, backwards=True)
                self._show(session, entry)
            self._decide(session, actor, entry, revision, "refused", note.strip())
        return entry

    def _held(self, session: Session, actor: Actor, code: str, expected: int) -> Entry:
        entry = entry_for(session, actor, code, lock=True)
        _refuse_elsewhere(session, actor, entry)
        if entry.version != expected:
            raise StaleVersionError(entry.version, expected)
        return entry

    def _check_remarks(self, entry: Entry, remarks: Mapping[str, Remark]) -> None:
        if not remarks:
            raise InvalidInputError([Problem("", "remark_needed")])
        names = {"", *(spec.name for spec in FIELDS[entry.kind])}
        for field, remark in remarks.items():
            if field not in names:
                raise InvalidInputError([Problem(field, "unknown_choice", {"value": field})])
            check_reason(self._taxonomies, "entry_return", remark.reason, remark.note)

    def _edit(
        self, session: Session, actor: Actor, revision_id: int
    ) -> tuple[EntryRevision, Entry]:
        revision = session.get(EntryRevision, revision_id)
        if revision is None or revision.status not in _TO_JUDGE:
            raise NotFoundError("no_edit", revision=revision_id)
        entry = session.get_one(Entry, revision.entry_id, with_for_update=True)
        _refuse_elsewhere(session, actor, entry)
        return revision, entry

    def _show(self, session: Session, entry: Entry) -> None:
        entry.updated_at = now()
        self._deriver.refresh(entry)
        self._publishing.changed(session, entry)

    def _decide(
        self,
        session: Session,
        actor: Actor,
        entry: Entry,
        revision: EntryRevision,
        status: str,
        note: str,
    ) -> None:
        revision.status, revision.note = status, note
        revision.decided_at, revision.decided_by_id = now(), actor.person_id
        changes = revision.values if status == "accepted" else {}
        record(session, actor, entry, f"edit_{status}", changes=changes, note=note)
        self._tell(session, entry, f"edit_{status}", note=note)

    def _tell(self, session: Session, entry: Entry, kind: str, note: str = "") -> None:
        params = {"code": entry.code, "title": entry.title, "note": note}
        self._notices.to_organisation(session, entry.organisation_id, kind, params)


def _refuse_elsewhere(session: Session, actor: Actor, entry: Entry) -> None:
    own = in_regions_of(actor, Role.BROKER, Entry.id)
    if session.scalar(select(Entry.id).where(Entry.id == entry.id, own)) is None:
        raise NotFoundError("no_entry", entry=entry.code)


def check_reason(taxonomies: Taxonomies, use: str, reason: str, note: str) -> None:
    """Hold a reason code against the taxonomy.

    Raises:
        InvalidInputError: it is unknown for this use, or needs words and has none.
    """
    term = taxonomies.reasons[use].get(reason)
    if term is None:
        raise InvalidInputError([Problem("reason", "required")])
    if term.details.get("needs_note") in ("1", "true", "yes") and not note.strip():
        raise InvalidInputError([Problem("note", "required")])


def _refuse_if_moved_on(entry: Entry, revision: EntryRevision) -> None:
    if entry.status not in (EntryState.PUBLISHED, EntryState.EXPIRED):
        raise ConflictError("entry_moved_on", status=str(entry.status), revision=revision.id)


def _refuse_if_changed_after(entry: Entry, revision: EntryRevision) -> None:
    from_row = _now_of(entry, list(revision.values))
    if any(from_row[name] != pair[1] for name, pair in revision.values.items()):
        raise ConflictError("edited_again", revision=revision.id)


def _now_of(entry: Entry, names: Sequence[str]) -> dict[str, Any]:
    values = to_json(values_of(entry))
    return {name: values[name] for name in names}
