"""Group commit: writers that come while a commit runs share the next one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from search_index.backends.base import Fault, SearchIndexError

T = TypeVar("T")


class _Ticket(Generic[T]):
    def __init__(self, batch: list[T]) -> None:
        self.batch = batch
        self.changed: int | None = None
        self.error: BaseException | None = None


class GroupCommit(Generic[T]):
    """Hands the batches of all waiting threads to ``commit`` together, one commit at a time.

    ``commit`` takes batches and returns a number for each. There is no thread of its own: the
    first writer to get the lock commits for all who wait behind it.
    """

    def __init__(self, commit: Callable[[list[list[T]]], list[int]]) -> None:
        self._commit = commit
        self._committing = threading.Lock()
        self._gate = threading.Lock()
        self._waiting: list[_Ticket[T]] = []
        self._open = True

    def submit(self, batch: list[T]) -> int:
        """Commit ``batch``; return its number once it is done. Raises what the commit raised."""
        ticket = _Ticket(batch)
        with self._gate:
            self._waiting.append(ticket)
        with self._committing:
            if ticket.changed is None and ticket.error is None:
                self._commit_waiting()
        if ticket.error is not None:
            failure = f"the write failed: {ticket.error}"
            raise SearchIndexError(failure, _fault_of(failure)) from ticket.error
        return ticket.changed or 0

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Wait for the commit that runs, and let none start meanwhile."""
        with self._committing:
            yield

    def end(self) -> None:
        """Refuse every commit from now on."""
        self._open = False

    def _commit_waiting(self) -> None:
        with self._gate:
            tickets, self._waiting = self._waiting, []
        try:
            if not self._open:
                raise SearchIndexError("the index is closed")
            numbers = self._commit([ticket.batch for ticket in tickets])
            for ticket, number in zip(tickets, numbers, strict=True):
                ticket.changed = number
        except BaseException as error:
            for ticket in tickets:
                ticket.error = error
            if not isinstance(error, Exception):
                raise


def _fault_of(failure: str) -> Fault:
    """Return the fault; SQLite and tantivy tell a full disk in words alone."""
    words = ("disk is full", "No space left")
    return Fault.FULL if any(word in failure for word in words) else Fault.OTHER
