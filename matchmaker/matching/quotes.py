"""The quotations in a stored assessment, read without the means of scoring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Quote:
    """One piece of evidence: the signal it carries, and (field, text) of each side, if quoted."""

    signal: str
    demand: tuple[str, str] | None
    other: tuple[str, str] | None


def quotes_in(payload: Mapping[str, Any]) -> Iterator[Quote]:
    """Yield the quotations of what ``payload.to_payload`` wrote, signal by signal."""
    for reading in payload["readings"]:
        for held in reading["evidence"]:
            yield Quote(reading["signal"], _span(held["demand"]), _span(held["other"]))


def unknowns_in(payload: Mapping[str, Any]) -> list[str]:
    """Return the signals that could not tell."""
    return [reading["signal"] for reading in payload["readings"] if reading["value"] is None]


def _span(data: Mapping[str, Any] | None) -> tuple[str, str] | None:
    return (data["field"], data["text"]) if data else None
