"""Sends the periodic work; of several processes that could, one does and the others stand by."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from celery import beat

from matchmaker.services.identity import own_name
from matchmaker.services.turns import Turns
from workers.app import PortalApp

log = structlog.get_logger(__name__)

TURN = "schedule"
#: Seconds of silence after which another process may keep the schedule, and between looks.
TURN_SECONDS, LOOK_SECONDS = 15.0, 5.0
#: What a schedule that begins, or takes over, sends at once.
_FIRST = ("reap", "beat", "queue_daily")


class TakingTurns(beat.Scheduler):
    """Celery's scheduler, which sends nothing while another process keeps the schedule.

    The turn is a row of the database (`services/turns.py`): the schedule is of no use without the
    database, and a turn kept in Redis would be lost with it.

    Args:
        turns: where the turn is; None where nobody else could be heard, as in memory.
    """

    _mine = False
    _look_at = float("-inf")

    def __init__(self, turns: Turns | None, *args: Any, **kwargs: Any) -> None:
        self._turns = turns
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due, if it is this process's turn; seconds until the next call."""
        if not self._has_turn():
            return 1.0
        pause: float = super().tick(*args, **kwargs)
        return pause

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        """Send one message; while the broker is away it is dropped, the next one comes soon."""
        try:
            self.app.send_task(entry.task, retry=False, **entry.options)
        except Exception as error:
            log.warning("broker_away", task=entry.task, error=error)

    def _has_turn(self) -> bool:
        if time.monotonic() >= self._look_at:
            mine = self._ask()
            if mine and not self._mine:
                log.info("schedule_kept_here")
                self._begin_at_once()
            self._mine = mine
            self._look_at = time.monotonic() + LOOK_SECONDS
        return self._mine

    def _ask(self) -> bool:
        if self._turns is None:
            return True
        try:
            return self._turns.take(TURN, own_name(), TURN_SECONDS)
        except Exception as error:
            log.warning("turn_unknown", error=error)
            return False

    def _begin_at_once(self) -> None:
        for name in _FIRST:
            self.schedule[name].last_run_at = self.app.now() - timedelta(days=1)
        self._heap = None


class TimeKeeper:
    """The schedule in a thread of its own.

    Args:
        app: the Celery app.
        turns: which process may act; None where no other could be heard.
    """

    def __init__(self, app: PortalApp, turns: Turns | None) -> None:
        self._turns = turns
        self._service: Any = beat.Service(
            app, max_interval=1, scheduler_cls=partial(TakingTurns, turns)
        )
        self._thread = threading.Thread(target=self._keep, name="schedule", daemon=True)

    def start(self) -> None:
        """Begin, and return at once."""
        self._thread.start()

    def stop(self, timeout: float = 2.0) -> None:
        """Stop sending, and let another process have the turn at once."""
        self._service.stop(wait=False)
        if self._turns is None:
            return
        self._thread.join(timeout)
        try:
            self._turns.leave(TURN, own_name())
        except Exception as error:
            log.warning("turn_not_left", error=error)

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._thread.is_alive()

    def _keep(self) -> None:
        try:
            self._service.start()
        except Exception:
            log.exception("schedule_failed")
