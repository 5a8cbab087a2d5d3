"""A task for each kind of job, from `embed` to `send_mail`; each runs one row of the table."""

from __future__ import annotations

from collections.abc import Iterator

from matchmaker.domain.work import JobKind
from matchmaker.services.waking import route_of
from workers.tasks.base import PortalTask


class JobTask(PortalTask):
    """Runs a job by its row.

    Args:
        kind: the kind of job it is named after; the row itself says what is to be done.
    """

    def __init__(self, kind: JobKind) -> None:
        self.name, self.queue = route_of(kind)

    def run(self, job_id: int) -> bool:
        """Work on a job, unless somebody else has it."""
        return self.services.runner.run(job_id)


def job_tasks() -> Iterator[PortalTask]:
    """One task a kind."""
    for kind in JobKind:
        yield JobTask(kind)
