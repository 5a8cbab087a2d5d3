"""The connection to Elasticsearch: time limits, a breaker, and one kind of error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch, SerializationError

from search_index.backends.base import SearchIndexError
from search_index.backends.elasticsearch.breaker import Breaker

T = TypeVar("T")

TIMEOUT = 5.0
"""Seconds a search may take; a person waits for it."""

LONG = 60.0
"""Seconds a bulk write, or a change of an index, may take; nobody waits for it."""

PAUSE = 5.0
"""Seconds a node that failed is left alone."""

_AWAY = frozenset({502, 503, 504})
_CONNECTIONS = 16


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
        self._breaker = Breaker(pause, on_change=on_breaker)
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

    def call(self, ask: Callable[[Elasticsearch], T], timeout: float | None = None) -> T:
        """Return what ``ask`` gets from the client, within ``timeout`` seconds a request.

        Raises SearchIndexError where the node gives an error or no answer.
        """
        self._breaker.check()
        client = self._client.options(request_timeout=timeout) if timeout else self._client
        try:
            answer = ask(client)
        except SerializationError as error:
            raise SearchIndexError(f"Elasticsearch at {self._place}: {error}") from error
        except TransportError as error:
            failure = f"no answer from Elasticsearch at {self._place}: {_line(error)}"
            self._breaker.failed(failure)
            raise SearchIndexError(failure) from error
        except ApiError as error:
            failure = f"Elasticsearch at {self._place} refused: {_reason(error)}"
            if error.meta.status in _AWAY:
                self._breaker.failed(failure)
            else:
                self._breaker.succeeded()
            raise SearchIndexError(failure) from error
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
                raise SearchIndexError(f"Elasticsearch at {self._place}: {_cause(answer['error'])}")
        return list(answers)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()


def _without_secrets(host: str) -> str:
    parts = urlsplit(host)
    return f"{parts.hostname}:{parts.port}" if parts.hostname and parts.port else parts.path or host


def _reason(error: ApiError) -> str:
    body = error.body
    told = _cause(body["error"]) if isinstance(body, dict) and "error" in body else str(error)
    return f"{error.meta.status} {told}"


def _cause(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)
    for cause in (error, *error.get("root_cause", ())):
        if cause.get("reason"):
            return f"{cause.get('type')}: {cause['reason']}"
    return str(error.get("type"))


def _line(error: TransportError) -> str:
    """Return what the innermost of the nested errors says."""
    innermost = str(error.message).splitlines()[0].rsplit(": ", 1)[-1].rstrip(")")
    return f"{type(error).__name__}: {innermost}"
