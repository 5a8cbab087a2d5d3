"""A circuit breaker: a server that failed is left alone for a while, then tried by one caller."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from search_index.backends.base import Fault, SearchIndexError


class Breaker:
    """Closed while all is well; after a failure it refuses calls for ``pause`` seconds.

    When the pause is over one caller may try, and the others are refused until it is back.
    """

    def __init__(
        self,
        pause: float,
        clock: Callable[[], float] = time.monotonic,
        on_change: Callable[[bool], None] | None = None,
    ) -> None:
        """Take the pause in seconds; ``on_change`` is told when it opens (True) and closes."""
        self._pause, self._clock = pause, clock
        self._on_change = on_change or (lambda is_open: None)
        self._guard = threading.Lock()
        self._failure, self._fault = "", Fault.AWAY
        self._rest_until = 0.0

    def check(self) -> None:
        """Raise SearchIndexError, with what went wrong last, while calls are refused."""
        with self._guard:
            if not self._failure:
                return
            if self._clock() < self._rest_until:
                raise SearchIndexError(
                    f"{self._failure} (it is left alone for a moment)", self._fault
                )
            self._rest_until = self._clock() + self._pause

    def succeeded(self) -> None:
        """Note an answer: calls are let through from now on."""
        with self._guard:
            closes, self._failure = bool(self._failure), ""
        if closes:
            self._on_change(False)

    def failed(self, failure: str, fault: Fault = Fault.AWAY) -> None:
        """Note that there was no answer, and why."""
        with self._guard:
            opens = not self._failure
            self._failure, self._fault = failure, fault
            self._rest_until = self._clock() + self._pause
        if opens:
            self._on_change(True)
