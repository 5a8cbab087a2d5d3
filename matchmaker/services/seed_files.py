"""Reads the sample data of `seed_data/` into typed values, and says all that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

import seed_data
from matchmaker.domain.checks import problems_in
from matchmaker.domain.errors import ConfigurationError
from matchmaker.domain.fields import FIELDS, FieldType
from matchmaker.domain.kinds import EntryKind, LinkRelation
from matchmaker.services.taxonomies import Taxonomies

FOLDER = Path(seed_data.__file__).parent

#: Order in which the kinds are loaded: what others point to comes first.
_FOLDERS = {
    EntryKind.PROJECT: "projects",
    EntryKind.EXPERT: "experts",
    EntryKind.ACHIEVEMENT: "achievements",
    EntryKind.DEMAND: "demands",
}
#: Amounts are written in whole yuan and kept in 分.
_AMOUNTS = {
    "price_yuan": "price",
    "budget_min_yuan": "budget_min",
    "budget_max_yuan": "budget_max",
    "funding_yuan": "funding",
}
_LINKS = {"project": LinkRelation.OUTCOME_OF, "inventors": LinkRelation.INVENTED_BY}
_OWN_NAMES = {"key", "kind", "organisation", "contact", "confirmed_on", "translations"}

# Parsing with libyaml is ten times as quick; builds without it fall back.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class SeedEntry:
    """One sample entry.

    Attributes:
        key: stable name in the files.
        kind: which database it belongs to.
        organisation: key of whose it is.
        values: typed values by field name.
        confirmed_on: when it was last confirmed.
        translations: language → texts by field name.
        links: relation → keys of the entries it points to.
        screened: whether it is published, or waits for a broker.
    """

    key: str
    kind: EntryKind
    organisation: str
    values: Mapping[str, Any]
    confirmed_on: date | None
    translations: Mapping[str, Mapping[str, Any]]
    links: Mapping[LinkRelation, tuple[str, ...]]
    screened: bool = True


@dataclass(frozen=True, slots=True)
class SeedOrganisation:
    """One sample organisation: its columns by name, and its qualifications."""

    key: str
    values: Mapping[str, Any]
    qualifications: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class SeedFiles:
    """All there is to load, in the order of the files."""

    organisations: tuple[SeedOrganisation, ...]
    entries: tuple[SeedEntry, ...] = field(repr=False)


def read_seed(taxonomies: Taxonomies, folder: Path = FOLDER) -> SeedFiles:
    """Read and check all files of sample data.

    Args:
        taxonomies: to check codes.
        folder: where the files lie.

    Raises:
        ConfigurationError: files are wrong; the message names each entry and field.
    """
    organisations = tuple(_organisation(row) for row in _rows(folder / "organisations.yaml"))
    names = {one.key: str(one.values["name"]) for one in organisations}
    complaints: list[str] = []
    entries = tuple(
        _entry(row, kind, names, screened=screened, complain=complaints.append)
        for kind, row, screened in _all_rows(folder)
    )
    complaints += _wrong_references(entries, names)
    for entry in entries:
        for problem in problems_in(entry.kind, entry.values, taxonomies.knows, complete=True):
            complaints.append(f"{entry.key}: {problem.field}: {problem.code}")
    if complaints:
        raise ConfigurationError(
            "The sample data is wrong; seed_data/README.md describes it:\n  "
            + "\n  ".join(complaints)
        )
    return SeedFiles(organisations, entries)


def _all_rows(folder: Path) -> Iterator[tuple[EntryKind, dict[str, Any], bool]]:
    for kind, name in _FOLDERS.items():
        for path in sorted((folder / name).glob("*.yaml")):
            yield from ((kind, row, True) for row in _rows(path))
    waiting = folder / "submitted.yaml"
    if waiting.exists():
        yield from ((EntryKind(row["kind"]), row, False) for row in _rows(waiting))


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open("rb") as file:
        try:
            return yaml.load(file, _LOADER) or []
        except yaml.YAMLError as error:
            raise ConfigurationError(f"{path.name} is not readable YAML: {error}") from None


def _organisation(row: dict[str, Any]) -> SeedOrganisation:
    qualifications = tuple(row.get("qualifications", ()))
    rest = {name: value for name, value in row.items() if name not in ("key", "qualifications")}
    return SeedOrganisation(row["key"], rest, qualifications)


def _entry(
    row: dict[str, Any],
    kind: EntryKind,
    names: Mapping[str, str],
    *,
    screened: bool,
    complain: Callable[[str], None],
) -> SeedEntry:
    values: dict[str, Any] = {"language": "zh", "visibility": "public"}
    values |= {f"contact_{name}": text for name, text in row.get("contact", {}).items()}
    values |= dict(_field_values(row, kind, complain))
    for key in values.get("partners", ()):
        if key not in names:
            complain(f"{row['key']}: partners: no such key: {key}")
    if "partners" in values:
        values["partners"] = [names.get(key, key) for key in values["partners"]]
    return SeedEntry(
        key=row["key"],
        kind=kind,
        organisation=row["organisation"],
        values=values,
        confirmed_on=row.get("confirmed_on"),
        translations=row.get("translations", {}),
        links={relation: _keys(row.get(name)) for name, relation in _LINKS.items()},
        screened=screened,
    )


def _field_values(
    row: dict[str, Any], kind: EntryKind, complain: Callable[[str], None]
) -> Iterator[tuple[str, Any]]:
    types = {spec.name: spec.type for spec in FIELDS[kind]}
    for name, value in row.items():
        if name in _OWN_NAMES or name in _LINKS:
            continue
        if name in _AMOUNTS and _AMOUNTS[name] in types:
            yield _AMOUNTS[name], None if value is None else round(value * 100)
        elif name in types:
            yield name, _typed(types[name], value)
        else:
            complain(f"{row['key']}: {name}: no such field of a {kind}")


def _typed(type_: FieldType, value: Any) -> Any:
    """YAML reads `5` in a list of words as a number, and a text may end in a line break."""
    if type_ in (FieldType.LINES, FieldType.CHOICES):
        return [str(item).strip() for item in value]
    if type_ in (FieldType.TEXT, FieldType.LONG_TEXT):
        return str(value).strip()
    return value


def _keys(value: str | list[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _wrong_references(entries: tuple[SeedEntry, ...], names: Mapping[str, str]) -> list[str]:
    seen: set[str] = set()
    found = []
    for entry in entries:
        if entry.key in seen:
            found.append(f"{entry.key}: key: used twice")
        seen.add(entry.key)
        if entry.organisation not in names:
            found.append(f"{entry.key}: organisation: no such key: {entry.organisation}")
    for entry in entries:
        for relation, keys in entry.links.items():
            found += [
                f"{entry.key}: {relation}: no such key: {key}" for key in keys if key not in seen
            ]
    return found
