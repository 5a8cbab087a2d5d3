"""Waits for something that may hang no longer than it is worth."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class _Try(Generic[T]):
    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._answer: T | None = None
        self._error: BaseException | None = None
        self.over = threading.Event()
        threading.Thread(target=self._run, name="bounded", daemon=True).start()

    def answer(self) -> T:
        if self._error is not None:
            raise self._error
        return self._answer  # type: ignore[return-value]

    def _run(self) -> None:
        try:
            self._answer = self._ask()
        except BaseException as error:
            self._error = error
        finally:
            self.over.set()


class Bounded(Generic[T]):
    """Asks in a thread of its own and gives up waiting, never the asking.

    Args:
        ask: may hang; at most one call of it goes on at a time.
        seconds: how long an answer is waited for.
    """

    def __init__(self, ask: Callable[[], T], seconds: float) -> None:
        self._ask = ask
        self._seconds = seconds
        self._guard = threading.Lock()
        self._trying: _Try[T] | None = None

    def __call__(self) -> T:
        """The answer.

        Raises:
            TimeoutError: there is none in time, or an earlier call still waits for one.
        """
        with self._guard:
            begun = self._trying is None or self._trying.over.is_set()
            if begun:
                self._trying = _Try(self._ask)
            trying = self._trying
        assert trying is not None
        if not (begun and trying.over.wait(self._seconds)):
            raise TimeoutError(f"no answer within {self._seconds:g} s")
        return trying.answer()
