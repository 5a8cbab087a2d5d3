"""`matchmaker explain`: what matching says of one pair, and the quotations it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from matchmaker.cli.printing import json_option, print_json
from matchmaker.cli.running import services

if TYPE_CHECKING:
    from matchmaker.matching.advice import Advice
    from matchmaker.matching.assessment import Assessment
    from matchmaker.matching.clauses.model import ClauseLine
    from matchmaker.matching.explain import Explanation, SignalLine
    from matchmaker.matching.sides import Evidence, Span

_DIGITS = 4
_SHOWN = 3
_SENTENCES = ("body", "meaning")


@click.command()
@click.argument("demand")
@click.argument("other")
@json_option
def explain(demand: str, other: str, as_json: bool) -> None:
    """Say how well the demand DEMAND and the entry OTHER fit, and why.

    Both are public codes, such as XQ-2026-000001 and CG-2026-000001. The pair need be no match:
    it is computed now, from the texts as they stand.
    """
    with services() as container:
        assessment = container.matching.assess_pair(demand, other)
    if as_json:
        print_json(as_data(assessment))
    else:
        click.echo("\n".join(_lines(assessment)))


def as_data(assessment: Assessment) -> dict[str, Any]:
    """An explanation for programs; every statement carries the spans it rests on."""
    from matchmaker.matching.explain import explain as explained
    from matchmaker.matching.explain import open_clauses

    told = explained(assessment)
    return {
        "demand": assessment.demand,
        "other": assessment.other,
        "score": round(told.score, _DIGITS),
        "level": str(told.level),
        "probability": round(told.probability, _DIGITS),
        "signals": [_signal(line) for line in told.signals],
        "clauses": [_clause(line) for line in told.clauses],
        "open_clauses": [_span(span) for span in open_clauses(told)],
        "sentences": [_evidence(held) for held in _aligned(told)],
        "unknown": [{"signal": line.signal, "reason": line.note.code} for line in told.unknowns],
        "advice": [_advice(step) for step in told.advice],
        "model_version": assessment.model_version,
    }


def _signal(line: SignalLine) -> dict[str, Any]:
    return {
        "signal": line.signal,
        "value": _rounded(line.value),
        "share": _rounded(line.share),
        "evidence": [_evidence(held) for held in line.evidence],
    }


def _evidence(held: Evidence) -> dict[str, Any]:
    return {
        "demand": _span(held.demand),
        "other": _span(held.other),
        "strength": _rounded(held.strength),
    }


def _clause(line: ClauseLine) -> dict[str, Any]:
    return {
        "text": line.demand.text,
        "outcome": str(line.outcome),
        "demand": _span(line.demand),
        "other": _span(line.other),
    }


def _advice(step: Advice) -> dict[str, Any]:
    return {
        "step": step.code,
        "score": _rounded(step.score),
        "level": str(step.level) if step.level else None,
        "span": _span(step.span),
    }


def _span(span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    return {"field": span.field, "start": span.start, "end": span.end, "text": span.text}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def _aligned(told: Explanation) -> list[Evidence]:
    """The agreeing sentences, strongest first."""
    found = [held for line in told.signals if line.signal in _SENTENCES for held in line.evidence]
    pairs = [held for held in found if held.demand and held.other]
    return sorted(pairs, key=lambda held: -held.strength)


def _lines(assessment: Assessment) -> Iterator[str]:
    from matchmaker.matching.explain import explain as explained
    from matchmaker.matching.explain import open_clauses

    told = explained(assessment)
    yield f"{assessment.demand} and {assessment.other}: {told.level}, score {told.score:.2f}"
    yield f"fair or better with a probability of {told.probability:.0%}"
    yield from _part("Signals", (_in_words(line) for line in told.signals))
    yield from _part("Clauses", map(_clause_in_words, told.clauses))
    yield from _part("Open requirements", (_quoted(span) for span in open_clauses(told)))
    yield from _part("Sentences that agree", map(_pair_in_words, _aligned(told)[:_SHOWN]))
    yield from _part("Not known", (f"{held.signal}: {held.note.code}" for held in told.unknowns))
    yield from _part("What would raise the level", map(_step_in_words, told.advice))


def _part(title: str, lines: Iterator[str] | map[str]) -> Iterator[str]:
    """A heading with its lines; nothing without lines."""
    held = list(lines)
    if held:
        yield ""
        yield title
        yield from (f"  {line}" for line in held)


def _in_words(line: SignalLine) -> str:
    quotes = "; ".join(map(_pair_in_words, line.evidence[:_SHOWN]))
    return f"{line.signal} {line.value or 0:.2f} ({line.share or 0:.0%} of the score): {quotes}"


def _clause_in_words(line: ClauseLine) -> str:
    answer = f" by {_quoted(line.other)}" if line.other else ""
    return f"{_quoted(line.demand)}: {str(line.outcome).replace('_', ' ')}{answer}"


def _pair_in_words(held: Evidence) -> str:
    return f"{_quoted(held.demand)} ↔ {_quoted(held.other)}"


def _step_in_words(step: Advice) -> str:
    reached = f", to {step.level} ({step.score:.2f})" if step.level and step.score else ""
    return step.code.replace("_", " ") + reached


def _quoted(span: Span | None) -> str:
    return f"“{' '.join(span.text.split())}”" if span else "—"
