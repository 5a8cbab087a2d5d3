"""An entry's values as one mapping: read from the row, written to it, compared, kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from matchmaker.domain.checks import is_empty
from matchmaker.domain.fields import FIELDS, FieldSpec, FieldType
from matchmaker.domain.kinds import EntryKind
from matchmaker.models import Achievement, Demand, Entry, Expert, Project

CLASSES: Mapping[EntryKind, type[Entry]] = {
    EntryKind.ACHIEVEMENT: Achievement,
    EntryKind.DEMAND: Demand,
    EntryKind.PROJECT: Project,
    EntryKind.EXPERT: Expert,
}

#: Values by field name, typed as `FieldType` says.
Values = Mapping[str, Any]

_EMPTY: Mapping[FieldType, Any] = {
    FieldType.TEXT: "",
    FieldType.LONG_TEXT: "",
    FieldType.LINES: [],
    FieldType.CHOICES: [],
    FieldType.ROWS: [],
    FieldType.FLAG: False,
}
_NEVER_EMPTY = {"visibility", "language"}
_COLUMN_TEXTS = {"region", "language"}


def values_of(entry: Entry) -> dict[str, Any]:
    """All values of an entry by field name."""
    return {spec.name: _from_column(spec, entry) for spec in FIELDS[entry.kind]}


def apply(entry: Entry, values: Values) -> dict[str, tuple[Any, Any]]:
    """Write values to an entry.

    Args:
        entry: the row to change.
        values: typed values; fields that are not in it stay as they are.

    Returns:
        What changed: field name → (before, after), ready for JSON.
    """
    before = values_of(entry)
    changed: dict[str, tuple[Any, Any]] = {}
    for spec in FIELDS[entry.kind]:
        if spec.name not in values or _would_empty(spec, values[spec.name]):
            continue
        value = _tidy(spec, values[spec.name])
        if value != before[spec.name]:
            setattr(entry, spec.name, _to_column(spec, value))
            changed[spec.name] = (_json(before[spec.name]), _json(value))
    return changed


def differences(entry: Entry, values: Values) -> dict[str, tuple[Any, Any]]:
    """What `apply` would change, without changing it."""
    before = values_of(entry)
    return {
        spec.name: (_json(before[spec.name]), _json(value))
        for spec in FIELDS[entry.kind]
        if spec.name in values
        and not _would_empty(spec, values[spec.name])
        and (value := _tidy(spec, values[spec.name])) != before[spec.name]
    }


def from_json(kind: EntryKind, values: Mapping[str, Any]) -> dict[str, Any]:
    """Typed values from what was kept as JSON; unknown names are left out."""
    specs = {spec.name: spec for spec in FIELDS[kind]}
    return {name: _typed(specs[name], value) for name, value in values.items() if name in specs}


def to_json(values: Values) -> dict[str, Any]:
    """Values as JSON can keep them: dates as ISO text."""
    return {name: _json(value) for name, value in values.items()}


def _would_empty(spec: FieldSpec, value: Any) -> bool:
    """Whether this would take away a value that every entry has from its beginning."""
    return spec.name in _NEVER_EMPTY and is_empty(value)


def _tidy(spec: FieldSpec, value: Any) -> Any:
    if is_empty(value):
        empty = _EMPTY.get(spec.type)
        return list(empty) if isinstance(empty, list) else empty
    if spec.type in (FieldType.LINES, FieldType.CHOICES):
        return [str(item) for item in value]
    if spec.type is FieldType.ROWS:
        return [_tidy_row(spec, row) for row in value]
    if spec.type in (FieldType.TEXT, FieldType.LONG_TEXT):
        return str(value).replace("\r\n", "\n").strip()
    return str(value) if spec.type is FieldType.CHOICE else value


def _tidy_row(spec: FieldSpec, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        column.name: _json(row[column.name])
        for column in spec.columns
        if not is_empty(row.get(column.name))
    }


def _from_column(spec: FieldSpec, entry: Entry) -> Any:
    value = getattr(entry, spec.name)
    if spec.type is FieldType.CHOICE:
        return str(value) if value else None
    return _tidy(spec, value) if value is None else value


def _to_column(spec: FieldSpec, value: Any) -> Any:
    if spec.type is FieldType.CHOICE and value is not None and spec.name not in _COLUMN_TEXTS:
        return spec.choices(value) if spec.choices else value
    if value is None and spec.name in _COLUMN_TEXTS:
        return ""
    return value


def _typed(spec: FieldSpec, value: Any) -> Any:
    if spec.type is FieldType.DATE and isinstance(value, str) and value:
        return date.fromisoformat(value)
    return value


def _json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_json(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _json(item) for key, item in value.items()}
    return value
