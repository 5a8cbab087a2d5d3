"""Keeps clauses as people put them right, and gives them to the matching."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from matchmaker.domain.actors import Actor
from matchmaker.domain.calendar import now
from matchmaker.matching.clauses.correcting import Correction, Requirement, read_by_quote
from matchmaker.matching.clauses.model import Comparator
from matchmaker.models import CorrectedClause, Entry
from matchmaker.services.recording import record


def put_right(
    session: Session, actor: Actor, entry: Entry, text: str, corrections: Sequence[Correction]
) -> bool:
    """Keep what was put right, and forget what is as it was read.

    Args:
        session: the unit of work.
        actor: who put it right.
        entry: a demand; it must have its id.
        text: of its field ``clauses``, as it was sent with the corrections.
        corrections: by quote; clauses that are not named stay as they are.

    Returns:
        Whether anything changed; then it is in the history.
    """
    read, rows = read_by_quote(text), session.scalars(_of([entry.id]))
    held = {row.quote: row for row in rows}
    changes: dict[str, tuple[str, str]] = {}
    for quote, wanted in {sent.quote: sent.requirement for sent in corrections}.items():
        row, as_read = held.get(quote), read.get(quote)
        before = _requirement(row.as_corrected) if row else as_read
        if quote not in text or wanted == before:
            continue
        changes[quote] = (_in_brief(before), _in_brief(wanted))
        if row is not None and wanted == as_read:
            session.delete(row)
            continue
        row = row or CorrectedClause(entry_id=entry.id, quote=quote)
        row.as_read, row.as_corrected = _json(as_read), _json(wanted)
        row.corrected_by_id, row.corrected_at = actor.person_id, now()
        session.add(row)
    if changes:
        both = [list(texts) for texts in zip(*changes.values(), strict=True)]
        record(session, actor, entry, "correct", changes={"corrected_clauses": (both[0], both[1])})
    return bool(changes)


def corrections_of(
    session: Session, entry_ids: Collection[int]
) -> Mapping[int, Sequence[Correction]]:
    """What was put right of some entries, by entry id."""
    found: dict[int, list[Correction]] = {}
    for row in session.scalars(_of(entry_ids)):
        correction = Correction(row.quote, _requirement(row.as_corrected))
        found.setdefault(row.entry_id, []).append(correction)
    return found


def _of(entry_ids: Collection[int]) -> Select[CorrectedClause]:
    return (
        select(CorrectedClause)
        .where(CorrectedClause.entry_id.in_(entry_ids))
        .order_by(CorrectedClause.id)
    )


def _json(requirement: Requirement | None) -> dict[str, Any] | None:
    return asdict(requirement) if requirement else None


def _requirement(data: Mapping[str, Any] | None) -> Requirement | None:
    if data is None:
        return None
    return Requirement(**{**data, "comparator": Comparator(data["comparator"])})


def _in_brief(requirement: Requirement | None) -> str:
    """A requirement as the history keeps it; "—" for none."""
    if requirement is None:
        return "—"
    bounds = [f"{bound:g}" for bound in (requirement.low, requirement.high) if bound is not None]
    words = (requirement.subject, requirement.comparator, " ".join(bounds), requirement.unit)
    return " ".join(filter(None, (*words, requirement.condition)))
