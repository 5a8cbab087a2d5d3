"""The fields of the four databases: one table that forms, checks, history and search all read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from matchmaker.domain import kinds
from matchmaker.domain.kinds import EntryKind


class FieldType(StrEnum):
    """How a value is kept: str, tuple of str, int (分), int, date, or rows of mappings."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    LINES = "lines"
    CHOICE = "choice"
    CHOICES = "choices"
    MONEY = "money"
    INTEGER = "integer"
    DATE = "date"
    FLAG = "flag"
    ROWS = "rows"


Vocabulary = type[StrEnum]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of an entry.

    Attributes:
        name: attribute of the model and key in forms and files.
        type: how the value is kept.
        section: the part of the form it stands in.
        required: whether an entry can be submitted without it.
        max_length: longest text in characters, or most lines or rows.
        choices: the closed vocabulary, where it has one.
        scheme: the taxonomy, where its values are codes of one.
        low: smallest number allowed.
        high: largest number allowed.
        columns: the fields of a row.
        search: the text of the search document it joins, or "".
    """

    name: str
    type: FieldType
    section: str
    required: bool = False
    max_length: int = 0
    choices: Vocabulary | None = None
    scheme: str = ""
    low: int | None = None
    high: int | None = None
    columns: tuple[FieldSpec, ...] = ()
    search: str = ""


def _text(name: str, section: str, length: int, **more: object) -> FieldSpec:
    return FieldSpec(name, FieldType.TEXT, section, max_length=length, **more)  # type: ignore[arg-type]


def _long(name: str, section: str, **more: object) -> FieldSpec:
    return FieldSpec(name, FieldType.LONG_TEXT, section, max_length=8000, **more)  # type: ignore[arg-type]


def _lines(name: str, section: str, **more: object) -> FieldSpec:
    return FieldSpec(name, FieldType.LINES, section, max_length=30, **more)  # type: ignore[arg-type]


def _choice(name: str, section: str, choices: Vocabulary, **more: object) -> FieldSpec:
    return FieldSpec(name, FieldType.CHOICE, section, choices=choices, **more)  # type: ignore[arg-type]


def _money(name: str, section: str) -> FieldSpec:
    return FieldSpec(name, FieldType.MONEY, section, low=0, high=10**15)


def _date(name: str, section: str, **more: object) -> FieldSpec:
    return FieldSpec(name, FieldType.DATE, section, **more)  # type: ignore[arg-type]


_OPENING = (
    _text("title", "what", 120, required=True, search="title"),
    _text("summary", "what", 200, required=True, search="summary"),
    _long("body", "what", required=True, search="body"),
    _lines("keywords", "what", search="keywords"),
)
_PLACE = (
    FieldSpec("fields", FieldType.CHOICES, "place", required=True, max_length=5, scheme="fields"),
    FieldSpec("industries", FieldType.CHOICES, "place", max_length=5, scheme="industries"),
    FieldSpec("region", FieldType.CHOICE, "place", required=True, scheme="regions"),
)
_CLOSING = (
    _choice("language", "terms", kinds.EntryLanguage, required=True),
    _choice("visibility", "terms", kinds.Visibility, required=True),
    _date("valid_until", "terms", required=True),
    _text("contact_name", "contact", 80, required=True),
    _text("contact_phone", "contact", 40),
    _text("contact_email", "contact", 200),
)

_IP_COLUMNS = (
    _choice("type", "rights", kinds.IpType, required=True),
    _text("number", "rights", 60),
    _choice("status", "rights", kinds.IpStatus, required=True),
)
_MILESTONE_COLUMNS = (
    _choice("phase", "milestones", kinds.ProjectPhase, required=True),
    _choice("indicator_kind", "milestones", kinds.IndicatorKind, required=True),
    _text("text", "milestones", 300, required=True),
    _date("due_on", "milestones"),
    _date("met_on", "milestones"),
)
_EXPERTISE_COLUMNS = (
    _choice("type", "evidence", kinds.ExpertiseType, required=True),
    _text("text", "evidence", 300, required=True),
    FieldSpec("year", FieldType.INTEGER, "evidence", low=1950, high=2100),
)


def _rows(name: str, section: str, columns: tuple[FieldSpec, ...], search: str = "") -> FieldSpec:
    return FieldSpec(name, FieldType.ROWS, section, max_length=40, columns=columns, search=search)


_ACHIEVEMENT = (
    _long("benefits", "what", search="body"),
    _lines("applications", "what", search="body"),
    _choice("form", "maturity", kinds.AchievementForm),
    _choice("stage", "maturity", kinds.Stage, required=True),
    FieldSpec("trl", FieldType.INTEGER, "maturity", low=1, high=9),
    _rows("ip_rights", "rights", _IP_COLUMNS),
    _text("registration_number", "rights", 60),
    FieldSpec(
        "transfer_modes",
        FieldType.CHOICES,
        "terms",
        required=True,
        max_length=5,
        choices=kinds.TransferMode,
        scheme="transfer_modes",
    ),
    _money("price", "terms"),
    FieldSpec("price_negotiable", FieldType.FLAG, "terms"),
)
_DEMAND = (
    _choice("demand_type", "what", kinds.DemandType, required=True),
    _choice("clarity", "what", kinds.Clarity),
    _long("key_technology", "what", search="body"),
    _lines("clauses", "what", search="body"),
    _long("existing_basis", "what", search="body"),
    _money("budget_min", "terms"),
    _money("budget_max", "terms"),
    _date("deadline", "terms"),
    FieldSpec(
        "solution_modes",
        FieldType.CHOICES,
        "terms",
        max_length=5,
        choices=kinds.TransferMode,
        scheme="transfer_modes",
    ),
)
_PROJECT = (
    _text("number", "what", 60),
    _text("programme", "what", 120, required=True),
    _choice("programme_level", "what", kinds.ProgrammeLevel, required=True),
    _lines("partners", "people"),
    _text("leader", "people", 80),
    _money("funding", "terms"),
    _date("start_on", "time"),
    _date("planned_end_on", "time"),
    _date("ended_on", "time"),
    _choice("phase", "time", kinds.ProjectPhase, required=True),
    _rows("milestones", "milestones", _MILESTONE_COLUMNS, search="body"),
)
_EXPERT = (
    _text("name", "people", 60, required=True, search="title"),
    _text("professional_title", "people", 80),
    _rows("evidence", "evidence", _EXPERTISE_COLUMNS, search="body"),
    _choice("availability", "terms", kinds.Availability, required=True),
    FieldSpec(
        "engagement_modes",
        FieldType.CHOICES,
        "terms",
        max_length=6,
        choices=kinds.EngagementMode,
    ),
)

FIELDS: Mapping[EntryKind, tuple[FieldSpec, ...]] = MappingProxyType(
    {
        EntryKind.ACHIEVEMENT: _OPENING + _PLACE + _ACHIEVEMENT + _CLOSING,
        EntryKind.DEMAND: _OPENING + _PLACE + _DEMAND + _CLOSING,
        EntryKind.PROJECT: _OPENING + _PLACE + _PROJECT + _CLOSING,
        EntryKind.EXPERT: _OPENING + _PLACE + _EXPERT + _CLOSING,
    }
)

SECTIONS = (
    "what",
    "people",
    "maturity",
    "rights",
    "evidence",
    "time",
    "milestones",
    "place",
    "terms",
    "contact",
)

#: Fields that only the organisation itself, and both sides of an introduction, may read.
CONTACT_FIELDS = ("contact_name", "contact_phone", "contact_email")


def field_named(kind: EntryKind, name: str) -> FieldSpec:
    """The specification of a field.

    Raises:
        KeyError: entries of this kind have no such field.
    """
    for spec in FIELDS[kind]:
        if spec.name == name:
            return spec
    raise KeyError(name)
