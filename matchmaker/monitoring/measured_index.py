"""A search index whose searches are timed, with the parts they are made of."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from matchmaker.monitoring.counting import in_ms
from matchmaker.monitoring.meters import Meters
from matchmaker.monitoring.tracing import Role, Tracer
from search_index.documents import Hit, Query, Result, Texts, Vector
from search_index.timing import told_to

if TYPE_CHECKING:
    from search_index.lifecycle import IndexHandle

Answer = TypeVar("Answer")

WHOLE = "whole"


class MeasuredIndex:
    """Stands for an `IndexHandle`; what is no search is handed on as it is.

    Args:
        index: what searches.
        backend: what it is called in measures.
        meters: take the times.
        tracer: gets a span for each search.
    """

    def __init__(self, index: IndexHandle, backend: str, meters: Meters, tracer: Tracer) -> None:
        self._index = index
        self._backend = backend
        self._meters = meters
        self._tracer = tracer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def search(self, query: Query) -> Result:
        """See `SearchIndex.search`."""
        return self._timed("search", lambda: self._index.search(query))

    def candidates(self, text: Texts, vector: Vector | None, query: Query, limit: int) -> list[Hit]:
        """See `SearchIndex.candidates`."""
        ask = self._index.candidates
        return self._timed("candidates", lambda: ask(text, vector, query, limit))

    def _timed(self, question: str, ask: Callable[[], Answer]) -> Answer:
        spent: dict[str, float] = defaultdict(float)

        def add(part: str, seconds: float) -> None:
            spent[part] += seconds

        facts = {"search.backend": self._backend}
        with self._tracer.span(f"index {question}", "", Role.WITHIN, **facts) as span:
            started = time.perf_counter()
            with told_to(add):
                answer = ask()
            spent[WHOLE] = time.perf_counter() - started
            span.note(**{f"search.{part}_ms": in_ms(held) for part, held in spent.items()})
        for part, seconds in spent.items():
            self._meters.search(self._backend, part, seconds)
        return answer
