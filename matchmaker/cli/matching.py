"""`matchmaker match`: the ranked matches of one entry, with the evidence they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from matchmaker.cli.printing import json_option, print_json
from matchmaker.cli.rebuilding import need_index
from matchmaker.cli.running import services

if TYPE_CHECKING:
    from matchmaker.matching.assessment import Assessment
    from matchmaker.matching.sides import Span
    from matchmaker.models import Entry

_QUOTED = 60
_SHOWN_EVIDENCE = 4


@click.command()
@click.argument("code")
@click.option(
    "--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="Most matches."
)
@json_option
def match(code: str, limit: int, as_json: bool) -> None:
    """Rank what fits the entry CODE (such as XQ-2026-000001), computed now.

    A demand meets achievements, experts and projects; any of these meets demands.
    """
    with services() as container:
        need_index(container)
        found = container.matching.assess_entry(code, limit)
    if as_json:
        print_json([_as_data(entry, assessment) for entry, assessment in found])
    else:
        _print(found)


def _as_data(entry: Entry, assessment: Assessment) -> dict[str, Any]:
    return {
        "code": entry.code,
        "kind": entry.kind,
        "title": entry.title,
        "score": round(assessment.score, 4),
        "level": assessment.level,
        "evidence": [
            {
                "signal": reading.signal,
                "demand": _quoted(held.demand),
                "other": _quoted(held.other),
            }
            for reading in assessment.readings
            for held in reading.evidence
        ],
        "unknown": sorted(assessment.unknowns),
        "model_version": assessment.model_version,
    }


def _quoted(span: Span | None) -> dict[str, str] | None:
    return {"field": span.field, "text": span.text} if span else None


def _print(found: list[tuple[Entry, Assessment]]) -> None:
    fitting = [(entry, held) for entry, held in found if held.level != "none"]
    for entry, held in fitting:
        click.echo(f"{entry.code}  {held.score:.2f} {held.level:<6}  {entry.title}")
        for line in _evidence(held)[:_SHOWN_EVIDENCE]:
            click.echo(f"    {line}")
    if not fitting:
        click.echo("Nothing fits.")
    if others := len(found) - len(fitting):
        click.echo(f"{others} more were looked at and are not related; --json shows them.")


def _evidence(assessment: Assessment) -> list[str]:
    return [
        f"{reading.signal}: {_short(held.demand)} ↔ {_short(held.other)}"
        for reading in assessment.readings
        for held in reading.evidence
    ]


def _short(span: Span | None) -> str:
    if span is None:
        return "—"
    line = " ".join(span.text.split())
    return f"“{line if len(line) <= _QUOTED else line[: _QUOTED - 1] + '…'}”"
