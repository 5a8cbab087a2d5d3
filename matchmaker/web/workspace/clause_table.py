"""The table of clauses in the clinic's panel: each in words, with controls to correct it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from matchmaker.matching.clauses.correcting import Requirement
from matchmaker.matching.clauses.model import Comparator
from matchmaker.web.workspace.clause_rows import NEW, ClauseRow, added_cells, clause_rows, key_of
from matchmaker.web.workspace.clinic_words import BOUNDS

Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ClauseWords:
    """A clause in words: what is measured, how it is bounded, the figures with their unit."""

    subject: str
    bound: str
    value: str
    condition: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """One clause of the field, or the empty row for a further one.

    Attributes:
        key: part of the controls' names.
        quote: the words it is read from.
        words: what it says, ``None`` where it is dismissed or can't be read.
        touched: whether it differs from what was read.
        dismissed: whether it is said to be no requirement.
        specs: its controls, as the field macro takes them.
    """

    key: str
    quote: str
    words: ClauseWords | None
    touched: bool
    dismissed: bool
    specs: list[Spec]


@dataclass(frozen=True, slots=True)
class ClauseTable:
    """The rows, and the controls in which a further clause is quoted."""

    rows: list[TableRow]
    new: list[Spec]


def clause_table(raw: Mapping[str, Any], *, added: bool = True) -> ClauseTable:
    """The table of a demand's form.

    Args:
        raw: the form as it was typed.
        added: whether a clause added in the last row becomes a row of its own; while somebody
            types there it stays where it is.
    """
    rows = [_table_row(row) for row in clause_rows(raw) if added or row.key != NEW]
    cells = added_cells(raw)
    quote = _spec(NEW, "quote", _("Quoted piece of the requirements"), cells)
    return ClauseTable(rows, [quote, *_specs(NEW, cells)])


def clause_in_words(held: Requirement) -> ClauseWords:
    """What a clause requires, in words."""
    value = f"{held.low:g}"
    if held.high is not None:
        joint = " ± " if held.comparator is Comparator.WITHIN else "–"
        value += f"{joint}{held.high:g}"
    bound = str(BOUNDS[held.comparator])
    return ClauseWords(held.subject, bound, f"{value} {held.unit}".strip(), held.condition)


def _table_row(row: ClauseRow) -> TableRow:
    words = clause_in_words(row.requirement) if row.requirement else None
    quote = row.cells["quote"]
    key = key_of(quote)
    specs = _specs(key, row.cells)
    return TableRow(key, quote, words, row.touched, row.dismissed, specs)


def _specs(key: str, cells: Mapping[str, str]) -> list[Spec]:
    comparators = [(str(comparator), str(words)) for comparator, words in BOUNDS.items()]
    return [
        _spec(key, "subject", _("What is measured"), cells),
        {
            **_spec(key, "comparator", _("Comparison"), cells),
            "type": "select",
            "options": comparators,
            "value": cells.get("comparator") or str(Comparator.AT_LEAST),
            "required": True,
        },
        _spec(key, "low", _("Value"), cells),
        _spec(key, "high", _("Upper value or deviation"), cells),
        _spec(key, "unit", _("Unit"), cells),
        _spec(key, "condition", _("Condition"), cells),
    ]


def _spec(key: str, column: str, label: str, cells: Mapping[str, str]) -> Spec:
    name = f"clauses-{key}-{column}"
    return {"name": name, "label": label, "value": cells.get(column, "")}
