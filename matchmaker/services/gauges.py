"""Reads the state of jobs, matches and index for whoever watches: one cheap query for each."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import datetime

import structlog
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import UnavailableError
from matchmaker.domain.lifecycles import MatchState
from matchmaker.domain.work import JobKind, JobState
from matchmaker.models import Entry, Match
from matchmaker.models.database import Database, database_now
from matchmaker.monitoring.readings import Readings
from matchmaker.services.entries.reading import behind_in_index
from matchmaker.services.health import EngineState, Health
from matchmaker.services.work import OPEN, open_jobs

log = structlog.get_logger(__name__)

_KEEP = 10.0


class Gauges:
    """Looks at most once in a while, however many ask, and never raises.

    Args:
        database: jobs, matches and versions.
        health: engines.
        keep_seconds: how long a look counts.
    """

    def __init__(self, database: Database, health: Health, keep_seconds: float = _KEEP) -> None:
        self._database = database
        self._health = health
        self._keep = keep_seconds
        self._lock = threading.Lock()
        self._held = Readings()
        self._taken_at = float("-inf")

    def read(self) -> Readings:
        """What is to be read now; only the engines where the database is away."""
        with self._lock:
            if time.monotonic() - self._taken_at > self._keep:
                self._held = self._look()
                self._taken_at = time.monotonic()
            return self._held

    def _look(self) -> Readings:
        report = self._health.report()
        engines = {name: held.state is EngineState.OK for name, held in report.items()}
        try:
            with self._database.read() as session:
                return self._readings(session, engines)
        except UnavailableError as error:
            log.warning("gauges_unread", error=error)
            return Readings(engines=engines)

    @staticmethod
    def _readings(session: Session, engines: Mapping[str, bool]) -> Readings:
        moment = database_now(session)
        jobs = {(str(kind), str(state)): 0 for kind in JobKind for state in OPEN}
        oldest_due = {str(kind): 0.0 for kind in JobKind}
        for kind, state, number, since in session.execute(open_jobs(moment)):
            jobs[kind, state] = number
            if state is JobState.PENDING:
                oldest_due[kind] = _seconds(moment, since)
        matches = {str(state): 0 for state in MatchState}
        matches |= {str(row[0]): row[1] for row in session.execute(_matches())}
        late, since = session.execute(_late()).one()
        return Readings(jobs, oldest_due, matches, late, _seconds(moment, since), engines)


def _matches() -> Select[MatchState, int]:
    return select(Match.state, func.count()).group_by(Match.state)


def _late() -> Select[int, datetime]:
    return select(func.count(Entry.id), func.min(Entry.updated_at)).where(behind_in_index())


def _seconds(moment: datetime, since: datetime | None) -> float:
    return max(0.0, (moment - since).total_seconds()) if since else 0.0
