"""Writing entries: new ones, copies, edits; published ones change at once or after screening."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from matchmaker.domain.actors import Actor
from matchmaker.domain.calendar import now, today
from matchmaker.domain.checks import problems_in
from matchmaker.domain.errors import (
    ForbiddenError,
    IllegalTransitionError,
    InvalidInputError,
    StaleVersionError,
)
from matchmaker.domain.fields import CONTACT_FIELDS
from matchmaker.domain.kinds import EntryKind, LinkRelation, OrganisationStatus
from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.policy import Permission
from matchmaker.matching.clauses.correcting import Correction
from matchmaker.matching.sides import LINE
from matchmaker.models import Demand, Entry, EntryLink, EntryRevision, Organisation
from matchmaker.models.database import Database
from matchmaker.services.entries.codes import allot_code
from matchmaker.services.entries.correcting import corrections_of, put_right
from matchmaker.services.entries.derived import Deriver
from matchmaker.services.entries.publishing import Publishing
from matchmaker.services.entries.reading import entry_for, every_kind
from matchmaker.services.entries.values import (
    CLASSES,
    Values,
    apply,
    differences,
    from_json,
    values_of,
)
from matchmaker.services.recording import record
from matchmaker.services.taxonomies import Taxonomies

#: States in which the organisation changes the entry itself.
_OPEN_STATES = (EntryState.DRAFT, EntryState.RETURNED)
#: States in which a change is an edit of what others already saw.
_SHOWN_STATES = (EntryState.PUBLISHED, EntryState.EXPIRED)
#: Changes that need no screening.
_FREE_FIELDS = frozenset({*CONTACT_FIELDS, "valid_until"})
_NOT_COPIED = ("valid_until",)


class EntryEditing:
    """Use cases of the form.

    Args:
        database: where entries are.
        taxonomies: to check codes.
        deriver: keeps derived columns in step.
        publishing: makes shown changes searchable.
    """

    def __init__(
        self,
        database: Database,
        taxonomies: Taxonomies,
        deriver: Deriver,
        publishing: Publishing,
    ) -> None:
        self._database = database
        self._taxonomies = taxonomies
        self._deriver = deriver
        self._publishing = publishing

    def create(
        self,
        actor: Actor,
        kind: EntryKind,
        organisation_id: int,
        values: Values,
        posting: str = "",
        corrections: Sequence[Correction] = (),
    ) -> Entry:
        """Save a new entry as a draft; its public code is allotted now.

        Args:
            actor: who posts.
            kind: which database it belongs to.
            organisation_id: whose entry it is.
            values: typed values by field.
            posting: names the form that was sent; sent again, it gives the entry it made before.
            corrections: clauses of a demand as they were put right.

        Raises:
            ForbiddenError: the person may not post for this organisation, or it is not approved.
            InvalidInputError: values break rules; required fields may still be missing.
        """
        self._check(kind, values, complete=False)
        with self._database.write() as session:
            self._may_post(session, actor, organisation_id)
            made = _made_by(session, actor, posting)
            if made is not None:
                return made
            entry = CLASSES[kind](
                kind=kind,
                posting=posting[:48] or None,
                code=str(allot_code(session, kind)),
                organisation_id=organisation_id,
                author_id=actor.person_id,
                confirmed_on=today(),
                created_at=now(),
                updated_at=now(),
            )
            entry.organisation = session.get_one(Organisation, organisation_id)
            session.add(entry)
            session.flush()
            changes = apply(entry, values)
            self._deriver.refresh(entry)
            record(session, actor, entry, "create", changes=changes)
            put_right(session, actor, entry, _clauses(entry, values), corrections)
        return entry

    def save(
        self,
        actor: Actor,
        code: str,
        values: Values,
        expected_version: int,
        corrections: Sequence[Correction] = (),
    ) -> str:
        """Save an edit.

        Args:
            actor: who edits.
            code: public code.
            values: typed values by field; missing fields stay as they are.
            expected_version: version the person had before them.
            corrections: clauses of a demand as they were put right; they count at once, because
                they change how its text is read and not what others see of it.

        Returns:
            "saved" (a draft), "shown" (published at once), "waiting" (for screening) or
            "unchanged".

        Raises:
            NotFoundError: there is no such entry for this person.
            StaleVersionError: somebody else saved meanwhile; nothing was overwritten.
            InvalidInputError: values break rules.
            IllegalTransitionError: an entry in this state can't be edited.
        """
        with self._database.write() as session:
            entry = entry_for(session, actor, code, Permission.KEEP_ENTRY, lock=True)
            if entry.version != expected_version:
                raise StaleVersionError(entry.version, expected_version)
            complete = entry.status in _SHOWN_STATES
            self._check(entry.kind, {**values_of(entry), **values}, complete=complete)
            if entry.status in _OPEN_STATES:
                result = self._save_open(session, actor, entry, values)
            elif entry.status in _SHOWN_STATES:
                result = self._save_shown(session, actor, entry, values)
            else:
                raise IllegalTransitionError("not_editable", state=str(entry.status))
            if put_right(session, actor, entry, _clauses(entry, values), corrections):
                return self._after_correction(session, entry, result)
            return result

    def copy(self, actor: Actor, code: str) -> Entry:
        """A new draft with the values of an entry of the person's own organisation."""
        with self._database.read() as session:
            source = entry_for(session, actor, code, Permission.KEEP_ENTRY)
            values = {k: v for k, v in values_of(source).items() if k not in _NOT_COPIED}
        return self.create(actor, source.kind, source.organisation_id, values)

    def waiting_edit(self, entry_id: int) -> EntryRevision | None:
        """The edit of an entry that waits for screening, if there is one."""
        with self._database.read() as session:
            return session.scalar(_waiting(entry_id))

    def corrections(self, entry_id: int) -> Sequence[Correction]:
        """What was put right of how an entry's clauses are read."""
        with self._database.read() as session:
            return corrections_of(session, [entry_id]).get(entry_id, ())

    def link(self, actor: Actor, code: str, relation: LinkRelation, targets: list[str]) -> None:
        """Set the entries that `code` points to by a relation; those not named are untied.

        Raises:
            NotFoundError: the entry or a target is not there for this person.
        """
        with self._database.write() as session:
            entry = entry_for(session, actor, code, Permission.KEEP_ENTRY)
            wanted = {entry_for(session, actor, target).id for target in targets}
            before = _linked_codes(session, entry.id, relation)
            set_links(session, entry.id, relation, wanted)
            record(
                session, actor, entry, "link", changes={str(relation): (before, sorted(targets))}
            )

    def _check(self, kind: EntryKind, values: Mapping[str, Any], *, complete: bool) -> None:
        problems = problems_in(kind, values, self._taxonomies.knows, complete=complete)
        if problems:
            raise InvalidInputError(problems)

    def _may_post(self, session: Session, actor: Actor, organisation_id: int) -> None:
        if not actor.is_system and organisation_id not in actor.organisations:
            raise ForbiddenError("not_your_organisation")
        organisation = session.get(Organisation, organisation_id)
        if organisation is None or organisation.status is not OrganisationStatus.ACTIVE:
            raise ForbiddenError("organisation_not_approved")

    def _save_open(self, session: Session, actor: Actor, entry: Entry, values: Values) -> str:
        changes = apply(entry, values)
        if not changes:
            return "unchanged"
        entry.updated_at = now()
        self._deriver.refresh(entry)
        record(session, actor, entry, "edit", changes=changes)
        return "saved"

    def _save_shown(self, session: Session, actor: Actor, entry: Entry, values: Values) -> str:
        changes = differences(entry, values)
        if not changes:
            return "unchanged"
        free = changes.keys() <= _FREE_FIELDS
        if not free and not entry.organisation.trusted:
            self._keep_revision(session, actor, entry, changes, "waiting")
            record(session, actor, entry, "propose_edit", changes=changes)
            return "waiting"
        apply(entry, values)
        entry.updated_at = now()
        self._deriver.refresh(entry)
        if not free:
            self._keep_revision(session, actor, entry, changes, "shown")
        record(session, actor, entry, "edit", changes=changes)
        self._publishing.changed(session, entry)
        return "shown"

    def _after_correction(self, session: Session, entry: Entry, result: str) -> str:
        """Have a shown entry matched anew; says what came of the save as a whole."""
        entry.updated_at = now()
        if entry.status in _OPEN_STATES:
            return "saved"
        if result != "shown":
            self._publishing.changed(session, entry)
        return "shown" if result == "unchanged" else result

    def _keep_revision(
        self,
        session: Session,
        actor: Actor,
        entry: Entry,
        changes: Mapping[str, tuple[Any, Any]],
        status: str,
    ) -> None:
        held = session.scalar(_waiting(entry.id))
        if held is not None:
            held.status, held.decided_at = "replaced", now()
        session.add(
            EntryRevision(
                entry_id=entry.id,
                author_id=actor.person_id,
                base_version=entry.version,
                values={name: list(pair) for name, pair in changes.items()},
                status=status,
                created_at=now(),
            )
        )


def apply_revision(entry: Entry, revision: EntryRevision, *, backwards: bool = False) -> None:
    """Write the values an edit leads to (or, backwards, came from) to its entry."""
    side = 0 if backwards else 1
    values = {name: pair[side] for name, pair in revision.values.items()}
    apply(entry, from_json(entry.kind, values))


def set_links(session: Session, entry_id: int, relation: LinkRelation, wanted: set[int]) -> None:
    """Make the links of one relation exactly those to `wanted`."""
    held = {
        link.to_id: link
        for link in session.scalars(
            select(EntryLink).where(EntryLink.from_id == entry_id, EntryLink.relation == relation)
        )
    }
    for gone in held.keys() - wanted:
        session.delete(held[gone])
    for new in wanted - held.keys():
        session.add(EntryLink(from_id=entry_id, to_id=new, relation=relation))


def _clauses(entry: Entry, values: Values) -> str:
    """The field ``clauses`` as it is sent, or as it stands where it is not; "" but for a demand."""
    if not isinstance(entry, Demand):
        return ""
    lines: Sequence[str] = values.get("clauses", entry.clauses) or ()
    return LINE.join(lines)


def _made_by(session: Session, actor: Actor, posting: str) -> Entry | None:
    """The entry that this person's form made when it was sent before."""
    if not posting:
        return None
    own = select(Entry).where(Entry.posting == posting[:48], Entry.author_id == actor.person_id)
    return session.scalar(own.options(*every_kind()))


def _linked_codes(session: Session, entry_id: int, relation: LinkRelation) -> list[str]:
    return sorted(
        session.scalars(
            select(Entry.code)
            .join(EntryLink, EntryLink.to_id == Entry.id)
            .where(EntryLink.from_id == entry_id, EntryLink.relation == relation)
        )
    )


def _waiting(entry_id: int) -> Select[EntryRevision]:
    return select(EntryRevision).where(
        EntryRevision.entry_id == entry_id, EntryRevision.status == "waiting"
    )
