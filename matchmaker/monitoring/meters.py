"""The port for measures, and the meters that measure nothing."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import Engine


class Meters(Protocol):
    """Takes measures; names given to it come from fixed sets, so that their number is bounded."""

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered; `route` is the pattern of its address."""

    def job(self, kind: str, outcome: str, seconds: float) -> None:
        """A job was worked on."""

    def search(self, backend: str, part: str, seconds: float) -> None:
        """A search, or a part of one, was answered."""

    def breaker(self, *, is_open: bool) -> None:
        """The breaker before Elasticsearch opened or closed."""

    def pool(self, engine: Engine) -> None:
        """Watch the connections of an engine."""


class NoMeters:
    """Measures nothing."""

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Do nothing."""

    def job(self, kind: str, outcome: str, seconds: float) -> None:
        """Do nothing."""

    def search(self, backend: str, part: str, seconds: float) -> None:
        """Do nothing."""

    def breaker(self, *, is_open: bool) -> None:
        """Do nothing."""

    def pool(self, engine: Engine) -> None:
        """Do nothing."""


NO_METERS = NoMeters()
