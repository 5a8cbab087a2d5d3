"""Writes the history: who did what to which record, in the same transaction as the deed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.domain.actors import Actor
from matchmaker.domain.calendar import now
from matchmaker.models import Entry, Event, Job, Match, Organisation, Person, WeightVersion
from matchmaker.monitoring.correlation import request_id

Subject = Entry | Job | Match | Organisation | Person | WeightVersion

_TYPES: Mapping[type, str] = {
    Job: "job",
    Match: "match",
    Organisation: "organisation",
    Person: "person",
    WeightVersion: "weights",
}


def record(
    session: Session,
    actor: Actor,
    subject: Subject,
    action: str,
    *,
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
    note: str = "",
) -> None:
    """Append one event.

    Args:
        session: the unit of work the deed is part of.
        actor: who did it.
        subject: the record it was done to; it must have its id.
        action: what was done, in one word.
        changes: field name → (before, after), ready for JSON.
        reason: reason code, where one was asked for.
        note: free words.
    """
    session.add(
        Event(
            at=now(),
            actor_id=actor.person_id,
            on_behalf_of_id=_on_behalf_of(actor, subject),
            subject_type=subject_type(subject),
            subject_id=subject.id,
            subject_code=subject.code if isinstance(subject, Entry) else "",
            action=action,
            changes={name: list(pair) for name, pair in (changes or {}).items()},
            reason=reason,
            note=note,
            request_id=request_id.get(),
        )
    )


def subject_type(subject: Subject) -> str:
    """How the history names the kind of a record."""
    return "entry" if isinstance(subject, Entry) else _TYPES[type(subject)]


def _on_behalf_of(actor: Actor, subject: Subject) -> int | None:
    if isinstance(subject, Entry) and subject.organisation_id in actor.organisations:
        return subject.organisation_id
    return None
