"""A container whose services make a span of each call; it stands between pages and services."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any, cast

from matchmaker.monitoring.tracing import Tracer

if TYPE_CHECKING:
    from matchmaker.bootstrap import Container

_SERVICES = "matchmaker.services."


def traced(container: Container) -> Container:
    """The container itself, or one that traces where somebody collects traces."""
    if not container.tracer.on:
        return container
    return cast("Container", _TracedContainer(container))


class _TracedContainer:
    def __init__(self, container: Container) -> None:
        self._container = container

    def __getattr__(self, name: str) -> Any:
        held = getattr(self._container, name)
        if type(held).__module__.startswith(_SERVICES):
            return _TracedService(held, self._container.tracer)
        return held


class _TracedService:
    def __init__(self, service: Any, tracer: Tracer) -> None:
        self._service = service
        self._tracer = tracer

    def __getattr__(self, name: str) -> Any:
        held = getattr(self._service, name)
        if not inspect.ismethod(held):
            return held

        @functools.wraps(held)
        def call(*args: Any, **named: Any) -> Any:
            with self._tracer.span(held.__qualname__):
                return held(*args, **named)

        return call
