"""Takes a snapshot of the quality each day, and hands the newest and the months before out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.domain.calendar import now, today
from matchmaker.models import QualitySnapshot
from matchmaker.models.database import Database
from matchmaker.services.jobs import Jobs, Lease
from matchmaker.services.quality.cases import demand_cases, verdict_cases
from matchmaker.services.quality.figures import Figures, figures_of

_MONTHS = 13


@dataclass(frozen=True, slots=True)
class Published:
    """What the page of quality shows.

    Attributes:
        latest: the newest snapshot.
        months: the last snapshot of each month, the newest first and `latest` among them; a year
            and a month at the most.
    """

    latest: QualitySnapshot
    months: Sequence[QualitySnapshot]


class Quality:
    """Measures the portal's quality from its own rows.

    Args:
        database: where demands, matches and verdicts are.
        jobs: to finish leases.
    """

    def __init__(self, database: Database, jobs: Jobs) -> None:
        self._database = database
        self._jobs = jobs

    def measure(self, lease: Lease) -> None:
        """Handler of the job `measure`: take the snapshot of the day on which it runs."""
        figures = self._figures()
        with self._database.write() as session:
            _keep(session, figures)
            self._jobs.finish(session, lease)

    def take(self) -> None:
        """Take the snapshot of today now, in place of an earlier one of the day."""
        figures = self._figures()
        with self._database.write() as session:
            _keep(session, figures)

    def published(self) -> Published | None:
        """The figures to show, or None while nothing was measured yet."""
        last = select(func.max(QualitySnapshot.day)).group_by(QualitySnapshot.month)
        query = (
            select(QualitySnapshot)
            .where(QualitySnapshot.day.in_(last))
            .order_by(QualitySnapshot.day.desc())
            .limit(_MONTHS)
        )
        with self._database.read() as session:
            months = session.scalars(query).all()
        return Published(months[0], months) if months else None

    def _figures(self) -> Figures:
        with self._database.read() as session:
            return figures_of(demand_cases(session), verdict_cases(session))


def _keep(session: Session, figures: Figures) -> None:
    day = today()
    snapshot = QualitySnapshot(day=day, month=f"{day:%Y-%m}", taken_at=now(), figures=figures)
    session.merge(snapshot)
