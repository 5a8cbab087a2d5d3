"""Checks of an entry's values against its field table: what may be saved, what may be submitted."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from typing import Any

from matchmaker.domain.errors import Problem
from matchmaker.domain.fields import FIELDS, FieldSpec, FieldType
from matchmaker.domain.kinds import EntryKind

#: Answers whether a code belongs to a taxonomy: (scheme, code) → bool.
KnowsCode = Callable[[str, str], bool]

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_LINE_LENGTH = 300


def problems_in(
    kind: EntryKind, values: Mapping[str, Any], knows_code: KnowsCode, *, complete: bool
) -> list[Problem]:
    """Check an entry's values.

    Args:
        kind: which database the entry belongs to.
        values: typed values by field name; a missing key is an empty value.
        knows_code: whether a taxonomy holds a code.
        complete: whether required fields must be there (to submit) or may be missing (a draft).

    Returns:
        Everything that is wrong, in the order of the fields.
    """
    found: list[Problem] = []
    for spec in FIELDS[kind]:
        value = values.get(spec.name)
        if is_empty(value):
            if spec.required and complete:
                found.append(Problem(spec.name, "required"))
            continue
        found.extend(_problems_of(spec, value, knows_code))
    found.extend(_cross_checks(values))
    if complete and not values.get("contact_phone") and not values.get("contact_email"):
        found.append(Problem("contact_phone", "contact_way_needed"))
    return found


def is_empty(value: object) -> bool:
    """Whether a value counts as not given; 0 and False are given."""
    return value is None or value in ("", (), [], {})


def _problems_of(spec: FieldSpec, value: Any, knows_code: KnowsCode) -> Iterator[Problem]:
    check = _BY_TYPE.get(spec.type)
    if check is not None:
        yield from check(spec, value, knows_code)


def _check_text(spec: FieldSpec, value: str, _: KnowsCode) -> Iterator[Problem]:
    if spec.max_length and len(value) > spec.max_length:
        yield Problem(spec.name, "too_long", {"most": spec.max_length, "is": len(value)})
    if "\x00" in value:
        yield Problem(spec.name, "unreadable")
    if spec.name == "contact_email" and not _EMAIL.match(value):
        yield Problem(spec.name, "email")


def _check_lines(spec: FieldSpec, value: Collection[str], _: KnowsCode) -> Iterator[Problem]:
    if len(value) > spec.max_length:
        yield Problem(spec.name, "too_many", {"most": spec.max_length, "is": len(value)})
    longest = max(map(len, value))
    if longest > _LINE_LENGTH:
        yield Problem(spec.name, "line_too_long", {"most": _LINE_LENGTH, "is": longest})
    if any("\x00" in line for line in value):
        yield Problem(spec.name, "unreadable")


def _check_choice(spec: FieldSpec, value: str, knows_code: KnowsCode) -> Iterator[Problem]:
    known = (
        value in spec.choices.__members__.values()
        if spec.choices is not None
        else knows_code(spec.scheme, value)
    )
    if not known:
        yield Problem(spec.name, "unknown_choice", {"value": value})


def _check_choices(
    spec: FieldSpec, value: Collection[str], knows_code: KnowsCode
) -> Iterator[Problem]:
    if len(value) > spec.max_length:
        yield Problem(spec.name, "too_many", {"most": spec.max_length, "is": len(value)})
    for item in value:
        yield from _check_choice(spec, item, knows_code)


def _check_number(spec: FieldSpec, value: int, _: KnowsCode) -> Iterator[Problem]:
    if spec.low is not None and value < spec.low:
        yield Problem(spec.name, "too_small", {"least": spec.low})
    if spec.high is not None and value > spec.high:
        yield Problem(spec.name, "too_large", {"most": spec.high})


def _check_date(spec: FieldSpec, value: date, _: KnowsCode) -> Iterator[Problem]:
    if not 1950 <= value.year <= 2100:
        yield Problem(spec.name, "date_out_of_range")


def _check_rows(
    spec: FieldSpec, rows: Collection[Mapping[str, Any]], knows_code: KnowsCode
) -> Iterator[Problem]:
    if len(rows) > spec.max_length:
        yield Problem(spec.name, "too_many", {"most": spec.max_length, "is": len(rows)})
    for number, row in enumerate(rows):
        for column in spec.columns:
            value = row.get(column.name)
            where = f"{spec.name}.{number}.{column.name}"
            if is_empty(value):
                if column.required:
                    yield Problem(where, "required")
                continue
            for problem in _problems_of(column, value, knows_code):
                yield Problem(where, problem.code, problem.params)


def _cross_checks(values: Mapping[str, Any]) -> Iterator[Problem]:
    for low, high, code in (
        ("budget_min", "budget_max", "budget_reversed"),
        ("start_on", "planned_end_on", "dates_reversed"),
        ("start_on", "ended_on", "dates_reversed"),
    ):
        first, last = values.get(low), values.get(high)
        if first is not None and last is not None and first > last:
            yield Problem(high, code)


_BY_TYPE: Mapping[FieldType, Callable[[FieldSpec, Any, KnowsCode], Iterator[Problem]]] = {
    FieldType.TEXT: _check_text,
    FieldType.LONG_TEXT: _check_text,
    FieldType.LINES: _check_lines,
    FieldType.CHOICE: _check_choice,
    FieldType.CHOICES: _check_choices,
    FieldType.MONEY: _check_number,
    FieldType.INTEGER: _check_number,
    FieldType.DATE: _check_date,
    FieldType.ROWS: _check_rows,
}
