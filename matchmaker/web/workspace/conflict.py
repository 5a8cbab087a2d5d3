"""Two versions side by side: yours and the one saved meanwhile, with a choice for each field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for

from matchmaker.domain.fields import FIELDS
from matchmaker.models import Entry
from matchmaker.services.entries.values import to_json, values_of
from matchmaker.web.values import field_label, in_words
from matchmaker.web.workspace.clause_rows import rows_as_sent
from matchmaker.web.workspace.forms import EntryForm, fingerprint, fingerprints, seen_marks
from matchmaker.web.workspace.parse import parse
from matchmaker.web.workspace.raw import Raw, raw_from

YOURS, CURRENT = "yours", "current"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which the two versions differ.

    Attributes:
        keep: the side that is marked beforehand: theirs where you did not touch the field.
    """

    name: str
    label: str
    yours: str
    current: str
    keep: str


def touched_by_others(form: EntryForm, current: Mapping[str, Any]) -> bool:
    """Whether any field changed since the form was made."""
    marks = seen_marks(form.kind, form.seen)
    return any(fingerprint(current.get(name)) != mark for name, mark in marks.items())


def differences(
    form: EntryForm, yours: Mapping[str, Any], current: Mapping[str, Any]
) -> list[Difference]:
    """The fields in which the two versions differ, in the order of the form."""
    marks = seen_marks(form.kind, form.seen)
    found = []
    for spec in FIELDS[form.kind]:
        mine, theirs = yours.get(spec.name), current.get(spec.name)
        if fingerprint(mine) == fingerprint(theirs):
            continue
        untouched = spec.name in marks and fingerprint(mine) == marks[spec.name]
        found.append(
            Difference(
                spec.name,
                field_label(spec.name),
                in_words(spec, mine),
                in_words(spec, theirs),
                CURRENT if untouched else YOURS,
            )
        )
    return found


def conflict_page(entry: Entry, form: EntryForm, yours: Mapping[str, Any]) -> str:
    """The page that asks which of the two to keep.

    Args:
        entry: as it stands now.
        form: the form that came second.
        yours: its values.
    """
    current = values_of(entry)
    return render_template(
        "workspace/conflict.html",
        entry=entry,
        rows=differences(form, yours, current),
        hidden=_hidden(form.raw),
        version=entry.version,
        seen=fingerprints(current),
        can_submit=form.can_submit,
        action=url_for("workspace.resolve", code=entry.code),
    )


def decided(entry: Entry, form: EntryForm, choices: Mapping[str, str]) -> Raw:
    """The form with each field as it was chosen; "keep-NAME" says which side.

    Args:
        entry: as it stands now; a later change makes the save ask again.
        form: yours, carried along by the page.
        choices: what the page sent.
    """
    values = dict(parse(form.kind, form.raw).values)
    for name, value in values_of(entry).items():
        if choices.get(f"keep-{name}") == CURRENT:
            values[name] = value
    merged = raw_from(form.kind, to_json(values))
    return {**merged, **rows_as_sent(form.raw), "seen": [form.seen], "version": [str(form.version)]}


def _hidden(raw: Raw) -> list[tuple[str, str]]:
    return [
        (name, text)
        for name, texts in raw.items()
        if name not in ("version", "seen") and not name.startswith("keep-")
        for text in texts
    ]
