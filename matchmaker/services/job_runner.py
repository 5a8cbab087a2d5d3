"""Runs jobs: claims one, or several of a kind at once, and keeps what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import structlog

from matchmaker.domain.work import JobKind, JobState
from matchmaker.monitoring.job_watch import JobWatch
from matchmaker.services.jobs import Jobs, Lease, LeaseLostError
from matchmaker.services.stopping import StopRequested, check_stop
from search_index.backends.base import Fault, SearchIndexError

log = structlog.get_logger(__name__)

#: Does a job's work; finishes the lease in its own last transaction.
Handler = Callable[[Lease], None]

_DONE, _LEASE_LOST, _WAITS, _APART = "done", "lease_lost", "waits", "taken_apart"
#: How it went → the word for it, by the state a failed job is in now.
_FAILED = {JobState.PENDING: "failed", JobState.DEAD: "dead", JobState.DONE: "superseded"}


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
        watch: tells of each job.
    """

    def __init__(
        self,
        jobs: Jobs,
        handlers: Mapping[JobKind, Handler],
        batches: Mapping[JobKind, Batching] | None = None,
        watch: JobWatch | None = None,
    ) -> None:
        self._jobs = jobs
        self._handlers = handlers
        self._batches = batches or {}
        self._watch = watch or JobWatch()

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
            return [self._done(held) for held in leases][0]
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
        name = _name_of(batching.handler)
        outcome = _APART
        with ExitStack() as stack:
            watched = [stack.enter_context(self._watch.watching(held, name)) for held in leases]
            try:
                batching.handler(leases)
                outcome = _DONE
            except Exception as error:
                log.warning("batch_failed", jobs=len(leases), error=error)
            for held in watched:
                held.outcome = outcome
        return outcome == _DONE

    def _done(self, lease: Lease) -> bool:
        handler = self._handlers[lease.kind]
        with self._watch.watching(lease, _name_of(handler)) as watched:
            watched.outcome = self._outcome(lease, handler)
        return watched.outcome == _DONE

    def _outcome(self, lease: Lease, handler: Handler) -> str:
        try:
            handler(lease)
        except LeaseLostError:
            log.warning("job_lease_lost")
            return _LEASE_LOST
        except Exception as error:
            return self._failed(lease, error)
        return _DONE

    def _failed(self, lease: Lease, error: Exception) -> str:
        """Keep what went wrong; work that found its engine away waits for it without an end."""
        waits = isinstance(error, SearchIndexError) and error.fault is not Fault.OTHER
        state = self._jobs.fail(lease, f"{type(error).__name__}: {error}", counts=not waits)
        if waits:
            log.warning("job_waits", error=error)
            return _WAITS
        log.exception("job_failed", state=str(state))
        return _FAILED[state]


def _name_of(handler: Callable[..., None]) -> str:
    return getattr(handler, "__qualname__", "handler")
