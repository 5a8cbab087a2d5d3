"""A flag that long work looks at, so that a process can end within seconds."""

from __future__ import annotations

import threading


class StopRequested(BaseException):
    """The process is ending: leave the work as it is; its job is taken up again at the next start.

    It is no `Exception`: nothing that handles failures of a job should take it for one.
    """


_stopping = threading.Event()


def request_stop() -> None:
    """Ask all long work of this process to leave off."""
    _stopping.set()


def resume() -> None:
    """Take the request back, for a process that starts its workers again."""
    _stopping.clear()


def check_stop() -> None:
    """Leave off here if the process is ending; long work calls this about every second.

    Raises:
        StopRequested: it is.
    """
    if _stopping.is_set():
        raise StopRequested
