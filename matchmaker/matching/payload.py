"""Assessments as JSON values, to be stored with a match and read back years later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from typing import Any

from matchmaker.domain.levels import Level
from matchmaker.matching.advice import Advice
from matchmaker.matching.assessment import Assessment
from matchmaker.matching.clauses.model import Clause, ClauseLine, Comparator, Outcome
from matchmaker.matching.sides import Evidence, Note, Reading, Span

Payload = dict[str, Any]

_DIGITS = 6  # of a number in [0, 1]: more would be noise, and makes rows longer


def to_payload(assessment: Assessment) -> Payload:
    """Return ``assessment`` as dicts, lists, strings and numbers, the latter to six decimals."""
    payload: Payload = _rounded(asdict(assessment))
    return payload


def from_payload(payload: Mapping[str, Any]) -> Assessment:
    """Return what ``to_payload`` made; raises KeyError or ValueError for anything else."""
    return Assessment(
        demand=payload["demand"],
        other=payload["other"],
        kind=payload["kind"],
        score=payload["score"],
        level=Level(payload["level"]),
        probability=payload["probability"],
        agreement=payload["agreement"],
        shares=dict(payload["shares"]),
        readings=tuple(_reading(held) for held in payload["readings"]),
        advice=tuple(_advice(held) for held in payload["advice"]),
        model_version=payload["model_version"],
        clauses=tuple(_clause_line(held) for held in payload.get("clauses", ())),
    )


def _clause_line(data: Mapping[str, Any]) -> ClauseLine:
    demand = _span(data["demand"])
    if demand is None:
        raise ValueError("a clause without its quotation")
    outcome, figure, other = Outcome(data["outcome"]), data["figure"], _span(data["other"])
    return ClauseLine(_clause(data["clause"]), demand, outcome, figure and _clause(figure), other)


def _clause(data: Mapping[str, Any]) -> Clause:
    return Clause(**{**data, "comparator": Comparator(data["comparator"])})


def _reading(data: Mapping[str, Any]) -> Reading:
    evidence = tuple(
        Evidence(_span(held["demand"]), _span(held["other"]), held["strength"])
        for held in data["evidence"]
    )
    return Reading(data["signal"], data["value"], evidence, Note(**data["note"]))


def _advice(data: Mapping[str, Any]) -> Advice:
    level = data["level"] and Level(data["level"])
    return Advice(data["code"], data["params"], _span(data["span"]), data["score"], level)


def _span(data: Mapping[str, Any] | None) -> Span | None:
    return None if data is None else Span(**data)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, Mapping):
        return {name: _rounded(held) for name, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(held) for held in value]
    return str(value) if isinstance(value, StrEnum) else value
