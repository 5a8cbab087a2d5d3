"""The advice on a form as a whole: its kind, questions by importance, a readiness score."""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.matching.clinic.clarity import kind_of
from matchmaker.matching.clinic.elements import clauses_of, elements_of
from matchmaker.matching.clinic.model import Element, Examination, Part, Question, Typed

_QUESTIONS = 3

#: Points of each element by type of demand; each row adds up to 100, "" is any other type.
_DEMAND_POINTS: Mapping[str, Mapping[Element, int]] = {
    "": {
        Element.TARGET: 25,
        Element.CURRENT: 20,
        Element.MATERIAL: 15,
        Element.SCALE: 12,
        Element.SITE: 8,
        Element.BUDGET: 8,
        Element.DEADLINE: 7,
        Element.IP: 5,
    },
    "procurement": {
        Element.TARGET: 25,
        Element.BUDGET: 20,
        Element.SCALE: 15,
        Element.DEADLINE: 12,
        Element.MATERIAL: 10,
        Element.SITE: 8,
        Element.CURRENT: 7,
        Element.IP: 3,
    },
    "scenario": {
        Element.SITE: 25,
        Element.SCALE: 20,
        Element.TARGET: 18,
        Element.CURRENT: 12,
        Element.DEADLINE: 8,
        Element.BUDGET: 8,
        Element.MATERIAL: 6,
        Element.IP: 3,
    },
}
_ACHIEVEMENT_POINTS: Mapping[Element, int] = {
    Element.TRL_EVIDENCE: 30,
    Element.ADVANTAGE: 25,
    Element.APPLICATION: 20,
    Element.IP_STATUS: 13,
    Element.PRICE: 12,
}
_FIELDS: Mapping[Element, str] = {
    Element.TARGET: "clauses",
    Element.CURRENT: "body",
    Element.MATERIAL: "body",
    Element.SCALE: "body",
    Element.SITE: "existing_basis",
    Element.BUDGET: "budget_max",
    Element.DEADLINE: "deadline",
    Element.IP: "body",
    Element.TRL_EVIDENCE: "body",
    Element.ADVANTAGE: "benefits",
    Element.APPLICATION: "applications",
    Element.IP_STATUS: "ip_rights",
    Element.PRICE: "price",
}


def examine(typed: Typed) -> Examination:
    """Say what a form states and lacks.

    Args:
        typed: the form of a demand or an achievement, as far as it is filled in.
    """
    is_demand = typed.kind == "demand"
    clauses = clauses_of(typed) if is_demand else ()
    found = elements_of(typed, clauses)
    points = _points(typed)
    parts = tuple(
        Part(element, worth, element in found, found.get(element))
        for element, worth in points.items()
    )
    missing = sorted((p for p in parts if not p.stated), key=lambda part: -part.points)
    questions = tuple(Question(p.element, _FIELDS[p.element]) for p in missing[:_QUESTIONS])
    empty = not any(text.strip() for text in typed.texts.values())
    kind = kind_of(typed, found) if is_demand and not empty else None
    return Examination(kind, questions, parts, clauses)


def _points(typed: Typed) -> Mapping[Element, int]:
    if typed.kind != "demand":
        return _ACHIEVEMENT_POINTS
    return _DEMAND_POINTS.get(typed.demand_type, _DEMAND_POINTS[""])
