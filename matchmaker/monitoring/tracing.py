"""The port for traces, and the tracer that does nothing."""

from __future__ import annotations

from contextlib import AbstractContextManager
from enum import Enum
from typing import Protocol

#: What may be noted on a span: routes, kinds, counts; never what people typed.
Fact = str | int | float | bool


class Role(Enum):
    """Where a span stands: it answers somebody, takes up queued work, or is part of another."""

    SERVER = "server"
    CONSUMER = "consumer"
    WITHIN = "within"


class Span(Protocol):
    """A piece of work with a beginning and an end."""

    @property
    def parent_of_jobs(self) -> str:
        """How work elsewhere continues this span, as a W3C `traceparent`; "" where it can't."""

    def note(self, **facts: Fact) -> None:
        """Add facts."""

    def failed(self, why: str) -> None:
        """Mark it as failed, with a type of error or a status, never a message."""


class Tracer(Protocol):
    """Makes spans; one that is begun within another belongs to it."""

    @property
    def on(self) -> bool:
        """Whether anything is kept."""

    def span(
        self, name: str, parent: str = "", role: Role = Role.WITHIN, **facts: Fact
    ) -> AbstractContextManager[Span]:
        """A span for what happens within.

        Args:
            name: what is done.
            parent: `traceparent` of a span elsewhere that it belongs to.
            role: where it stands.
            facts: what to note.
        """

    def past(self, name: str, began_at: int, **facts: Fact) -> None:
        """Keep a span that ends now and began at a moment, in nanoseconds of the epoch."""

    def close(self) -> None:
        """Send what waits."""


class _NoSpan:
    """A span of nothing, and the context in which it stands."""

    parent_of_jobs = ""

    def __enter__(self) -> _NoSpan:
        return self

    def __exit__(self, *raised: object) -> None:
        return None

    def note(self, **facts: Fact) -> None:
        """Do nothing."""

    def failed(self, why: str) -> None:
        """Do nothing."""


_NO_SPAN = _NoSpan()


class NoTracer:
    """Keeps nothing and costs nothing."""

    on = False

    def span(self, name: str, parent: str = "", role: Role = Role.WITHIN, **facts: Fact) -> _NoSpan:
        """A span of nothing."""
        return _NO_SPAN

    def past(self, name: str, began_at: int, **facts: Fact) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


NO_TRACER = NoTracer()
