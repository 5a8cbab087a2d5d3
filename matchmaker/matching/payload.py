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
    """Return ``assessment`` as dicts, lists, strings and numbers.

    Those in [0, 1] are rounded to six decimals, the figures of clauses are left as they are.
    """
    whole = asdict(assessment)
    clauses = _plain(whole.pop("clauses"))
    payload: Payload = _plain(whole, _DIGITS)
    return payload | {"clauses": clauses}


def from_payload(payload: Mapping[str, Any]) -> Assessment:
    """Return what ``to_payload`` made; raises KeyError or ValueError for anything else.

    Payloads from before clauses were read have none.
    """
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


def _reading(data: Mapping[str, Any]) -> Reading:
    evidence = tuple(
        Evidence(_span(held["demand"]), _span(held["other"]), held["strength"])
        for held in data["evidence"]
    )
    return Reading(data["signal"], data["value"], evidence, Note(**data["note"]))


def _advice(data: Mapping[str, Any]) -> Advice:
    level = data["level"] and Level(data["level"])
    return Advice(data["code"], data["params"], _span(data["span"]), data["score"], level)


def _clause_line(data: Mapping[str, Any]) -> ClauseLine:
    demand = _span(data["demand"])
    if demand is None:
        raise ValueError("a clause must quote the demand")
    figure = data["figure"] and _clause(data["figure"])
    outcome = Outcome(data["outcome"])
    return ClauseLine(_clause(data["clause"]), demand, outcome, figure, _span(data["other"]))


def _clause(data: Mapping[str, Any]) -> Clause:
    return Clause(**{**data, "comparator": Comparator(data["comparator"])})


def _span(data: Mapping[str, Any] | None) -> Span | None:
    return None if data is None else Span(**data)


def _plain(value: Any, digits: int | None = None) -> Any:
    """Return ``value`` as JSON values; numbers rounded to ``digits`` where given."""
    if isinstance(value, float) and digits is not None:
        return round(value, digits)
    if isinstance(value, Mapping):
        return {name: _plain(held, digits) for name, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(held, digits) for held in value]
    return str(value) if isinstance(value, StrEnum) else value
