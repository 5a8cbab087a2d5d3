"""`matchmaker match`: the ranked matches of one entry, with the evidence they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from matchmaker.cli.printing import json_option, print_json
from matchmaker.cli.running import services

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matchmaker.bootstrap import Container
    from matchmaker.matching.quotes import Quote
    from matchmaker.models import Entry

_QUOTED = 60
_SHOWN_EVIDENCE = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One partner of the entry, with the assessment as it is stored."""

    partner: Entry
    assessment: Mapping[str, Any]


@click.command()
@click.argument("code")
@click.option(
    "--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="Most matches."
)
@click.option("--fresh", is_flag=True, help="Compute now, and show what does not fit as well.")
@json_option
def match(code: str, limit: int, fresh: bool, as_json: bool) -> None:
    """Rank what fits the entry CODE (such as XQ-2026-000001).

    A demand meets achievements, experts and projects; any of these meets demands. What was
    matched in the background is shown; what was not yet is computed now.
    """
    with services() as container:
        lines = [] if fresh else _stored(container, code, limit)
        lines = lines or _computed(container, code, limit)
    if as_json:
        print_json([_as_data(line) for line in lines])
    else:
        _print(lines)


def _stored(container: Container, code: str, limit: int) -> list[Line]:
    from matchmaker.domain.actors import SYSTEM

    views = container.matches.of_entry(SYSTEM, code)[:limit]
    return [Line(view.theirs, view.match.assessment) for view in views if view.theirs]


def _computed(container: Container, code: str, limit: int) -> list[Line]:
    from matchmaker.cli.rebuilding import need_index
    from matchmaker.matching.payload import to_payload

    need_index(container)
    found = container.matching.assess_entry(code, limit)
    return [Line(entry, to_payload(assessment)) for entry, assessment in found]


def _as_data(line: Line) -> dict[str, Any]:
    from matchmaker.matching.quotes import quotes_in, unknowns_in

    held = line.assessment
    return {
        "code": line.partner.code,
        "kind": line.partner.kind,
        "title": line.partner.title,
        "score": round(held["score"], 4),
        "level": held["level"],
        "evidence": [
            {"signal": quote.signal, "demand": _pair(quote.demand), "other": _pair(quote.other)}
            for quote in quotes_in(held)
        ],
        "unknown": sorted(unknowns_in(held)),
        "model_version": held["model_version"],
    }


def _pair(span: tuple[str, str] | None) -> dict[str, str] | None:
    return {"field": span[0], "text": span[1]} if span else None


def _print(lines: list[Line]) -> None:
    from matchmaker.matching.quotes import quotes_in

    fitting = [line for line in lines if line.assessment["level"] != "none"]
    for line in fitting:
        held = line.assessment
        click.echo(
            f"{line.partner.code}  {held['score']:.2f} {held['level']:<6}  {line.partner.title}"
        )
        for quote in list(quotes_in(held))[:_SHOWN_EVIDENCE]:
            click.echo(f"    {_in_words(quote)}")
    if not fitting:
        click.echo("Nothing fits.")
    if others := len(lines) - len(fitting):
        click.echo(f"{others} more were looked at and are not related; --json shows them.")


def _in_words(quote: Quote) -> str:
    return f"{quote.signal}: {_short(quote.demand)} ↔ {_short(quote.other)}"


def _short(span: tuple[str, str] | None) -> str:
    if span is None:
        return "—"
    line = " ".join(span[1].split())
    return f"“{line if len(line) <= _QUOTED else line[: _QUOTED - 1] + '…'}”"
