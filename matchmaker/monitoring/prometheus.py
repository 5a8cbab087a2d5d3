"""Meters that Prometheus reads; several processes of a WSGI server put theirs together."""

from __future__ import annotations

import time
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)
from sqlalchemy import Engine, Pool, event

_REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_JOB_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800)
_SEARCH_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_TOO_MANY = 429


class PrometheusMeters:
    """Implements `Meters`; each has a registry of its own, and nothing is measured by itself."""

    def __init__(self) -> None:
        disable_created_metrics()
        self.registry = CollectorRegistry()
        self._count_requests()
        self._count_jobs()
        self._count_engines()

    def _count_requests(self) -> None:
        labels = ("method", "route", "status")
        self._requests = self._counter("requests", "Requests answered", *labels)
        self._request_seconds = self._histogram(
            "request_seconds", "Time to answer a request", _REQUEST_SECONDS, "route"
        )
        self._refusals = self._counter(
            "rate_limit_refusals", "Requests refused because there were too many", "route"
        )

    def _count_jobs(self) -> None:
        self._runs = self._counter("job_runs", "Jobs worked on", "kind", "outcome")
        self._job_seconds = self._histogram("job_seconds", "Time of a job", _JOB_SECONDS, "kind")

    def _count_engines(self) -> None:
        self._search_seconds = self._histogram(
            "search_seconds", "Time of a search and its parts", _SEARCH_SECONDS, "backend", "part"
        )
        self._breaker = self._gauge("search_breaker_open", "Elasticsearch is left alone", "livemax")
        self._in_use = self._gauge(
            "database_connections_in_use", "Database connections in use", "livesum"
        )
        self._kept = self._gauge(
            "database_connections_kept", "Database connections that may be kept open", "livesum"
        )
        started = self._gauge("process_start_time_seconds", "When the process started", "livemax")
        started.set(time.time())

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """See `Meters.request`."""
        self._requests.labels(method, route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)
        if status == _TOO_MANY:
            self._refusals.labels(route).inc()

    def job(self, kind: str, outcome: str, seconds: float) -> None:
        """See `Meters.job`."""
        self._runs.labels(kind, outcome).inc()
        self._job_seconds.labels(kind).observe(seconds)

    def search(self, backend: str, part: str, seconds: float) -> None:
        """See `Meters.search`."""
        self._search_seconds.labels(backend, part).observe(seconds)

    def breaker(self, *, is_open: bool) -> None:
        """See `Meters.breaker`."""
        self._breaker.set(is_open)

    def pool(self, engine: Engine) -> None:
        """See `Meters.pool`."""
        event.listen(engine, "checkout", lambda *_: self._in_use.inc())
        event.listen(engine, "checkin", lambda *_: self._in_use.dec())
        self._kept.set(_size_of(engine.pool))

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"matchmaker_{name}", meaning, labels, registry=self.registry)

    def _histogram(
        self, name: str, meaning: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        full = f"matchmaker_{name}"
        return Histogram(full, meaning, labels, buckets=buckets, registry=self.registry)

    def _gauge(self, name: str, meaning: str, mode: Any) -> Gauge:
        full = f"matchmaker_{name}"
        return Gauge(full, meaning, multiprocess_mode=mode, registry=self.registry)


def _size_of(pool: Pool) -> int:
    size = getattr(pool, "size", None)
    return size() if callable(size) else 0
