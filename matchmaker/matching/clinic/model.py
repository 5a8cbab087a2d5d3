"""What is typed, what is found in it, and the advice that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from matchmaker.domain.kinds import Clarity
from matchmaker.matching.clauses.model import Clause
from matchmaker.matching.sides import Span


class Element(StrEnum):
    """One thing that a good posting states; the last five belong to achievements."""

    CURRENT = "current"
    TARGET = "target"
    MATERIAL = "material"
    SCALE = "scale"
    SITE = "site"
    BUDGET = "budget"
    DEADLINE = "deadline"
    IP = "ip"
    TRL_EVIDENCE = "trl_evidence"
    ADVANTAGE = "advantage"
    APPLICATION = "application"
    IP_STATUS = "ip_status"
    PRICE = "price"


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form holds so far.

    Attributes:
        kind: "demand" or "achievement".
        texts: field name → running text, in the order of the form.
        filled: names of the other fields that hold a value, such as ``budget_max``.
        demand_type: value of a ``DemandType``, "" where none is chosen.
    """

    kind: str
    texts: Mapping[str, str]
    filled: frozenset[str] = frozenset()
    demand_type: str = ""


@dataclass(frozen=True, slots=True)
class ReadClause:
    """A clause with the field it was read from; its positions count in that field."""

    field: str
    clause: Clause


@dataclass(frozen=True, slots=True)
class Kind:
    """How sharply a demand is put, and why: a reason code, with a quotation where one carries it.

    ``reason`` is ``target_stated`` or ``wish_only`` (both quoted), ``no_target`` or
    ``nothing_concrete`` (something is missing, so nothing can be quoted).
    """

    clarity: Clarity
    reason: str
    quote: Span | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A missing element, and the field in which its answer belongs."""

    element: Element
    field: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the readiness score: an element with its points, whether it is stated, where.

    ``quote`` is ``None`` where the element is missing or stands in a field of its own.
    """

    element: Element
    points: int
    stated: bool
    quote: Span | None = None


@dataclass(frozen=True, slots=True)
class Examination:
    """What the clinic says of a form.

    Attributes:
        kind: of a demand; ``None`` for an achievement or where nothing is typed.
        questions: at most three, the most important first.
        parts: what the readiness score is made of; their points add up to 100.
        clauses: the clauses read so far, of a demand.
    """

    kind: Kind | None
    questions: tuple[Question, ...]
    parts: tuple[Part, ...]
    clauses: tuple[ReadClause, ...] = field(default=())

    @property
    def readiness(self) -> int:
        """The points of what is stated, in [0, 100]."""
        return sum(part.points for part in self.parts if part.stated)
