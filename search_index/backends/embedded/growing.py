"""Arrays that grow at the end while readers keep views of what was there before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LEAST = 64


class Growing:
    """An append-only array, one- or two-dimensional, of one dtype.

    A view taken before an append stays valid: places that a view covers are never written again.
    """

    def __init__(self, dtype: Any, width: int | None = None) -> None:
        """Start empty; ``width`` is the length of a row of a two-dimensional array."""
        self._tail = () if width is None else (width,)
        self._buffer: NDArray[Any] = np.empty((_LEAST, *self._tail), dtype=dtype)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def view(self) -> NDArray[Any]:
        """Return what is there now, shape [n] or [n, width]; not to be written to."""
        return self._buffer[: self._length]

    def extend(self, values: Sequence[Any] | NDArray[Any]) -> None:
        """Append ``values``, shape [m] or [m, width]."""
        end = self._length + len(values)
        if end > len(self._buffer):
            self._grow(end)
        if len(values):
            self._buffer[self._length : end] = values
        self._length = end

    def pad(self, length: int, value: Any) -> None:
        """Append ``value`` until there are ``length``."""
        missing = length - self._length
        if missing > 0:
            self.extend(np.full((missing, *self._tail), value, dtype=self._buffer.dtype))

    def _grow(self, needed: int) -> None:
        larger = np.empty(
            (max(needed, len(self._buffer) * 3 // 2), *self._tail), self._buffer.dtype
        )
        larger[: self._length] = self._buffer[: self._length]
        self._buffer = larger


class Pending:
    """A one-dimensional ``Growing`` that takes single values, cheaply, and joins them at freeze."""

    def __init__(self, dtype: Any) -> None:
        self._joined = Growing(dtype)
        self._waiting: list[Any] = []

    def append(self, value: Any) -> None:
        """Append one value."""
        self._waiting.append(value)

    def freeze(self) -> NDArray[Any]:
        """Return all values up to now, shape [n]."""
        self._joined.extend(self._waiting)
        self._waiting = []
        return self._joined.view()
