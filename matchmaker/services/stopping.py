"""A flag that long work looks at, so that a process can end within seconds.

It lies in memory that a process shares with those it forks: a worker that ends reaches the work
in its child processes by it.
"""

from __future__ import annotations

import mmap


class StopRequested(BaseException):
    """The process is ending: leave the work as it is; its job is handed back for another worker.

    It is no `Exception`: nothing that handles failures of a job should take it for one.
    """


_stopping = mmap.mmap(-1, 1)


def request_stop() -> None:
    """Ask all long work of this process to leave off."""
    _stopping[0] = 1


def resume() -> None:
    """Take the request back, for a process that starts its workers again."""
    _stopping[0] = 0


def check_stop() -> None:
    """Leave off here if the process is ending; long work calls this about every second.

    Raises:
        StopRequested: it is.
    """
    if _stopping[0]:
        raise StopRequested
