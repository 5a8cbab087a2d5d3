"""Turns what was typed into typed values; what can't be read becomes a problem at its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from matchmaker.domain.checks import KnowsCode, problems_in
from matchmaker.domain.errors import Problem
from matchmaker.domain.fields import FIELDS, FieldSpec, FieldType
from matchmaker.domain.kinds import EntryKind
from matchmaker.web.workspace.raw import FEN_IN_WAN, rows_of

_AMOUNT = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
_WHOLE = re.compile(r"-?\d{1,9}")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_BETWEEN_KEYWORDS = re.compile(r"[,，、;；\n]")
_SHOWN = 40
#: An entry always has these; a form that does not choose leaves them as they are.
_NEVER_EMPTY = ("visibility", "language")


class _UnreadableError(Exception):
    """A text that can't be read as its field wants it; holds the code of the problem."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A form, read.

    Attributes:
        values: typed values of the fields of the kind.
        problems: what could not be read, or breaks a rule, in the order of the fields.
    """

    values: dict[str, Any]
    problems: list[Problem]


def parse(kind: EntryKind, raw: Mapping[str, Any]) -> Parsed:
    """Read a form whose rows are numbered from 0; a control that is not there is empty."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for spec in FIELDS[kind]:
        if spec.type is FieldType.ROWS:
            values[spec.name] = _rows(spec, raw, problems)
        else:
            texts = [str(text) for text in raw.get(spec.name, ())]
            values[spec.name] = _read(spec, texts, spec.name, problems)
    for name in _NEVER_EMPTY:
        if values[name] is None:
            del values[name]
    return Parsed(values, problems)


def checked(kind: EntryKind, raw: Mapping[str, Any], knows: KnowsCode, *, complete: bool) -> Parsed:
    """Read a form and hold it against the rules of its fields.

    Args:
        kind: which database it belongs to.
        raw: what was typed, rows numbered from 0.
        knows: whether a taxonomy holds a code.
        complete: whether required fields must be filled in.
    """
    parsed = parse(kind, raw)
    unread = {problem.field for problem in parsed.problems}
    rules = problems_in(kind, parsed.values, knows, complete=complete)
    found = [*parsed.problems, *(problem for problem in rules if problem.field not in unread)]
    order = {spec.name: number for number, spec in enumerate(FIELDS[kind])}
    found.sort(key=lambda problem: order.get(problem.field.partition(".")[0], -1))
    return Parsed(parsed.values, found)


def _rows(spec: FieldSpec, raw: Mapping[str, Any], problems: list[Problem]) -> list[dict[str, Any]]:
    return [
        {
            column.name: _read(
                column, [row.get(column.name, "")], f"{spec.name}.{number}.{column.name}", problems
            )
            for column in spec.columns
        }
        for number, row in enumerate(rows_of(spec, raw))
    ]


def _read(spec: FieldSpec, texts: Sequence[str], where: str, problems: list[Problem]) -> Any:
    try:
        return _READERS[spec.type](spec, texts)
    except _UnreadableError as error:
        problems.append(Problem(where, str(error), {"value": texts[0].strip()[:_SHOWN]}))
        return None


def _text(_: FieldSpec, texts: Sequence[str]) -> str:
    return texts[0].replace("\r\n", "\n").strip() if texts else ""


def _lines(spec: FieldSpec, texts: Sequence[str]) -> list[str]:
    text = _text(spec, texts)
    pieces = _BETWEEN_KEYWORDS.split(text) if spec.name == "keywords" else text.split("\n")
    return list(dict.fromkeys(piece.strip() for piece in pieces if piece.strip()))


def _choice(spec: FieldSpec, texts: Sequence[str]) -> str | None:
    return _text(spec, texts) or None


def _choices(_: FieldSpec, texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(text.strip() for text in texts if text.strip()))


def _money(spec: FieldSpec, texts: Sequence[str]) -> int | None:
    """An amount in 万元 as 分, exactly; a thousands mark and the unit may stand there."""
    text = re.sub(r"[\s,，]|万元?$", "", _text(spec, texts).rstrip())
    if not text:
        return None
    if not _AMOUNT.fullmatch(text):
        raise _UnreadableError("not_a_number")
    return int(Decimal(text) * FEN_IN_WAN)


def _integer(spec: FieldSpec, texts: Sequence[str]) -> int | None:
    text = _text(spec, texts)
    if not text:
        return None
    if not _WHOLE.fullmatch(text):
        raise _UnreadableError("not_a_number")
    return int(text)


def _date(spec: FieldSpec, texts: Sequence[str]) -> date | None:
    text = re.sub(r"\s", "", _text(spec, texts))
    if not text:
        return None
    found = _DAY.fullmatch(text)
    if not found:
        raise _UnreadableError("not_a_date")
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        raise _UnreadableError("not_a_date") from None


def _flag(spec: FieldSpec, texts: Sequence[str]) -> bool:
    return bool(_text(spec, texts))


_READERS: Mapping[FieldType, Callable[[FieldSpec, Sequence[str]], Any]] = {
    FieldType.TEXT: _text,
    FieldType.LONG_TEXT: _text,
    FieldType.LINES: _lines,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.MONEY: _money,
    FieldType.INTEGER: _integer,
    FieldType.DATE: _date,
    FieldType.FLAG: _flag,
}
