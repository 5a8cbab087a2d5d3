"""The weights that matching counts with: versions kept, one live, changed and rolled back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.actors import Actor
from matchmaker.domain.calendar import now
from matchmaker.domain.errors import ConflictError, NotFoundError, UnavailableError
from matchmaker.domain.learning import WeightState
from matchmaker.domain.work import JobKind
from matchmaker.matching.weights import (
    Weights,
    WeightsError,
    bundled_weights,
    weights_of,
    weights_payload,
)
from matchmaker.models import WeightVersion
from matchmaker.models.database import Database
from matchmaker.services.jobs import enqueue
from matchmaker.services.recording import record

log = structlog.get_logger(__name__)

#: Seconds after which a process looks again which weights are live.
FRESH = 2.0


@dataclass(frozen=True, slots=True)
class Standing:
    """A version with its weights; `usable` is None where this portal has other signals by now."""

    row: WeightVersion
    usable: Weights | None


class Weighing:
    """Reads and changes the live weights.

    Args:
        database: where versions are kept.
        clock: seconds that only go forward.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._held = bundled_weights()
        self._looked = float("-inf")
        self._lock = threading.Lock()

    def live(self) -> Weights:
        """The weights to count with; a change is noticed within `FRESH` seconds.

        Those that came with the portal serve until others were made live, and where the live
        ones name signals that are gone. While the database is away the last known ones serve.
        """
        with self._lock:
            if self._clock() - self._looked >= FRESH:
                self._looked = self._clock()
                self._held = self._read()
            return self._held

    def versions(self) -> list[Standing]:
        """All versions, newest first; the bundled one too where it was never kept."""
        with self._database.read() as session:
            rows = list(session.scalars(select(WeightVersion).order_by(WeightVersion.id.desc())))
        bundled = bundled_weights()
        if all(row.version != bundled.version for row in rows):
            live = any(row.state is WeightState.LIVE for row in rows)
            rows.append(_bundled_row(WeightState.FORMER if live else WeightState.LIVE))
        return [Standing(row, _usable(row)) for row in rows]

    def activate(self, actor: Actor, version: str) -> None:
        """Make a version live and have everything matched again.

        Raises:
            NotFoundError: there is no such version.
            ConflictError: it is live already, or was fitted for signals that are gone.
        """
        with self._database.write() as session:
            keep_bundled(session)
            row = session.scalar(select(WeightVersion).where(WeightVersion.version == version))
            if row is None:
                raise NotFoundError("no_weights", version=version)
            if _usable(row) is None:
                raise ConflictError("weights_outdated", version=version)
            make_live(session, actor, row, "activate")
        self._look_again()

    def roll_back(self, actor: Actor) -> str:
        """Make the version live again from which the live one was fitted.

        Returns:
            The version that is live now.

        Raises:
            ConflictError: there is none before it.
        """
        with self._database.write() as session:
            keep_bundled(session)
            live = live_row(session)
            before = live and session.scalar(
                select(WeightVersion).where(WeightVersion.version == live.parent)
            )
            if before is None or _usable(before) is None:
                raise ConflictError("nothing_to_roll_back")
            make_live(session, actor, before, "roll_back")
        self._look_again()
        return before.version

    def queue_fit(self) -> None:
        """Queue a fit now, whatever was done today."""
        with self._database.write() as session:
            enqueue(session, JobKind.FIT_WEIGHTS, "now")

    def _look_again(self) -> None:
        with self._lock:
            self._looked = float("-inf")

    def _read(self) -> Weights:
        try:
            with self._database.read() as session:
                row = live_row(session)
        except UnavailableError:
            return self._held
        if row is None or row.version == bundled_weights().version:
            return bundled_weights()
        if row.version == self._held.version:
            return self._held
        if (found := _usable(row)) is None:
            log.warning("live_weights_outdated", version=row.version)
        return found or bundled_weights()


def live_row(session: Session) -> WeightVersion | None:
    """The live version, if any was ever made live."""
    return session.scalar(select(WeightVersion).where(WeightVersion.state == WeightState.LIVE))


def keep_bundled(session: Session) -> WeightVersion:
    """Keep the weights that came with the portal among the versions; live where none is."""
    version = bundled_weights().version
    row = session.scalar(select(WeightVersion).where(WeightVersion.version == version))
    if row is None:
        row = _bundled_row(WeightState.FORMER if live_row(session) else WeightState.LIVE)
        session.add(row)
        session.flush()
    return row


def make_live(session: Session, actor: Actor, row: WeightVersion, action: str) -> None:
    """Make `row` live in the caller's transaction, keep who did it, queue matching again.

    Raises:
        ConflictError: it is live already.
    """
    before = live_row(session)
    if before is row:
        raise ConflictError("weights_live", version=row.version)
    if before is not None:
        before.state = WeightState.FORMER
        session.flush()  # one live version at any moment, so says a unique index
    row.state = WeightState.LIVE
    row.decided_at, row.decided_by_id = now(), actor.person_id
    session.flush()
    changes = {"version": (before.version if before else "", row.version)}
    record(session, actor, row, action, changes=changes)
    enqueue(session, JobKind.REMATCH, "all")


def usable_versions(standings: Sequence[Standing]) -> list[str]:
    """Names of the versions that could be made live."""
    return [
        held.row.version
        for held in standings
        if held.usable is not None and held.row.state is not WeightState.LIVE
    ]


def _usable(row: WeightVersion) -> Weights | None:
    try:
        return weights_of(row.weights)
    except WeightsError:
        return None


def _bundled_row(state: WeightState) -> WeightVersion:
    weights = bundled_weights()
    return WeightVersion(
        version=weights.version,
        parent="",
        state=state,
        weights=weights_payload(weights),
        found=weights.found,
        fitted_on=0,
        held_out=0,
        held_out_demands=0,
        figures=[],
        created_at=now(),
    )
