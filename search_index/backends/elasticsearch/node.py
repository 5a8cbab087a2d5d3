"""The connection to Elasticsearch: time limits, a breaker, and one kind of error."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar
from urllib.parse import urlsplit

import elasticsearch
from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch, SerializationError

from search_index.backends.base import Fault, SearchIndexError
from search_index.backends.elasticsearch.breaker import Breaker
from search_index.backends.elasticsearch.faults import fault_of, fault_told, told

T = TypeVar("T")

TIMEOUT = 5.0
"""Seconds a whole question may take, however many requests it needs; a person waits for it."""

LONG = 60.0
"""Seconds a large bulk write, or a change of an index, may take; nobody waits for it."""

PAUSE = 5.0
"""Seconds a node that failed is left alone."""

CLIENT = ".".join(map(str, elasticsearch.__version__[:2]))
"""The version of the client."""

_LEAVE_ALONE = frozenset({502, 503, 504})
_CONNECTIONS = 16
_until: ContextVar[float | None] = ContextVar("question_until", default=None)


class Node:
    """One cluster by the address of a node, or of several with commas between.

    Every failure leaves ``call`` as SearchIndexError. One that says that nobody is there opens
    the breaker, and calls fail at once until its pause is over.
    """

    def __init__(
        self,
        address: str,
        *,
        timeout: float = TIMEOUT,
        pause: float = PAUSE,
        on_breaker: Callable[[bool], None] | None = None,
    ) -> None:
        """Take the address; nothing is asked of the node yet.

        ``on_breaker`` is told when the breaker opens (True) and closes.

        Raises SearchIndexError when the address can't be one.
        """
        hosts = [host.strip().rstrip("/") for host in address.split(",") if host.strip()]
        self._place = ", ".join(_without_secrets(host) for host in hosts)
        self._breaker, self._timeout = Breaker(pause, on_change=on_breaker), timeout
        try:
            self._client = Elasticsearch(
                hosts,
                request_timeout=timeout,
                max_retries=1,
                retry_on_timeout=False,
                connections_per_node=_CONNECTIONS,
            )
        except ValueError as error:
            raise SearchIndexError(f"{self._place!r} is no address of a node: {error}") from error

    @contextmanager
    def question(self) -> Iterator[None]:
        """Let all calls inside take no longer together than one may take."""
        held = _until.set(time.monotonic() + self._timeout)
        try:
            yield
        finally:
            _until.reset(held)

    def call(self, ask: Callable[[Elasticsearch], T], timeout: float | None = None) -> T:
        """Return what ``ask`` gets from the client, within ``timeout`` seconds a request.

        Raises SearchIndexError where the node gives an error or no answer.
        """
        self._breaker.check()
        client = self._client.options(request_timeout=self._seconds(timeout))
        try:
            answer = ask(client)
        except SerializationError as error:
            raise SearchIndexError(f"Elasticsearch at {self._place}: {error}") from error
        except TransportError as error:
            failure = f"no answer from Elasticsearch at {self._place}: {_line(error)}"
            raise self._failed(failure, fault_of(error)) from error
        except ApiError as error:
            raise self._refused(error) from error
        self._breaker.succeeded()
        return answer

    def searches(self, index: str, bodies: Sequence[Any], *, global_terms: bool) -> list[Any]:
        """Return the answers to some searches, asked in one request; whole ones or an error.

        ``global_terms`` makes BM25 count terms over all shards.
        """
        header: dict[str, Any] = {"index": index, "allow_partial_search_results": False}
        if global_terms:
            header["search_type"] = "dfs_query_then_fetch"
        lines = [line for body in bodies for line in (header, body)]
        answers = self.call(lambda client: client.msearch(searches=lines)).body["responses"]
        for answer in answers:
            if "error" in answer:
                cause, fault = answer["error"], fault_told(answer["error"], answer["status"])
                raise SearchIndexError(f"Elasticsearch at {self._place}: {told(cause)}", fault)
        return list(answers)

    def check_version(self) -> None:
        """See that the server is of the client's major version; else raises SearchIndexError."""
        version = str(self.call(lambda client: client.info()).body["version"]["number"])
        if version.partition(".")[0] != CLIENT.partition(".")[0]:
            raise SearchIndexError(
                f"Elasticsearch at {self._place} is version {version}, the client {CLIENT}",
                Fault.VERSION,
            )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _seconds(self, timeout: float | None) -> float:
        """Return how long a request may take, a question's end considered."""
        allowed, until = timeout or self._timeout, _until.get()
        if until is None:
            return allowed
        left = until - time.monotonic()
        if left <= 0:
            failure = f"Elasticsearch at {self._place} took more than {self._timeout:g} s to answer"
            raise self._failed(failure, Fault.SLOW)
        return min(allowed, left)

    def _failed(self, failure: str, fault: Fault) -> SearchIndexError:
        self._breaker.failed(failure, fault)
        return SearchIndexError(failure, fault)

    def _refused(self, error: ApiError) -> SearchIndexError:
        failure, fault = (
            f"Elasticsearch at {self._place} refused: {_reason(error)}",
            fault_of(error),
        )
        if error.meta.status in _LEAVE_ALONE or fault is Fault.VERSION:
            return self._failed(failure, fault)
        self._breaker.succeeded()
        return SearchIndexError(failure, fault)


def _without_secrets(host: str) -> str:
    parts = urlsplit(host)
    return f"{parts.hostname}:{parts.port}" if parts.hostname and parts.port else parts.path or host


def _reason(error: ApiError) -> str:
    body = error.body
    cause = told(body["error"]) if isinstance(body, dict) and "error" in body else str(error)
    return f"{error.meta.status} {cause}"


def _line(error: TransportError) -> str:
    """Return what the innermost of the nested errors says."""
    innermost = str(error.message).splitlines()[0].rsplit(": ", 1)[-1].rstrip(")")
    return f"{type(error).__name__}: {innermost}"
