"""Watches jobs: one line, one measure and one span each, under the request that queued them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import structlog

from matchmaker.monitoring.correlation import following
from matchmaker.monitoring.counting import Effort, effort, in_ms
from matchmaker.monitoring.meters import NO_METERS, Meters
from matchmaker.monitoring.tracing import NO_TRACER, Role, Span, Tracer

log = structlog.get_logger(__name__)

#: How it went where nobody could say: the process ends, or the database went away.
INTERRUPTED = "interrupted"


class Piece(Protocol):
    """What is known of a job in hand."""

    @property
    def job_id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def tries(self) -> int: ...
    @property
    def request_id(self) -> str: ...
    @property
    def trace_parent(self) -> str: ...


@dataclass(slots=True)
class Watched:
    """A job that is being watched; whoever runs it says how it went."""

    outcome: str = INTERRUPTED


class JobWatch:
    """Watches jobs one at a time in each thread.

    Args:
        meters: take times.
        tracer: gets a span for each job, which continues that of the request.
        slow_seconds: seconds from which a job is told of as slow; 0 tells of none.
    """

    def __init__(
        self,
        meters: Meters = NO_METERS,
        tracer: Tracer = NO_TRACER,
        slow_seconds: float = 0.0,
    ) -> None:
        self._meters = meters
        self._tracer = tracer
        self._slow = slow_seconds or float("inf")

    @contextmanager
    def watching(self, piece: Piece, doer: str) -> Iterator[Watched]:
        """Watch what happens within.

        Args:
            piece: the job.
            doer: the method that does it.

        Yields:
            Where to say how it went.
        """
        watched, spent = Watched(), Effort()
        facts = {"job.id": piece.job_id, "job.tries": piece.tries}
        name = f"job {piece.kind}"
        mark = effort.set(spent)
        try:
            with (
                structlog.contextvars.bound_contextvars(job=piece.job_id, kind=str(piece.kind)),
                self._tracer.span(name, piece.trace_parent, Role.CONSUMER, **facts) as span,
                following(piece.request_id or f"job-{piece.job_id}", span.parent_of_jobs),
            ):
                try:
                    with self._tracer.span(doer):
                        yield watched
                finally:
                    self._tell(piece, watched.outcome, spent, span)
        finally:
            effort.reset(mark)

    def _tell(self, piece: Piece, outcome: str, spent: Effort, span: Span) -> None:
        seconds = spent.seconds
        facts = {"tries": piece.tries, "duration_ms": in_ms(seconds), "queries": spent.queries}
        log.info("job", outcome=outcome, **facts)
        if seconds >= self._slow:
            log.warning("slow_job", duration_ms=in_ms(seconds))
        self._meters.job(str(piece.kind), outcome, seconds)
        span.note(**{"job.outcome": outcome})
        if outcome != "done":
            span.failed(outcome)
