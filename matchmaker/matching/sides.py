"""What scoring may know of an entry, and what a signal says of a pair of entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from matchmaker.matching.clauses.model import Clause

from matchmaker.matching.precedents import Precedent

Param: TypeAlias = str | int | float

LINE = "\n"
"""What stands between the items of a field of many values, in ``Side.text``."""


def _no_precedents() -> Mapping[str, tuple[Precedent, ...]]:
    return MappingProxyType({})


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Side:
    """One entry as scoring sees it: its texts and its figures, no names and no contacts.

    ``kind`` is the value of an ``EntryKind``; ``language`` that of its own texts. ``extras`` holds
    further texts by field name (``key_technology``, ``clauses``, ``benefits``, ``applications``,
    ``existing_basis``, ``evidence``…); a translation comes as ``title.en``, ``body.en``… Lists are
    joined with ``LINE``. ``fields`` are technology field codes, ``industries`` codes of
    GB/T 4754, ``region`` one of GB/T 2260, ``trl`` a level of GB/T 22900; money is in 分.
    ``transfer_modes`` are the modes offered, or those a demand asks for. ``answers`` are what a
    supplier stated when asked about a clause: they count as text of this side.
    ``corrected_clauses`` are the clauses of the field ``clauses`` as people put them right, their
    spans counting in that field; ``None`` where nobody did, and they are read from the text. One
    that no longer quotes the field is left out. ``precedents`` of a demand are the verdicts on
    like pairs, by the other's code. Empty or ``None`` means not stated.
    """

    code: str
    kind: str
    language: str = "zh"
    title: str = ""
    summary: str = ""
    body: str = ""
    keywords: tuple[str, ...] = ()
    extras: Mapping[str, str] = field(default_factory=_nothing)
    fields: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    region: str = ""
    stage: str = ""
    trl: int | None = None
    demand_type: str = ""
    transfer_modes: tuple[str, ...] = ()
    price_fen: int | None = None
    price_negotiable: bool = False
    budget_min_fen: int | None = None
    budget_max_fen: int | None = None
    deadline: date | None = None
    confirmed_on: date | None = None
    availability: str = ""
    answers: tuple[str, ...] = ()
    corrected_clauses: tuple[Clause, ...] | None = None
    precedents: Mapping[str, tuple[Precedent, ...]] = field(default_factory=_no_precedents)

    def text(self, name: str) -> str:
        """Return field ``name`` as text, the one that spans of that field count in; "" if none."""
        if name in self.extras:
            return self.extras[name]
        if name not in _STATED:
            return ""
        value = getattr(self, name)
        if isinstance(value, tuple):
            return LINE.join(value)
        return "" if value is None else str(value)

    def text_fields(self) -> tuple[str, ...]:
        """Return the names of the fields that hold running text, title first."""
        held = tuple(name for name in _TEXTS if self.text(name))
        return held + tuple(name for name, text in self.extras.items() if text)

    def language_of(self, name: str) -> str:
        """Return the language that field ``name`` is written in: its suffix, or the side's own."""
        _, dot, suffix = name.rpartition(".")
        return suffix if dot else self.language

    def whole(self, name: str) -> Span | None:
        """Return all of field ``name`` as a span, ``None`` if it is empty."""
        text = self.text(name)
        return Span(name, 0, len(text), text) if text else None


_TEXTS = ("title", "summary", "keywords", "body", "answers")
_STATED = frozenset(Side.__dataclass_fields__) - {"extras", "corrected_clauses", "precedents"}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A quotation: ``side.text(field)[start:end] == text``, always."""

    field: str
    start: int
    end: int
    text: str

    def within(self, other: Span) -> bool:
        """Whether all of this span lies in ``other``."""
        return self.field == other.field and other.start <= self.start and self.end <= other.end


@dataclass(frozen=True, slots=True)
class Evidence:
    """Spans of both sides that belong together, and how strongly, in [0, 1]."""

    demand: Span | None
    other: Span | None
    strength: float


@dataclass(frozen=True, slots=True)
class Note:
    """Something to say about a reading: a code that pages translate, with its parameters."""

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one signal says of a pair: ``value`` in [0, 1], or ``None`` where it can't know."""

    signal: str
    value: float | None
    evidence: tuple[Evidence, ...] = ()
    note: Note = Note("plain")

    @property
    def known(self) -> bool:
        """Whether the signal could tell."""
        return self.value is not None
