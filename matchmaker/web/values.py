"""Values of fields in words: for detail pages, the history and the comparison of versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext

from matchmaker.domain.checks import is_empty
from matchmaker.domain.fields import CONTACT_FIELDS, FIELDS, FieldSpec, FieldType
from matchmaker.domain.kinds import EntryKind
from matchmaker.models import Entry
from matchmaker.services.entries.values import values_of
from matchmaker.web.access import services
from matchmaker.web.formatting import day, money
from matchmaker.web.labels import LABELS, VOCABULARY_OF_FIELD, label
from matchmaker.web.language import current_language


@dataclass(frozen=True, slots=True)
class Change:
    """One changed field in words."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field with its value in words."""

    name: str
    label: str
    text: str
    items: tuple[str, ...] = ()


def field_label(name: str) -> str:
    """What a field is called; the name itself where it is none of an entry's."""
    return label(name, "field") if name in LABELS["field"] else name


def in_words(spec: FieldSpec, value: Any, parent: str = "") -> str:
    """A value as a reader sees it; "" where there is none."""
    if is_empty(value):
        return ""
    if spec.type is FieldType.MONEY:
        return money(value)
    if spec.type is FieldType.DATE:
        return day(date.fromisoformat(value) if isinstance(value, str) else value)
    if spec.type is FieldType.FLAG:
        return gettext("yes") if value else gettext("no")
    if spec.type in (FieldType.LINES, FieldType.CHOICES, FieldType.ROWS):
        return "\n".join(_items(spec, value))
    if spec.type is FieldType.CHOICE:
        return _code_in_words(spec, str(value), parent)
    return str(value)


def change_in_words(kind: EntryKind, name: str, pair: Sequence[Any]) -> Change:
    """A change of one field, as the history keeps it, in words.

    Args:
        kind: which database the entry belongs to.
        name: the field; names that are no field of an entry are shown as they are.
        pair: value before and value after, as JSON kept them.
    """
    before, after = (*pair, None, None)[:2]
    spec = next((spec for spec in FIELDS[kind] if spec.name == name), None)
    if spec is not None:
        return Change(field_label(name), in_words(spec, before), in_words(spec, after))
    if name == "status":
        words = [label(value, "entry_status") if value else "" for value in (before, after)]
        return Change(field_label(name), *words)
    if name in LABELS["relation"]:
        return Change(label(name, "relation"), _plain(before), _plain(after))
    return Change(field_label(name), _plain(before), _plain(after))


def shown_fields(entry: Entry, *, contact: bool = False) -> list[ShownField]:
    """All fields of an entry that have a value, in words.

    Args:
        entry: the entry.
        contact: whether the contact is shown too.
    """
    values = values_of(entry)
    found = []
    for spec in FIELDS[entry.kind]:
        value = values[spec.name]
        if is_empty(value) or (spec.name in CONTACT_FIELDS and not contact):
            continue
        many = spec.type in (FieldType.LINES, FieldType.CHOICES, FieldType.ROWS)
        items = tuple(_items(spec, value)) if many else ()
        text = "" if items else in_words(spec, value)
        found.append(ShownField(spec.name, field_label(spec.name), text, items))
    return found


def _items(spec: FieldSpec, value: Sequence[Any]) -> list[str]:
    if spec.type is FieldType.LINES:
        return [str(item) for item in value]
    if spec.type is FieldType.CHOICES:
        return [_code_in_words(spec, str(item), "") for item in value]
    return [_row_in_words(spec, row) for row in value]


def _row_in_words(spec: FieldSpec, row: Mapping[str, Any]) -> str:
    cells = [in_words(column, row.get(column.name), spec.name) for column in spec.columns]
    return " · ".join(cell for cell in cells if cell)


def _code_in_words(spec: FieldSpec, code: str, parent: str) -> str:
    name = f"{parent}.{spec.name}" if parent else spec.name
    if spec.scheme and name not in VOCABULARY_OF_FIELD:
        return services().taxonomies.name(spec.scheme, code, current_language())
    vocabulary = VOCABULARY_OF_FIELD.get(name)
    return label(code, vocabulary) if vocabulary else code


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(str(item) for item in value)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return "" if value is None else str(value)
