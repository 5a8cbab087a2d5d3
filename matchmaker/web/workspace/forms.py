"""The form of an entry as one value: what it shows, whose it is, and what was kept of it."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import render_template, request, url_for

from matchmaker.domain.calendar import today
from matchmaker.domain.checks import is_empty
from matchmaker.domain.errors import NotFoundError, Problem
from matchmaker.domain.fields import FIELDS
from matchmaker.domain.kinds import EntryKind, Visibility
from matchmaker.domain.lifecycles import EntryState
from matchmaker.matching.clauses.correcting import Correction
from matchmaker.models import Entry, Organisation
from matchmaker.services.entries.values import to_json, values_of
from matchmaker.web.access import current_actor, services
from matchmaker.web.language import current_language
from matchmaker.web.problems import sentences_by_field
from matchmaker.web.workspace.clause_rows import corrections_in, only_touched, raw_rows
from matchmaker.web.workspace.clause_table import clause_table
from matchmaker.web.workspace.clinic_view import ADVISED_KINDS, ClinicView
from matchmaker.web.workspace.raw import (
    Raw,
    base_version,
    first,
    name_of_edit,
    name_of_new,
    raw_from,
    raw_of,
    same_content,
    tidy_rows,
)
from matchmaker.web.workspace.remarks import remarks_of
from matchmaker.web.workspace.specs import errors_in_order, sections_of

_VALID_DAYS = 365
_OPEN = (EntryState.DRAFT, EntryState.RETURNED)


@dataclass(frozen=True, slots=True)
class EntryForm:
    """A form on its way to the page.

    Attributes:
        kind: which database.
        name: its name among the kept forms.
        raw: what it shows.
        version: version of the entry it was made from; 0 for a new one.
        seen: fingerprints of the entry's values at that version.
        entry: the entry that is edited, or None for a new one.
        restored_at: when what it shows was kept, where it was brought back.
    """

    kind: EntryKind
    name: str
    raw: Raw
    version: int = 0
    seen: str = ""
    entry: Entry | None = None
    restored_at: datetime | None = None

    @property
    def can_submit(self) -> bool:
        """Whether it can be submitted for screening, rather than only saved."""
        return self.entry is None or self.entry.status in _OPEN


def kind_named(text: str) -> EntryKind:
    """The kind in an address.

    Raises:
        NotFoundError: there is no such kind.
    """
    if text not in EntryKind.__members__.values():
        raise NotFoundError("no_page")
    return EntryKind(text)


def sent_new(kind: EntryKind) -> EntryForm:
    """The form of a new entry that this request sends."""
    return EntryForm(kind, name_of_new(kind), tidy_rows(kind, raw_of(request.form)))


def sent_edit(entry: Entry) -> EntryForm:
    """The form of an edit that this request sends."""
    raw = tidy_rows(entry.kind, raw_of(request.form))
    name = name_of_edit(entry.code)
    return EntryForm(entry.kind, name, raw, base_version(request.form), first(raw, "seen"), entry)


def sent_corrections(form: EntryForm) -> tuple[list[Correction], list[Problem]]:
    """The clauses that a form puts right, and what of it can't be read."""
    return corrections_in(form.raw) if form.kind is EntryKind.DEMAND else ([], [])


def blank(kind: EntryKind, organisation: Organisation | None) -> EntryForm:
    """A new form with what can be guessed filled in."""
    person = services().accounts.person(current_actor().person_id or 0)
    values = {
        "valid_until": today() + timedelta(days=_VALID_DAYS),
        "region": organisation.region if organisation else "",
        "language": current_language(),
        "visibility": Visibility.PUBLIC,
        "contact_name": person.name,
        "contact_email": person.email,
    }
    return EntryForm(kind, name_of_new(kind), raw_from(kind, values))


def of_entry(entry: Entry, proposed: Mapping[str, Any]) -> EntryForm:
    """The form of an entry as it stands, with a change that still waits laid over it."""
    values = values_of(entry)
    raw = raw_from(entry.kind, {**to_json(values), **proposed})
    raw.update(raw_rows(services().editing.corrections(entry.id)))
    return EntryForm(
        entry.kind, name_of_edit(entry.code), raw, entry.version, fingerprints(values), entry
    )


def with_kept(form: EntryForm) -> EntryForm:
    """The form as it was typed and kept before, where that differs from what stands."""
    draft = services().drafts.held(current_actor(), form.name)
    if draft is None:
        return form
    raw = _tidy(form.kind, draft.values)
    if same_content(form.kind, raw, _tidy(form.kind, form.raw)):
        return form
    kept = replace(form, raw=raw, restored_at=draft.saved_at)
    if form.entry is None:
        return kept
    return replace(kept, version=draft.base_version, seen=first(raw, "seen"))


def keep(form: EntryForm) -> None:
    """Keep what was typed, because it could not be saved as an entry."""
    services().drafts.save(current_actor(), form.name, form.raw, form.version)


def page_of(
    form: EntryForm, problems: Iterable[Problem] = (), advice: ClinicView | None = None
) -> str:
    """The page with the form.

    Args:
        form: what it shows.
        problems: what is wrong with it, shown at the fields.
        advice: what the clinic says of it, where somebody asked.
    """
    errors = sentences_by_field(problems)
    remarks = remarks_of(form.entry) if form.entry else {}
    organisations = services().organisations.of(current_actor())
    return render_template(
        "workspace/form.html",
        form=form,
        sections=sections_of(form.kind, form.raw, errors, remarks),
        errors=errors_in_order(form.kind, errors),
        remark=remarks.get("", ""),
        organisations=[(held.id, held.name) for held in organisations],
        organisation=first(form.raw, "organisation"),
        action=_action(form),
        advice=advice,
        advised=form.kind in ADVISED_KINDS,
        clauses=clause_table(form.raw) if form.kind is EntryKind.DEMAND else None,
        posting=request.form.get("posting") or secrets.token_urlsafe(24),
    )


def fingerprints(values: Mapping[str, Any]) -> str:
    """A short mark of each value, to tell later which fields changed in between."""
    return ",".join(f"{name}:{fingerprint(values.get(name))}" for name in values)


def fingerprint(value: Any) -> str:
    """A short mark of one value; "" for an empty one."""
    if is_empty(value) or value is False:
        return ""
    text = json.dumps(to_json({"": value}), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def seen_marks(kind: EntryKind, seen: str) -> dict[str, str]:
    """The marks of a form by field; a field that is not named has none."""
    pairs = (piece.partition(":") for piece in seen.split(","))
    names = {spec.name for spec in FIELDS[kind]}
    return {name: mark for name, _colon, mark in pairs if name in names}


def _tidy(kind: EntryKind, raw: Mapping[str, Any]) -> Raw:
    """A form without empty rows, and without clauses that are as they were read."""
    tidy = tidy_rows(kind, raw)
    return only_touched(tidy) if kind is EntryKind.DEMAND else tidy


def _action(form: EntryForm) -> str:
    if form.entry is None:
        return url_for("workspace.create", kind=form.kind)
    return url_for("workspace.save", code=form.entry.code)
