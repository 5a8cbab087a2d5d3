"""Presents an entry to the matching: its texts and figures, no names and no contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matchmaker.matching.clauses.correcting import Correction, corrected
from matchmaker.matching.sides import LINE, Side
from matchmaker.models import Achievement, Demand, Entry, Expert, Project


def side_of(
    entry: Entry, answers: Sequence[str] = (), corrections: Sequence[Correction] = ()
) -> Side:
    """What scoring may know of an entry.

    Args:
        entry: with translations and its kind's columns loaded.
        answers: what its organisation answered to questions about it, a line each.
        corrections: clauses of a demand as its poster put them right.
    """
    extras = {name: text for name, text in _extras(entry).items() if text}
    return Side(
        code=entry.code,
        kind=str(entry.kind),
        language=entry.language,
        title=entry.title,
        summary=entry.summary,
        body=entry.body,
        keywords=tuple(entry.keywords),
        extras=extras,
        fields=tuple(entry.fields),
        industries=tuple(entry.industries),
        region=entry.region,
        confirmed_on=entry.confirmed_on,
        answers=tuple(answers),
        corrected_clauses=corrected(extras.get("clauses", ""), corrections),
        **_figures(entry),  # type: ignore[arg-type]
    )


def _extras(entry: Entry) -> Mapping[str, str]:
    found: dict[str, str] = {}
    if isinstance(entry, Achievement):
        found = {"benefits": entry.benefits, "applications": LINE.join(entry.applications)}
    elif isinstance(entry, Demand):
        found = {
            "key_technology": entry.key_technology,
            "clauses": LINE.join(entry.clauses),
            "existing_basis": entry.existing_basis,
        }
    elif isinstance(entry, Project):
        found = {"milestones": LINE.join(str(row.get("text", "")) for row in entry.milestones)}
    elif isinstance(entry, Expert):
        found = {"evidence": LINE.join(str(row.get("text", "")) for row in entry.evidence)}
    for translation in entry.translations:
        suffix = translation.language
        found[f"title.{suffix}"] = translation.title
        found[f"summary.{suffix}"] = translation.summary
        found[f"body.{suffix}"] = translation.body
        found[f"keywords.{suffix}"] = LINE.join(translation.keywords)
    return found


def _figures(entry: Entry) -> Mapping[str, object]:
    if isinstance(entry, Achievement):
        return {
            "stage": str(entry.stage or ""),
            "trl": entry.trl,
            "transfer_modes": tuple(entry.transfer_modes),
            "price_fen": entry.price,
            "price_negotiable": entry.price_negotiable,
        }
    if isinstance(entry, Demand):
        return {
            "demand_type": str(entry.demand_type or ""),
            "transfer_modes": tuple(entry.solution_modes),
            "budget_min_fen": entry.budget_min,
            "budget_max_fen": entry.budget_max,
            "deadline": entry.deadline,
        }
    if isinstance(entry, Expert):
        return {"availability": str(entry.availability or "")}
    return {}
