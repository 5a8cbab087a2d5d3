"""All metrics as Prometheus reads them: what was counted, and what is read as it asks."""

from __future__ import annotations

import hmac
import platform
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from matchmaker.monitoring.readings import Readings

if TYPE_CHECKING:
    from matchmaker.monitoring.prometheus import PrometheusMeters


class Exposition:
    """Writes metrics down.

    Args:
        meters: what was counted in this process.
        read: looks at what is read as somebody asks.
        profile: which set of engines runs.
        folder: where all processes of the server put what they counted; "" for one alone.
    """

    def __init__(
        self,
        meters: PrometheusMeters,
        read: Callable[[], Readings],
        profile: str,
        folder: str = "",
    ) -> None:
        self._meters = meters
        self._on_demand = _OnDemand(read, profile)
        self._folder = folder

    def written(self, accept: str = "") -> tuple[bytes, str]:
        """The metrics in the format that suits a reader best.

        Args:
            accept: header of the request.

        Returns:
            The text and its content type.
        """
        encode, content_type = choose_encoder(accept)
        registry = CollectorRegistry()
        registry.register(self._on_demand)
        counted = self._meters.registry
        if self._folder:
            counted = CollectorRegistry()
            MultiProcessCollector(counted, self._folder)
        return encode(_Both(counted, registry)), content_type


class _Both(CollectorRegistry):
    """Two registries one after the other."""

    def __init__(self, *registries: CollectorRegistry) -> None:
        super().__init__()
        self._registries = registries

    def collect(self) -> Iterator[Metric]:
        for registry in self._registries:
            yield from registry.collect()


class _OnDemand(Collector):
    """What is read as somebody asks."""

    def __init__(self, read: Callable[[], Readings], profile: str) -> None:
        self._read = read
        self._facts = {
            "version": version("matchmaker"),
            "python": platform.python_version(),
            "profile": profile,
        }

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("matchmaker_build", "What runs here", value=self._facts)
        found = self._read()
        jobs = _gauge("jobs", "Jobs that are not done", "kind", "state")
        for pair, number in sorted(found.jobs.items()):
            jobs.add_metric(pair, number)
        yield jobs
        yield _by_name(
            "job_oldest_due_seconds", "Wait of the oldest job due", "kind", found.oldest_due
        )
        yield _by_name("matches", "Matches", "state", found.matches)
        yield _alone(
            "index_lag_entries", "Entries newer than the search index has them", found.lag_entries
        )
        yield _alone("index_lag_seconds", "Age of the oldest such change", found.lag_seconds)
        yield _by_name("engine_up", "Whether an engine is as it should be", "engine", found.engines)


def opens(token: str, authorization: str) -> bool:
    """Whether a request carries the token as its bearer."""
    return hmac.compare_digest(f"Bearer {token}".encode(), authorization.encode())


def _gauge(name: str, meaning: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"matchmaker_{name}", meaning, labels=labels)


def _by_name(name: str, meaning: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = _gauge(name, meaning, label)
    for key, value in sorted(values.items()):
        family.add_metric([key], float(value))
    return family


def _alone(name: str, meaning: str, value: float | None) -> GaugeMetricFamily:
    family = _gauge(name, meaning)
    if value is not None:
        family.add_metric([], value)
    return family
