"""A form as it was typed: texts by control name, kept unread until they are asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from matchmaker.domain.checks import is_empty
from matchmaker.domain.codes import parse_code
from matchmaker.domain.fields import FIELDS, FieldSpec, FieldType
from matchmaker.domain.kinds import EntryKind

#: Control name → what was typed or chosen there, in the order of the form.
Raw = dict[str, list[str]]

FEN_IN_WAN = 1_000_000
_NOT_KEPT = {"csrf_token", "then"}
_NEW, _EDIT = "new:", "edit:"


def raw_of(form: MultiDict[str, str]) -> Raw:
    """What a request sends, without the token and the button."""
    return {
        name: texts for name, texts in form.to_dict(flat=False).items() if name not in _NOT_KEPT
    }


def base_version(form: Mapping[str, Any]) -> int:
    """The version of the entry that the form was made from; 0 for a new one."""
    text = form.get("version", "0")
    text = text[0] if isinstance(text, list) else text
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 10 else 0


def first(raw: Mapping[str, Any], name: str) -> str:
    """The one text of a control, or ""."""
    texts = raw.get(name) or [""]
    return str(texts[0])


def name_of_new(kind: EntryKind) -> str:
    """How the form of a new entry is named among the kept forms."""
    return _NEW + str(kind)


def name_of_edit(code: str) -> str:
    """How the form of an edit is named among the kept forms."""
    return _EDIT + code


def address_of(name: str) -> str:
    """Where a kept form is filled in; "" for a name that is none."""
    kind, code = name.removeprefix(_NEW), name.removeprefix(_EDIT)
    if name.startswith(_NEW) and kind in EntryKind.__members__.values():
        return url_for("workspace.new", kind=kind)
    if name.startswith(_EDIT) and parse_code(code):
        return url_for("workspace.edit", code=code)
    return ""


def name_of_sent_form(endpoint: str, arguments: Mapping[str, Any]) -> str:
    """The name of the form that a request to an endpoint sends, or ""."""
    if endpoint == "workspace.create":
        name = _NEW + str(arguments.get("kind", ""))
    elif endpoint in ("workspace.save", "workspace.resolve"):
        name = _EDIT + str(arguments.get("code", ""))
    else:
        return ""
    return name if address_of(name) else ""


def tidy_rows(kind: EntryKind, raw: Mapping[str, Any]) -> Raw:
    """The same form with its repeated rows numbered from 0 and the empty ones left out."""
    found: Raw = {name: list(texts) for name, texts in raw.items()}
    for spec in FIELDS[kind]:
        if spec.type is FieldType.ROWS:
            rows = rows_of(spec, found)
            for name in [name for name in found if name.startswith(f"{spec.name}-")]:
                del found[name]
            found.update(_numbered(spec.name, rows))
    return found


def rows_of(spec: FieldSpec, raw: Mapping[str, Any]) -> list[dict[str, str]]:
    """The rows of a repeated field in which anything was typed: column → text."""
    pattern = re.compile(rf"{re.escape(spec.name)}-(\d{{1,4}})-(\w+)", re.ASCII)
    columns = {column.name for column in spec.columns}
    rows: dict[int, dict[str, str]] = {}
    for name, texts in raw.items():
        found = pattern.fullmatch(name)
        if found and found[2] in columns and texts and str(texts[0]).strip():
            rows.setdefault(int(found[1]), {})[found[2]] = str(texts[0])
    return [rows[number] for number in sorted(rows)]


def raw_from(kind: EntryKind, values: Mapping[str, Any]) -> Raw:
    """The form that shows an entry's values as somebody would have typed them."""
    found: Raw = {}
    for spec in FIELDS[kind]:
        value = values.get(spec.name)
        if spec.type is FieldType.ROWS:
            rows = [_row_texts(spec, row) for row in value or ()]
            found.update(_numbered(spec.name, rows))
        elif not is_empty(value) and value is not False:
            found[spec.name] = _texts(spec, value)
    return found


def same_content(kind: EntryKind, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two forms hold the same, apart from blanks and what no field is named."""
    return _content(kind, one) == _content(kind, other)


def _content(kind: EntryKind, raw: Mapping[str, Any]) -> dict[str, list[str]]:
    names = {spec.name for spec in FIELDS[kind]}
    return {
        name: kept
        for name, texts in tidy_rows(kind, raw).items()
        if name.partition("-")[0] in names
        and (kept := [str(t).replace("\r\n", "\n").strip() for t in texts if str(t).strip()])
    }


def _numbered(name: str, rows: Iterable[Mapping[str, str]]) -> Raw:
    return {
        f"{name}-{number}-{column}": [text]
        for number, row in enumerate(rows)
        for column, text in row.items()
    }


def _row_texts(spec: FieldSpec, row: Mapping[str, Any]) -> dict[str, str]:
    return {
        column.name: str(row[column.name])
        for column in spec.columns
        if not is_empty(row.get(column.name))
    }


def _texts(spec: FieldSpec, value: Any) -> list[str]:
    if spec.type is FieldType.CHOICES:
        return [str(item) for item in value]
    if spec.type is FieldType.LINES:
        return ["\n".join(value)]
    if spec.type is FieldType.MONEY:
        return [f"{Decimal(value) / FEN_IN_WAN:f}"]
    if spec.type is FieldType.FLAG:
        return ["1"]
    return [value.isoformat() if isinstance(value, date) else str(value)]
