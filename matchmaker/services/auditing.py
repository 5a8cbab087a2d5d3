"""The whole history, for admins: who did what to which record, when and why."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, func, select

from matchmaker.models import Event, Organisation, Person
from matchmaker.models.database import Database
from matchmaker.services.counting import at_most


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One event with names; `actor` is "" where the platform itself acted."""

    event: Event
    actor: str
    on_behalf_of: str


class Auditing:
    """Reads the event table; the caller has checked the permission `ADMINISTER`.

    Args:
        database: where events are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(
        self,
        actor_id: int | None = None,
        subject_code: str = "",
        action: str = "",
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[list[AuditLine], int]:
        """A page of events, newest first, and how many there are.

        Args:
            actor_id: only what this person did.
            subject_code: only what happened to the entry with this public code.
            action: only this action.
            offset: events to skip.
            limit: events at most.
        """
        conditions = []
        if actor_id is not None:
            conditions.append(Event.actor_id == actor_id)
        if subject_code.strip():
            conditions.append(Event.subject_code == subject_code.strip().upper())
        if action:
            conditions.append(Event.action == action)
        with self._database.read() as session:
            total = at_most(session, select(Event.id).where(*conditions))
            rows = session.execute(
                select(Event, Person.name, Organisation.name)
                .outerjoin(Person, Person.id == Event.actor_id)
                .outerjoin(Organisation, Organisation.id == Event.on_behalf_of_id)
                .where(*conditions)
                .order_by(Event.id.desc())
                .offset(offset)
                .limit(limit)
            )
            lines = [AuditLine(event, name or "", body or "") for event, name, body in rows]
        return lines, total

    def actions(self) -> list[str]:
        """Every action the history holds, by name; for a filter."""
        with self._database.read() as session:
            return [action for action in session.scalars(_each_action()) if action]


def _each_action() -> Select[str]:
    """Every action once, from step to step in the index; DISTINCT would read the whole history."""
    least = select(func.min(Event.action).label("action"))
    steps = least.cte("actions", recursive=True)
    following = least.where(Event.action > steps.c.action).scalar_subquery()
    steps = steps.union_all(select(following).where(steps.c.action.is_not(None)))
    return select(steps.c.action)
