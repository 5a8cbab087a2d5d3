"""How the engines are: database, search index, worker; each with a state and the age of a sign."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import func, select, text

from matchmaker.models import Entry, Heartbeat
from matchmaker.models.database import Database, database_now
from matchmaker.services.bounded import Bounded
from matchmaker.services.entries.reading import behind_in_index
from search_index.backends.base import READABLE, Fault, SearchIndexError

if TYPE_CHECKING:
    from search_index.lifecycle import IndexHandle

log = structlog.get_logger(__name__)

WORKER_BEAT = "worker"
SCHEDULE_BEAT = "beat"
#: Seconds after which a worker or the schedule that gave no sign counts as away.
SILENCE = 30.0
_KEEP = 3.0
#: Seconds a page waits for the index to say how it is; one that is slower counts as away.
_PATIENCE = 2.0


class EngineState(StrEnum):
    """How an engine is; only a database that is down keeps the portal from serving."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine.

    Attributes:
        state: how it is.
        age_seconds: seconds since its last sign of life, or by which it lags behind; None where
            there never was one.
        detail: what is wrong, in words for the operator; "" where nothing is.
        reads: whether it still answers questions; an index may do so and take no writes.
    """

    state: EngineState
    age_seconds: float | None = None
    detail: str = ""
    reads: bool = True


class Health:
    """Looks at the engines, at most once every few seconds, and never raises.

    Args:
        database: the one engine the portal can't do without.
        index: search.
        keep_seconds: how long a look counts.
    """

    def __init__(self, database: Database, index: IndexHandle, keep_seconds: float = _KEEP) -> None:
        self._database = database
        self._index = index
        self._keep = keep_seconds
        self._index_in_time = Bounded(self._look_at_index, _PATIENCE)
        self._lock = threading.Lock()
        self._report: Mapping[str, Engine] = {}
        self._taken_at = float("-inf")

    def report(self) -> Mapping[str, Engine]:
        """The engines `database`, `index` and `worker`."""
        with self._lock:
            if time.monotonic() - self._taken_at > self._keep:
                self._report = self._look()
                self._taken_at = time.monotonic()
            return self._report

    def signs(self) -> Mapping[str, float]:
        """Seconds since the last sign of life, by who gave it; those that never did are left out.

        Raises:
            SQLAlchemyError: the database does not answer.
        """
        with self._database.read() as session:
            moment = database_now(session)
            rows = session.execute(select(Heartbeat.name, Heartbeat.at))
            return {name: _age(moment, at) for name, at in rows}

    def degraded(self) -> list[str]:
        """What is not as it should be, for banners: `index`, `index_writes`, `worker`."""
        report = self.report()
        away = [name for name in ("index", "worker") if report[name].state is not EngineState.OK]
        return ["index_writes" if name == "index" and report[name].reads else name for name in away]

    def _look(self) -> Mapping[str, Engine]:
        return {
            "database": _tried(self._look_at_database, EngineState.DOWN, "database"),
            "index": _tried(self._index_in_time, EngineState.DEGRADED, "index"),
            "worker": _tried(self._look_at_worker, EngineState.DEGRADED, "worker"),
        }

    def _look_at_database(self) -> Engine:
        with self._database.read() as session:
            session.execute(text("SELECT 1"))
        return Engine(EngineState.OK, 0.0)

    def _look_at_index(self) -> Engine:
        self._index.check()
        with self._database.read() as session:
            waiting_since = session.scalar(
                select(func.min(Entry.updated_at)).where(behind_in_index())
            )
            lag = _age(database_now(session), waiting_since) if waiting_since else 0.0
        return Engine(EngineState.OK, lag)

    def _look_at_worker(self) -> Engine:
        ages = self.signs()
        for name, words in ((WORKER_BEAT, "worker"), (SCHEDULE_BEAT, "schedule")):
            if ages.get(name, SILENCE + 1) > SILENCE:
                return Engine(
                    EngineState.DEGRADED, ages.get(name), f"no sign of life from the {words}"
                )
        return Engine(EngineState.OK, max(ages[WORKER_BEAT], ages[SCHEDULE_BEAT]))


def _tried(look: Callable[[], Engine], otherwise: EngineState, engine: str) -> Engine:
    """What a look says, or that it failed: an engine can fail in ways its library alone knows."""
    try:
        return look()
    except Exception as error:
        fault = error.fault if isinstance(error, SearchIndexError) else Fault.OTHER
        log.warning("engine_away", engine=engine, fault=str(fault), error=error)
        detail = f"{type(error).__name__}: {error}".splitlines()[0]
        return Engine(otherwise, None, detail, reads=fault in READABLE)


def _age(moment: datetime, since: datetime) -> float:
    return round(max(0.0, (moment - since).total_seconds()), 1)
