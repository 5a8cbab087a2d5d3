"""The clauses read from a demand's form, as rows that can be put right beside it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matchmaker.domain.errors import Problem
from matchmaker.domain.kinds import EntryKind
from matchmaker.matching.clauses.correcting import Correction, Requirement, read_by_quote
from matchmaker.matching.clauses.model import Comparator
from matchmaker.matching.sides import LINE
from matchmaker.web.workspace.parse import parse
from matchmaker.web.workspace.raw import Raw

NEW = "new"
"""Key of the row in which a clause is added."""

_COLUMNS = ("quote", "subject", "comparator", "low", "high", "unit", "condition", "dismissed")
_NAME = re.compile(r"clauses-([0-9a-f]{8}|new)-(\w+)", re.ASCII)
_LONGEST, _LONGEST_QUOTE, _MOST_ROWS = 120, 500, 100
_FIGURE = re.compile(r"-?\d{1,12}(\.\d{1,9})?", re.ASCII)
_TWO_BOUNDS = (Comparator.BETWEEN, Comparator.WITHIN)


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """One clause with its controls.

    Attributes:
        key: part of the controls' names, the same while the quote stays; `NEW` for an added one.
        cells: column → text, as it is typed or as it was read.
        requirement: what the cells say, ``None`` where it is dismissed or can't be read.
        touched: whether it differs from what was read.
    """

    key: str
    cells: Mapping[str, str]
    requirement: Requirement | None
    touched: bool

    @property
    def dismissed(self) -> bool:
        """Whether it is said to be no requirement."""
        return bool(self.cells.get("dismissed"))


class _UnreadableError(Exception):
    """A row that says nothing that can be kept; holds the problem's code and what is wrong."""


def clause_rows(raw: Mapping[str, Any]) -> list[ClauseRow]:
    """The rows of a demand's form: what is read from its field, as far as it was not put right."""
    text, typed = _text(raw), _typed(raw)
    read = read_by_quote(text)
    rows = {
        quote: _row(key, cells, read.get(quote))
        for key, cells in typed.items()
        if (quote := cells.get("quote", "")) in text and quote
    }
    as_read = {
        quote: _row(key_of(quote), _cells(Correction(quote, found)), found)
        for quote, found in read.items()
        if quote not in rows
    }
    return sorted({**rows, **as_read}.values(), key=lambda row: text.index(row.cells["quote"]))


def added_cells(raw: Mapping[str, Any]) -> Mapping[str, str]:
    """What is typed in the row for a further clause and can't be kept as it is; else nothing."""
    cells = _typed(raw).get(NEW, {})
    return cells if cells and cells.get("quote", "") not in _text(raw) else {}


def corrections_in(raw: Mapping[str, Any]) -> tuple[list[Correction], list[Problem]]:
    """What a demand's form puts right, and what of it can't be read.

    A row that is as it was read is among the corrections too: it takes back an earlier one.
    """
    text = _text(raw)
    found: list[Correction] = []
    problems: list[Problem] = []
    for key, cells in _typed(raw).items():
        quote = cells.get("quote", "")
        if not quote or quote not in text:
            if key == NEW:
                problems.append(Problem("clauses", "quote_not_found", {"quote": quote[:40]}))
            continue
        try:
            found.append(Correction(quote, _required(cells)))
        except _UnreadableError as error:
            code, value = error.args
            problems.append(Problem("clauses", code, {"value": value[:40]}))
    return found, problems


def raw_rows(corrections: Sequence[Correction]) -> Raw:
    """The controls that say what was put right."""
    found: Raw = {}
    for held in corrections:
        found.update(_named(key_of(held.quote), _cells(held)))
    return found


def only_touched(raw: Mapping[str, Any]) -> Raw:
    """The same form without those rows that are as they were read."""
    kept = {name: list(texts) for name, texts in raw.items() if not _NAME.fullmatch(name)}
    for row in clause_rows(raw):
        if row.touched:
            kept.update(_named(key_of(row.cells["quote"]), row.cells))
    return {**kept, **_named(NEW, added_cells(raw))}


def rows_as_sent(raw: Mapping[str, Any]) -> Raw:
    """The controls of rows alone."""
    return {name: list(texts) for name, texts in raw.items() if _NAME.fullmatch(name)}


def _named(key: str, cells: Mapping[str, str]) -> Raw:
    return {f"clauses-{key}-{column}": [text] for column, text in cells.items()}


def _row(key: str, cells: Mapping[str, str], read: Requirement | None) -> ClauseRow:
    try:
        requirement = _required(cells)
    except _UnreadableError:
        return ClauseRow(key, cells, None, touched=True)
    return ClauseRow(key, cells, requirement, touched=requirement != read)


def _required(cells: Mapping[str, str]) -> Requirement | None:
    """What the cells of a row require; ``None`` for a dismissed one.

    Raises:
        _UnreadableError: a figure or the comparator can't be read.
    """
    if cells.get("dismissed"):
        return None
    if cells.get("comparator") not in Comparator.__members__.values():
        raise _UnreadableError("unknown_choice", cells.get("comparator", ""))
    comparator = Comparator(cells["comparator"])
    low, high = _figure(cells.get("low", "")), None
    if comparator in _TWO_BOUNDS:
        high = _figure(cells.get("high", ""))
    if comparator is Comparator.BETWEEN and high is not None:
        low, high = min(low, high), max(low, high)
    texts = (cells.get(name, "")[:_LONGEST] for name in ("subject", "unit", "condition"))
    subject, unit, condition = texts
    return Requirement(subject, comparator, low, high, unit, condition)


def _figure(text: str) -> float:
    plain = re.sub(r"[\s,，]", "", text)
    if not _FIGURE.fullmatch(plain):
        raise _UnreadableError("not_a_number", text)
    return float(plain)


def _text(raw: Mapping[str, Any]) -> str:
    return LINE.join(parse(EntryKind.DEMAND, {"clauses": raw.get("clauses", ())}).values["clauses"])


def _typed(raw: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Cells by row; a row without any text but its comparator is none."""
    rows: dict[str, dict[str, str]] = {}
    for name, texts in raw.items():
        found = _NAME.fullmatch(name)
        if found and found[2] in _COLUMNS and texts and len(rows) < _MOST_ROWS:
            value = str(texts[0]).strip()[:_LONGEST_QUOTE]
            rows.setdefault(found[1], {})[found[2]] = value
    return {
        key: cells
        for key, cells in rows.items()
        if any(value for name, value in cells.items() if name != "comparator")
    }


def _cells(correction: Correction) -> dict[str, str]:
    held = correction.requirement
    if held is None:
        return {"quote": correction.quote, "dismissed": "1"}
    return {
        "quote": correction.quote,
        "subject": held.subject,
        "comparator": str(held.comparator),
        "low": _number(held.low),
        "high": "" if held.high is None else _number(held.high),
        "unit": held.unit,
        "condition": held.condition,
    }


def _number(value: float) -> str:
    """A figure as it is typed, with all its digits and no exponent."""
    return f"{value:.9f}".rstrip("0").rstrip(".")


def key_of(quote: str) -> str:
    """Part of the names of a quote's controls."""
    return f"{zlib.crc32(quote.encode()):08x}"
