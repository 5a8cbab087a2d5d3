"""Runs jobs: leases one, has its handler do it, and keeps what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog

from matchmaker.domain.work import JobKind, JobState
from matchmaker.monitoring.job_watch import JobWatch
from matchmaker.services.jobs import Jobs, Lease, LeaseLostError

log = structlog.get_logger(__name__)

#: Does a job's work; finishes the lease in its own last transaction.
Handler = Callable[[Lease], None]

_DONE, _LEASE_LOST = "done", "lease_lost"
#: How it went → the word for it, by the state a failed job is in now.
_FAILED = {JobState.PENDING: "failed", JobState.DEAD: "dead", JobState.DONE: "superseded"}


class JobRunner:
    """Runs jobs: claims one, calls its handler, keeps what went wrong.

    Args:
        jobs: the table.
        handlers: what to do for each kind.
        watch: tells of each job.
    """

    def __init__(
        self, jobs: Jobs, handlers: Mapping[JobKind, Handler], watch: JobWatch | None = None
    ) -> None:
        self._jobs = jobs
        self._handlers = handlers
        self._watch = watch or JobWatch()

    def run(self, job_id: int) -> bool:
        """Work on one job, if it can be had.

        Returns:
            Whether it was done now.
        """
        lease = self._jobs.claim(job_id)
        if lease is None:
            return False
        handler = self._handlers[lease.kind]
        with self._watch.watching(lease, getattr(handler, "__qualname__", "handler")) as watched:
            watched.outcome = self._outcome(lease, handler)
        return watched.outcome == _DONE

    def drain(self, most: int = 10_000) -> int:
        """Work through everything that is due, in this thread; for commands and tests.

        Returns:
            How many jobs were done.
        """
        done = 0
        while done < most:
            due = self._jobs.reap()
            if not due:
                return done
            progress = sum(self.run(job_id) for _, job_id in due)
            if not progress:
                return done
            done += progress
        return done

    def _outcome(self, lease: Lease, handler: Handler) -> str:
        try:
            handler(lease)
        except LeaseLostError:
            log.warning("job_lease_lost")
            return _LEASE_LOST
        except Exception as error:
            state = self._jobs.fail(lease, f"{type(error).__name__}: {error}")
            log.exception("job_failed", state=str(state))
            return _FAILED[state]
        return _DONE
