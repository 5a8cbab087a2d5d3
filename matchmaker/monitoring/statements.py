"""Watches what is sent to the database: counts it, times it, and tells of what is slow."""

from __future__ import annotations

import time
from typing import Any

import structlog
from sqlalchemy import Engine, event

from matchmaker.monitoring.counting import effort, in_ms
from matchmaker.monitoring.tracing import NO_TRACER, Tracer

log = structlog.get_logger(__name__)

_LONGEST = 2000


class StatementWatch:
    """Listens to an engine; of a statement it keeps the text, never the parameters.

    Args:
        tracer: gets a span for each statement.
        slow_ms: milliseconds from which a statement is told of; 0 tells of none.
    """

    def __init__(self, tracer: Tracer = NO_TRACER, slow_ms: int = 0) -> None:
        self._tracer = tracer
        self._slow = slow_ms / 1000 if slow_ms else float("inf")

    def attach(self, engine: Engine) -> None:
        """Begin to listen."""
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)

    def _before(self, _: Any, __: Any, statement: str, ___: Any, context: Any, ____: bool) -> None:
        held = effort.get()
        # SQLite is told to begin by a statement, PostgreSQL is not; neither is a query.
        if held is not None and not statement.startswith("BEGIN"):
            held.queries += 1
        context.began = time.time_ns(), time.perf_counter()

    def _after(self, _: Any, __: Any, statement: str, ___: Any, context: Any, ____: bool) -> None:
        began_at, began = context.began
        seconds = time.perf_counter() - began
        if seconds >= self._slow:
            text = told(statement)
            log.warning("slow_query", duration_ms=in_ms(seconds), statement=text)
        if self._tracer.on:
            verb = statement.lstrip().partition(" ")[0].upper()
            self._tracer.past(f"database {verb}", began_at, **{"db.query.text": told(statement)})


def told(statement: str) -> str:
    """A statement in one line, as it is sent, with places instead of values."""
    return " ".join(statement.split())[:_LONGEST]
