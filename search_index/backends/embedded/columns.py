"""What documents are filtered, counted and sorted by, as columns in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from search_index.backends.embedded.growing import Growing, Pending
from search_index.backends.embedded.store import Row
from search_index.documents import KIND, LANGUAGE, Range

Mask = NDArray[np.bool_]
Values = NDArray[np.float64]


class CodedColumn:
    """A many-valued column of strings: pairs of (row, code), rows ascending."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._names: list[str] = []
        self._rows = Pending(np.int32)
        self._values = Pending(np.int32)

    def append(self, row: int, values: Iterable[str]) -> None:
        """Give ``row``, higher than all before, these values."""
        for value in dict.fromkeys(values):
            self._rows.append(row)
            self._values.append(self._code(value))

    def freeze(self) -> FrozenCodes:
        """Return a view of what is there now."""
        return FrozenCodes(self._codes, self._names, self._rows.freeze(), self._values.freeze())

    def _code(self, value: str) -> int:
        code = self._codes.get(value)
        if code is None:
            code = len(self._names)
            self._names.append(value)  # before the code, so that a reader finds its name
            self._codes[value] = code
        return code


class ValueColumn:
    """A column of at most one number a row, NaN where there is none."""

    def __init__(self) -> None:
        self._joined = Growing(np.float64)
        self._rows: list[int] = []
        self._values: list[float] = []

    def append(self, row: int, value: float) -> None:
        """Give ``row``, higher than all before, this value."""
        self._rows.append(row)
        self._values.append(value)

    def freeze(self, length: int) -> Values:
        """Return the first ``length`` rows, which are all there are."""
        self._joined.pad(length, np.nan)
        view = self._joined.view()
        view[self._rows] = self._values  # rows that no view taken before covers
        self._rows, self._values = [], []
        return view


@dataclass(frozen=True, slots=True)
class FrozenCodes:
    """A view of a ``CodedColumn``; codes and names only ever grow."""

    codes: Mapping[str, int]
    names: Sequence[str]
    rows: NDArray[np.int32]
    values: NDArray[np.int32]

    def having(self, wanted: Iterable[str], length: int) -> Mask:
        """Return which of ``length`` rows have one of the ``wanted`` values."""
        found = np.zeros(length, dtype=np.bool_)
        for code in {self.codes[value] for value in wanted if value in self.codes}:
            found[self.rows[self.values == code]] = True
        return found

    def counts(self, among: Mask) -> dict[str, int]:
        """Return how many rows ``among`` have each value, the most frequent first."""
        counted = np.bincount(self.values[among[self.rows]], minlength=0)
        pairs = [
            (self.names[code], int(counted[code])) for code in np.flatnonzero(counted).tolist()
        ]
        return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


class Columns:
    """All columns of an index; rows are appended, never changed."""

    def __init__(self) -> None:
        self._coded: dict[str, CodedColumn] = {}
        self._audiences = CodedColumn()
        self._numbers: dict[str, ValueColumn] = {}
        self._dates: dict[str, ValueColumn] = {}

    def append(self, place: int, row: Row) -> None:
        """Append ``row`` at ``place``, which is how many there were before."""
        self._audiences.append(place, row.audiences)
        coded = {**row.filters, KIND: [row.kind], LANGUAGE: [row.language]}
        for name, values in coded.items():
            self._coded.setdefault(name, CodedColumn()).append(place, values)
        for held, given in ((self._numbers, row.numbers), (self._dates, row.dates)):
            for name, value in given.items():
                held.setdefault(name, ValueColumn()).append(place, value)

    def freeze(self, length: int) -> FrozenColumns:
        """Return a view of the first ``length`` rows, which are all there are."""
        return FrozenColumns(
            length,
            {name: column.freeze() for name, column in self._coded.items()},
            self._audiences.freeze(),
            {name: column.freeze(length) for name, column in self._numbers.items()},
            {name: column.freeze(length) for name, column in self._dates.items()},
        )


@dataclass(frozen=True, slots=True)
class FrozenColumns:
    """A view of ``Columns``; dates are proleptic ordinals, NaN where a row has none."""

    length: int
    coded: Mapping[str, FrozenCodes]
    audiences: FrozenCodes
    numbers: Mapping[str, Values]
    dates: Mapping[str, Values]

    def having(self, name: str, wanted: Iterable[str]) -> Mask:
        """Return which rows have one of the ``wanted`` values in filter ``name``."""
        column = self.coded.get(name)
        return column.having(wanted, self.length) if column else np.zeros(self.length, np.bool_)

    def within(self, asked: Range) -> Mask:
        """Return which rows lie within a range."""
        values = self._values_for(asked)
        if values is None:
            return np.full(self.length, asked.or_missing)
        kept = ~np.isnan(values)
        if asked.low is not None:
            kept &= values >= _number(asked.low)
        if asked.high is not None:
            kept &= values <= _number(asked.high)
        return kept | np.isnan(values) if asked.or_missing else kept

    def counts(self, name: str, among: Mask) -> dict[str, int]:
        """Return how many rows ``among`` have each value of filter ``name``."""
        column = self.coded.get(name)
        return column.counts(among) if column else {}

    def sort_values(self, name: str) -> Values:
        """Return the date or number ``name`` of each row, NaN where there is none."""
        values = self.dates.get(name, self.numbers.get(name))
        return values if values is not None else np.full(self.length, np.nan)

    def _values_for(self, asked: Range) -> Values | None:
        bound = asked.low if asked.low is not None else asked.high
        if bound is None:
            return self.dates.get(asked.name, self.numbers.get(asked.name))
        return (self.dates if isinstance(bound, date) else self.numbers).get(asked.name)


def _number(bound: float | date) -> float:
    return float(bound.toordinal()) if isinstance(bound, date) else float(bound)
