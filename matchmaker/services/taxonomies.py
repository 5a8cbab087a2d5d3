"""The taxonomies of `seed_data/taxonomies`, read once and never changed while the portal runs."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import seed_data

FOLDER = Path(seed_data.__file__).parent / "taxonomies"

#: Taxonomies whose codes form a tree, by the file they stand in.
_TREES = ("fields", "industries", "regions")
_LISTS = ("transfer_modes", "stages", "qualifications")


@dataclass(frozen=True, slots=True)
class Term:
    """One code of a taxonomy with its names by language.

    Attributes:
        code: the code itself.
        names: language → name.
        parent: the code above it, or "".
        details: all other columns of its row.
    """

    code: str
    names: Mapping[str, str]
    parent: str
    details: Mapping[str, str]

    def name(self, language: str) -> str:
        """Its name in a language, or in Chinese where there is none."""
        return self.names.get(language) or self.names.get("zh") or self.code


class Taxonomies:
    """All schemes by name: fields, industries, regions, trl, transfer_modes, stages, reasons.

    Args:
        folder: where the files lie.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._schemes = {name: _by_code(folder / f"{name}.csv") for name in (*_TREES, *_LISTS)}
        self._schemes["trl"] = _by_code(folder / "trl.csv", key="level")

    def scheme(self, name: str) -> Mapping[str, Term]:
        """All terms of a scheme by code, in the order of its file."""
        return self._schemes[name]

    def knows(self, scheme: str, code: str) -> bool:
        """Whether the scheme holds the code."""
        return code in self._schemes.get(scheme, {})

    def name(self, scheme: str, code: str, language: str) -> str:
        """The name of a code; the code itself where it is unknown."""
        term = self._schemes.get(scheme, {}).get(code)
        return term.name(language) if term else code

    def path(self, scheme: str, code: str) -> tuple[str, ...]:
        """The code and all above it, nearest first."""
        terms = self._schemes[scheme]
        found: list[str] = []
        while code in terms and code not in found:
            found.append(code)
            code = terms[code].parent
        return tuple(found)

    def children(self, scheme: str, parent: str) -> tuple[Term, ...]:
        """The terms right below a code; "" gives the roots."""
        return tuple(t for t in self._schemes[scheme].values() if t.parent == parent)

    def roots(self, scheme: str) -> tuple[Term, ...]:
        """The topmost terms of a tree."""
        return self.children(scheme, "")

    @cached_property
    def reasons(self) -> Mapping[str, Mapping[str, Term]]:
        """Reason codes: use → code → term."""
        uses: dict[str, dict[str, Term]] = {}
        for row in _rows(self._folder / "reason_codes.csv"):
            uses.setdefault(row["use"], {})[row["code"]] = _term(row, "code")
        return uses

    @cached_property
    def seats(self) -> Mapping[str, tuple[float, float]]:
        """Region code → latitude and longitude of its seat, in degrees."""
        return {
            row["code"]: (float(row["latitude"]), float(row["longitude"]))
            for row in _rows(self._folder / "seats.csv")
        }

    @cached_property
    def synonyms(self) -> Mapping[str, Sequence[str]]:
        """Terms that mean the same, in both languages, by the name of their group."""
        groups: dict[str, list[str]] = {}
        for row in _rows(self._folder / "synonyms.csv"):
            groups.setdefault(row["group"], []).append(row["term"])
        return groups

    @cached_property
    def domain_words(self) -> tuple[str, ...]:
        """Words the Chinese segmenter should keep whole."""
        text = (self._folder / "domain_words.txt").read_text(encoding="utf-8")
        return tuple(word for line in text.splitlines() if (word := line.strip()))


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _by_code(path: Path, key: str = "code") -> Mapping[str, Term]:
    return {row[key]: _term(row, key) for row in _rows(path)}


def _term(row: dict[str, str], key: str) -> Term:
    names = {
        column.removeprefix("name_"): value
        for column, value in row.items()
        if column.startswith("name_")
    }
    details = {
        column: value
        for column, value in row.items()
        if column not in (key, "parent") and not column.startswith("name_")
    }
    return Term(row[key], names, row.get("parent", ""), details)
