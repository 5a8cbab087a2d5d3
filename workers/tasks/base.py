"""The base of all tasks: the one place that says what happens when a task fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from celery import Task

from matchmaker.domain.work import WorkQueue
from matchmaker.services.stopping import StopRequested

if TYPE_CHECKING:
    from matchmaker.bootstrap import Container

log = structlog.get_logger(__name__)


class PortalTask(Task):
    """A task that calls the portal's services.

    A task is a wake-up, never the work itself: that is a row of the job table, with its tries,
    backoff and lease. So a task that fails is logged and forgotten, and never tried again by
    Celery: failures of a job are kept by the job runner, and what was not even begun, because the
    database was away, is woken again by the reaper.
    """

    abstract = True
    acks_late = True
    queue = WorkQueue.SCHEDULE
    reject_on_worker_lost = True
    ignore_result = True
    max_retries = 0

    @property
    def services(self) -> Container:
        """The services of this process."""
        container: Container = self.app.container
        return container

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run, and leave off quietly when the process ends."""
        try:
            return super().__call__(*args, **kwargs)
        except StopRequested:
            log.info("task_stopped", task=self.name, args=args)
            return None

    def on_failure(self, exc: Exception, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        """Write what went wrong into the log."""
        log.error("task_failed", task=self.name, args=args, exc_info=exc)
