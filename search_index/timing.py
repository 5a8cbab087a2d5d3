"""Tells whoever asked how long the parts of a search took; nobody is told of anything else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LEXICAL, VECTORS = "lexical", "vectors"

#: Called with (part, seconds).
Listener = Callable[[str, float], None]

_listener: ContextVar[Listener | None] = ContextVar("search_listener", default=None)


@contextmanager
def told_to(listener: Listener) -> Iterator[None]:
    """Tell ``listener`` of every part of the searches within, in this thread."""
    mark = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(mark)


@contextmanager
def timed(part: str) -> Iterator[None]:
    """Time what happens within as ``part``; as a decorator, each call."""
    listener = _listener.get()
    started = time.perf_counter()
    yield
    if listener is not None:
        listener(part, time.perf_counter() - started)


def tell(part: str, seconds: float) -> None:
    """Tell of a part that was timed elsewhere."""
    if (listener := _listener.get()) is not None:
        listener(part, seconds)
