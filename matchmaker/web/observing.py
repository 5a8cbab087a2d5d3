"""Tells of every request: a name it goes by, one line, one measure, one span."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, Response, g, request

from matchmaker.monitoring.correlation import following, pseudonym, request_name
from matchmaker.monitoring.counting import Effort, effort, in_ms
from matchmaker.monitoring.tracing import Role
from matchmaker.web.access import known_actor

if TYPE_CHECKING:
    from matchmaker.bootstrap import Container

log = structlog.get_logger(__name__)

HEADER = "X-Request-ID"
#: Asked for many times a minute or with every page; told of at DEBUG.
_COMMONPLACE = frozenset({"static", "probes.alive", "probes.ready", "probes.metrics"})
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})


class RequestWatch:
    """Watches the requests of a portal.

    Args:
        container: its services.
    """

    def __init__(self, container: Container) -> None:
        settings = container.settings
        self._meters = container.meters
        self._tracer = container.tracer
        self._trusted = settings.trusted_proxies > 0
        self._key = settings.secret_key.get_secret_value()

    def begin(self) -> None:
        """Name the request and begin to count; what follows belongs to it."""
        g.request_id = request_name(request.headers.get(HEADER, ""), trusted=self._trusted)
        g.effort, g.watching = Effort(), ExitStack()
        parent = request.headers.get("traceparent", "") if self._trusted else ""
        facts = {"http.request.method": method_name(), "http.route": route_pattern()}
        name = f"{method_name()} {route_pattern()}"
        g.span = g.watching.enter_context(self._tracer.span(name, parent, Role.SERVER, **facts))
        g.watching.enter_context(following(g.request_id, g.span.parent_of_jobs))
        mark = effort.set(g.effort)
        g.watching.callback(effort.reset, mark)

    def end(self, response: Response) -> Response:
        """Tell of the request, and give its name with the answer."""
        if "effort" not in g:
            return response
        response.headers[HEADER] = g.request_id
        seconds, status = g.effort.seconds, response.status_code
        write = log.debug if request.endpoint in _COMMONPLACE else log.info
        write(
            "request",
            method=method_name(),
            route=route_pattern(),
            status=status,
            duration_ms=in_ms(seconds),
            queries=g.effort.queries,
            **self._who(),
        )
        self._meters.request(method_name(), route_pattern(), status, seconds)
        g.span.note(**{"http.response.status_code": status, "db.queries": g.effort.queries})
        if status >= 500:
            g.span.failed(str(status))
        return response

    @staticmethod
    def leave(_: BaseException | None) -> None:
        """Let what follows in this thread belong to no request."""
        if watching := g.pop("watching", None):
            watching.close()

    def _who(self) -> dict[str, Any]:
        actor = known_actor()
        person = actor.person_id if actor else None
        return {"actor": pseudonym(person, self._key)} if person else {}


def register_observing(app: Flask, container: Container) -> None:
    """Watch every request from its first moment to its last."""
    watch = RequestWatch(container)
    app.before_request(watch.begin)
    app.after_request(watch.end)
    app.teardown_request(watch.leave)


def route_pattern() -> str:
    """The pattern of the address that is asked for, without what stands in its places."""
    return request.url_rule.rule if request.url_rule else "unmatched"


def method_name() -> str:
    """The method, where it is one of those the portal knows; a client may send any word."""
    return request.method if request.method in _METHODS else "other"
