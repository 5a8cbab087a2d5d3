"""Signs of life: a worker says every few seconds that it is there, what it is, and what it does."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import structlog

from matchmaker.domain.work import WorkQueue
from matchmaker.services.attendance import Attendance, Presence
from matchmaker.services.identity import host, own_name
from workers.schedule import PULSE_SECONDS

if TYPE_CHECKING:
    from matchmaker.bootstrap import Container

log = structlog.get_logger(__name__)

_WATCH_SECONDS = 1.0


def presence_of(
    container: Container,
    *,
    queues: Collection[WorkQueue],
    pool: str,
    concurrency: int,
    keeps_schedule: bool,
) -> Presence:
    """What this process says of itself.

    Args:
        container: the services it works with.
        queues: what it listens to.
        pool: `threads` or `processes`.
        concurrency: jobs it does at the same time.
        keeps_schedule: whether it can send the periodic work.
    """
    embedder = container.embedder
    return Presence(
        name=own_name(),
        host=host(),
        process=os.getpid(),
        queues=queues,
        pool=pool,
        concurrency=concurrency,
        keeps_schedule=keeps_schedule,
        version=_own_version(),
        model=f"{embedder.name}@{embedder.version}"[:120],
    )


class Pulse:
    """Signs in a thread of its own while the worker lives; the database may be away meanwhile.

    Args:
        attendance: the register of workers.
        presence: what to write there.
        lives: whether the worker is still at work.
        watch: called every second, to look after what the worker has started.
    """

    def __init__(
        self,
        attendance: Attendance,
        presence: Presence,
        lives: Callable[[], bool],
        watch: Callable[[], None] | None = None,
    ) -> None:
        self._attendance = attendance
        self._presence = presence
        self._lives = lives
        self._watch = watch or (lambda: None)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._give_signs, name="pulse", daemon=True)

    def start(self) -> None:
        """Begin, and return at once."""
        self._thread.start()

    def stop(self) -> None:
        """Say good-bye."""
        self._ending.set()
        self._thread.join(_WATCH_SECONDS)
        _tried(lambda: self._attendance.leave(self._presence.name))

    def _give_signs(self) -> None:
        looks = 0
        while self._lives() and not self._ending.is_set():
            if looks % round(PULSE_SECONDS / _WATCH_SECONDS) == 0:
                _tried(lambda: self._attendance.sign(self._presence))
            _tried(self._watch)
            looks += 1
            self._ending.wait(_WATCH_SECONDS)


def _tried(deed: Callable[[], None]) -> None:
    try:
        deed()
    except Exception as error:
        log.warning("sign_of_life_failed", error=error)


def _own_version() -> str:
    try:
        return version("matchmaker")
    except PackageNotFoundError:
        return ""
