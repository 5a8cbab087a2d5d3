"""What rejections tell the poster of an entry: counted reasons with advice, and nobody's name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from matchmaker.domain.actors import Actor
from matchmaker.domain.learning import SILENT
from matchmaker.domain.policy import Permission
from matchmaker.models import Entry, Match, Verdict
from matchmaker.models.database import Database
from matchmaker.services.entries.reading import entry_for
from matchmaker.services.taxonomies import Taxonomies, Term

#: Other organisations that must share a reason before it is told: one alone might be recognised.
LEAST = 2


@dataclass(frozen=True, slots=True)
class Advice:
    """A reason for which suggestions of an entry were turned down, and how many were."""

    reason: Term
    count: int


class Advising:
    """Advice to posters.

    Args:
        database: where verdicts are.
        taxonomies: reasons with their advice.
    """

    def __init__(self, database: Database, taxonomies: Taxonomies) -> None:
        self._database = database
        self._taxonomies = taxonomies

    def of_entry(self, actor: Actor, code: str) -> list[Advice]:
        """What the verdicts on an entry's suggestions tell its owner, the most frequent first.

        Raises:
            NotFoundError: no such entry of this person's.
        """
        with self._database.read() as session:
            entry = entry_for(session, actor, code, Permission.KEEP_ENTRY)
            other = aliased(Entry)
            turned_down = func.count(Verdict.match_id.distinct())
            rows = session.execute(
                select(Verdict.reason, turned_down)
                .join(Match, Match.id == Verdict.match_id)
                .join(
                    other,
                    or_(
                        (Match.demand_id == entry.id) & (other.id == Match.other_id),
                        (Match.other_id == entry.id) & (other.id == Match.demand_id),
                    ),
                )
                .where(
                    Verdict.decision == "reject",
                    Verdict.undone_at.is_(None),
                    Verdict.reason.not_in(SILENT),
                )
                .group_by(Verdict.reason)
                .having(func.count(other.organisation_id.distinct()) >= LEAST)
                .order_by(turned_down.desc(), Verdict.reason)
            ).all()
        terms = self._taxonomies.reasons["match_reject"]
        return [Advice(terms[row[0]], row[1]) for row in rows if row[0] in terms]
