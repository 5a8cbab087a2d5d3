"""Periodic work: which task runs how often."""

from __future__ import annotations

from typing import Any

from matchmaker.domain.work import WorkQueue
from matchmaker.services.waking import task_name

#: Seconds between signs of life; a third of the silence after which an engine counts as away.
PULSE_SECONDS = 10.0
_MINUTE, _HOUR = 60.0, 3600.0


def beat_schedule(reap_seconds: float) -> dict[str, dict[str, Any]]:
    """Celery's schedule.

    A task that was not taken up before the next one is due expires: a schedule that runs without
    a worker must not pile them up.

    Args:
        reap_seconds: pause between looks for lost jobs.
    """
    pauses = {
        "reap": reap_seconds,
        "beat": PULSE_SECONDS,
        "queue_daily": _HOUR,
        "sweep": 6 * _HOUR,
        "look_after_index": _MINUTE,
        "queue_repair": _HOUR,
    }
    return {
        name: {
            "task": task_name(name),
            "schedule": pause,
            "options": {
                "queue": WorkQueue.SCHEDULE.value,
                "expires": max(pause, 5.0),
                "ignore_result": True,
            },
        }
        for name, pause in pauses.items()
    }
