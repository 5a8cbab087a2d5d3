"""An index that is opened when it is first asked for, and asked again later when that failed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from search_index.backends.base import Fault, SearchIndexError

if TYPE_CHECKING:
    from search_index.lifecycle import IndexHandle

PAUSE = 5.0
"""Seconds an index that could not be opened is left alone."""


class IndexOnDemand:
    """Stands for an ``IndexHandle`` that may not be there yet; every use may raise.

    A portal must start and serve its pages while its index is missing, broken or held by another
    process, so nothing is opened before it is needed, and a failure is not the last word.
    """

    def __init__(self, open_: Callable[[], IndexHandle]) -> None:
        """Take what opens the index; it raises SearchIndexError or OSError when it can't."""
        self._open = open_
        self._lock = threading.Lock()
        self._handle: IndexHandle | None = None
        self._failure: SearchIndexError | None = None
        self._rest_until = 0.0

    def __getattr__(self, name: str) -> Any:
        """Hand everything an index can do on to the opened one.

        Raises:
            SearchIndexError: it can't be opened now.
        """
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._opened(), name)

    def close(self) -> None:
        """Close the index, if it was ever opened."""
        with self._lock:
            if self._handle is not None:
                self._handle.close()

    def _opened(self) -> IndexHandle:
        held = self._handle
        if held is not None:
            return held
        with self._lock:
            self._handle = self._handle or self._try()
            return self._handle

    def _try(self) -> IndexHandle:
        if self._failure is not None and time.monotonic() < self._rest_until:
            raise SearchIndexError(str(self._failure), self._failure.fault)
        try:
            return self._open()
        except (SearchIndexError, OSError) as error:
            fault = error.fault if isinstance(error, SearchIndexError) else Fault.OTHER
            self._failure = SearchIndexError(str(error), fault)
            self._rest_until = time.monotonic() + PAUSE
            raise self._failure from error
