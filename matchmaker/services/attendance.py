"""Which workers are here: each signs every few seconds and leaves when it ends."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import delete, select

from matchmaker.domain.work import WorkQueue
from matchmaker.models import Heartbeat, WorkerSeen
from matchmaker.models.database import Database, database_now
from matchmaker.services.health import WORKER_BEAT

_FORGET_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Presence:
    """What a worker says of itself.

    Attributes:
        name: of its process (`services/identity.py`).
        host: machine or container.
        process: number of the process there.
        queues: what it listens to.
        pool: `threads` or `processes`.
        concurrency: jobs it does at the same time.
        keeps_schedule: whether it can send the periodic work.
        version: of the portal's code.
        model: name and version of its embedder.
    """

    name: str
    host: str
    process: int
    queues: Collection[WorkQueue]
    pool: str
    concurrency: int
    keeps_schedule: bool
    version: str
    model: str


class Attendance:
    """The register of workers.

    Args:
        database: where it is kept; its clock decides.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def sign(self, presence: Presence) -> None:
        """Note that a worker is alive; rows of workers that fell silent a day ago go."""
        with self._database.write() as session:
            moment = database_now(session)
            row = session.get(WorkerSeen, presence.name)
            facts = {**asdict(presence), "queues": sorted(presence.queues)}
            if row is None:
                session.add(WorkerSeen(**facts, started_at=moment, seen_at=moment))
            else:
                row.seen_at = moment
            session.merge(Heartbeat(name=WORKER_BEAT, at=moment))
            session.execute(delete(WorkerSeen).where(WorkerSeen.seen_at < moment - _FORGET_AFTER))

    def leave(self, name: str) -> None:
        """Note that a worker ended in good order."""
        with self._database.write() as session:
            session.execute(delete(WorkerSeen).where(WorkerSeen.name == name))

    def seen(self) -> list[tuple[WorkerSeen, float]]:
        """Workers that did not say good-bye, with seconds since the last sign; newest first."""
        with self._database.read() as session:
            moment = database_now(session)
            rows = session.scalars(select(WorkerSeen).order_by(WorkerSeen.seen_at.desc()))
            return [(row, max(0.0, (moment - row.seen_at).total_seconds())) for row in rows]
