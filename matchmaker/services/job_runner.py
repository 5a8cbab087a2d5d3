"""Runs jobs: claims one, or several of a kind at once, and keeps what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from matchmaker.domain.work import JobKind
from matchmaker.services.jobs import Jobs, Lease, LeaseLostError
from matchmaker.services.recording import request_id
from matchmaker.services.stopping import StopRequested, check_stop
from search_index.backends.base import Fault, SearchIndexError

log = structlog.get_logger(__name__)

#: Does a job's work; finishes the lease in its own last transaction.
Handler = Callable[[Lease], None]


@dataclass(frozen=True, slots=True)
class Batching:
    """How several jobs of a kind are done in one go.

    Attributes:
        handler: does the work of all; finishes each lease that still holds.
        most: jobs taken together at the most.
    """

    handler: Callable[[Sequence[Lease]], None]
    most: int


class JobRunner:
    """Runs jobs by their kind.

    Args:
        jobs: the table.
        handlers: what to do for each kind.
        batches: the kinds of which several are done in one go, where several wait.
    """

    def __init__(
        self,
        jobs: Jobs,
        handlers: Mapping[JobKind, Handler],
        batches: Mapping[JobKind, Batching] | None = None,
    ) -> None:
        self._jobs = jobs
        self._handlers = handlers
        self._batches = batches or {}

    def run(self, job_id: int) -> bool:
        """Work on one job, if it can be had, and on those that are best done with it.

        Returns:
            Whether it was done now.

        Raises:
            StopRequested: the process ends; what was not done is handed back.
        """
        lease = self._jobs.claim(job_id)
        if lease is None:
            return False
        batching = self._batches.get(lease.kind)
        more = self._jobs.claim_like(lease, batching.most - 1) if batching else []
        leases = [lease, *more]
        try:
            check_stop()
            if batching and more and self._done_together(batching, leases):
                return True
            return [self._do(held) for held in leases][0]
        except StopRequested:
            for held in leases:
                self._jobs.hand_back(held)
            raise

    def drain(self, most: int = 10_000) -> int:
        """Work through everything that is due, in this thread; for commands and tests.

        Returns:
            How many jobs were done.
        """
        done = 0
        while done < most:
            self._jobs.reap()
            due = self._jobs.due()
            if not due:
                return done
            progress = sum(self.run(job_id) for _, job_id in due)
            if not progress:
                return done
            done += progress
        return done

    def _done_together(self, batching: Batching, leases: Sequence[Lease]) -> bool:
        """Whether all were done in one go; else one of them spoils it, and each is done alone."""
        try:
            batching.handler(leases)
        except Exception as error:
            log.warning("batch_failed", kind=leases[0].kind, jobs=len(leases), error=str(error))
            return False
        return True

    def _do(self, lease: Lease) -> bool:
        mark = request_id.set(f"job-{lease.job_id}")
        try:
            self._handlers[lease.kind](lease)
        except LeaseLostError:
            log.warning("job_lease_lost", job=lease.job_id, kind=lease.kind)
            return False
        except Exception as error:
            self._failed(lease, error)
            return False
        finally:
            request_id.reset(mark)
        return True

    def _failed(self, lease: Lease, error: Exception) -> None:
        """Keep what went wrong; work that found its engine away waits for it without an end."""
        waits = isinstance(error, SearchIndexError) and error.fault is not Fault.OTHER
        state = self._jobs.fail(lease, f"{type(error).__name__}: {error}", counts=not waits)
        if waits:
            log.warning("job_waits", job=lease.job_id, kind=lease.kind, error=str(error))
        else:
            log.exception("job_failed", job=lease.job_id, kind=lease.kind, state=state)
