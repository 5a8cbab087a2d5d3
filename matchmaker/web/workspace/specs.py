"""Lays a form out: sections of fields as the field macro takes them, with what was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from matchmaker.domain.fields import FIELDS, SECTIONS, FieldSpec, FieldType
from matchmaker.domain.kinds import EntryKind
from matchmaker.web.labels import label
from matchmaker.web.workspace.hints import hint_for, section_text
from matchmaker.web.workspace.options import is_single_choice, options_of
from matchmaker.web.workspace.raw import first, rows_of

Spec = dict[str, Any]
Errors = Mapping[str, Sequence[str]]

#: Fields that stand beside each other.
_BESIDE = (
    ("name", "professional_title"),
    ("budget_min", "budget_max"),
    ("price", "price_negotiable"),
    ("start_on", "planned_end_on", "ended_on"),
    ("contact_phone", "contact_email"),
)
_FEWEST_FOR_LIST = 6
_CONTROLS: Mapping[FieldType, str] = {
    FieldType.TEXT: "text",
    FieldType.LONG_TEXT: "textarea",
    FieldType.LINES: "lines",
    FieldType.CHOICES: "multiselect",
    FieldType.MONEY: "money",
    FieldType.INTEGER: "text",
    FieldType.DATE: "date",
    FieldType.FLAG: "checkbox",
}
_INPUTS = {"contact_phone": "tel", "contact_email": "email"}
_COMPLETES = {"contact_phone": "tel", "contact_email": "email", "contact_name": "name"}
_LONG = {"body": 10, "summary": 2}


@dataclass(frozen=True, slots=True)
class RowGroup:
    """A repeated field: rows of columns that can be added."""

    name: str
    legend: str
    help: str
    add_label: str
    rows: list[dict[str, str]]
    columns: tuple[FieldSpec, ...]
    errors: Errors

    def cells(self, row: Mapping[str, str], index: int | str) -> list[Spec]:
        """The fields of one row."""
        return [
            {
                "name": f"{self.name}-{index}-{column.name}",
                "label": label(column.name, "field"),
                "type": "select" if is_single_choice(column) else _CONTROLS[column.type],
                "value": row.get(column.name, ""),
                "options": options_of(column, self.name),
                "required": column.required,
                "errors": self.errors.get(f"{self.name}.{index}.{column.name}", ()),
            }
            for column in self.columns
        ]


@dataclass(frozen=True, slots=True)
class Line:
    """What stands on one line of a form: one field, several beside each other, or a group."""

    specs: tuple[Spec, ...] = ()
    group: RowGroup | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a form."""

    id: str
    title: str
    text: str
    lines: list[Line]


def sections_of(
    kind: EntryKind, raw: Mapping[str, Any], errors: Errors, notes: Mapping[str, str]
) -> list[Section]:
    """Lay out the form of a kind.

    Args:
        kind: which database.
        raw: what is typed in it, rows numbered from 0.
        errors: field name → sentences; rows as "ip_rights.0.type".
        notes: field name → a broker's remark.
    """
    found = []
    for section in SECTIONS:
        specs = [spec for spec in FIELDS[kind] if spec.section == section]
        lines = _lines(kind, specs, raw, errors, notes)
        if lines:
            title = label(section, "section")
            found.append(Section(f"section-{section}", title, section_text(section), lines))
    return found


def errors_in_order(kind: EntryKind, errors: Errors) -> list[tuple[str, str]]:
    """All errors for the summary above the form: (id of the field, sentence with its label)."""
    found: list[tuple[str, str]] = []
    for name, sentences in errors.items():
        group, _dot, rest = name.partition(".")
        column = rest.partition(".")[2]
        words = label(group, "field") + (f" › {label(column, 'field')}" if column else "")
        target = name.replace(".", "-")
        found.extend(
            (target, _("%(field)s: %(problem)s", field=words, problem=text)) for text in sentences
        )
    return found


def _lines(
    kind: EntryKind,
    specs: Sequence[FieldSpec],
    raw: Mapping[str, Any],
    errors: Errors,
    notes: Mapping[str, str],
) -> list[Line]:
    fields = {
        spec.name: _field(kind, spec, raw, errors, notes)
        for spec in specs
        if spec.type is not FieldType.ROWS
    }
    lines = []
    for spec in specs:
        if spec.type is FieldType.ROWS:
            lines.append(Line(group=_group(kind, spec, raw, errors)))
            continue
        beside = next((names for names in _BESIDE if spec.name in names), (spec.name,))
        if spec.name == beside[0]:
            lines.append(Line(tuple(fields[name] for name in beside if name in fields)))
    return lines


def _field(
    kind: EntryKind,
    spec: FieldSpec,
    raw: Mapping[str, Any],
    errors: Errors,
    notes: Mapping[str, str],
) -> Spec:
    hint = hint_for(kind, spec.name)
    options = options_of(spec)
    return {
        "name": spec.name,
        "label": label(spec.name, "field"),
        "type": _control(spec, len(options)),
        "value": _value(spec, raw),
        "options": options,
        "required": spec.required,
        "help": str(hint.help),
        "example": str(hint.example),
        "errors": errors.get(spec.name, ()),
        "note": notes.get(spec.name, ""),
        "rows": _LONG.get(spec.name, 4),
        "autocomplete": _COMPLETES.get(spec.name, ""),
        "width": "short" if spec.type in (FieldType.DATE, FieldType.MONEY) else "",
    }


def _group(kind: EntryKind, spec: FieldSpec, raw: Mapping[str, Any], errors: Errors) -> RowGroup:
    return RowGroup(
        spec.name,
        label(spec.name, "field"),
        str(hint_for(kind, spec.name).help),
        _("Add a line"),
        rows_of(spec, raw),
        spec.columns,
        errors,
    )


def _control(spec: FieldSpec, choices: int) -> str:
    if is_single_choice(spec):
        return "radio" if spec.required and 0 < choices < _FEWEST_FOR_LIST else "select"
    if spec.name == "summary":
        return "textarea"
    return _INPUTS.get(spec.name) or _CONTROLS[spec.type]


def _value(spec: FieldSpec, raw: Mapping[str, Any]) -> Any:
    if spec.type is FieldType.CHOICES:
        return raw.get(spec.name, [])
    return first(raw, spec.name)
