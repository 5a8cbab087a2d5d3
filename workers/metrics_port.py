"""Shows a process's metrics on a port of its own, for processes that serve no pages."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from matchmaker.config import PREFIX, Settings
from matchmaker.domain.errors import ConfigurationError
from matchmaker.monitoring.exposition import Exposition, opens

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from matchmaker.bootstrap import Container


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    """Its own log would be a line a look."""

    def log_message(self, format: str, *args: Any) -> None:
        return None


def show_metrics(container: Container) -> WSGIServer | None:
    """Listen on the port that is set for it, in a thread.

    Returns:
        The server, which ends with the process; None where no port is set.

    Raises:
        ConfigurationError: the port can't be had.
    """
    settings = container.settings
    if not settings.metrics_port or container.exposition is None:
        return None
    server = _listening(settings, _Page(container.exposition, settings))
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


def _listening(settings: Settings, page: _Page) -> WSGIServer:
    host, port = settings.host, settings.metrics_port
    try:
        return make_server(host, port, page, server_class=_Server, handler_class=_Quiet)
    except OSError as error:
        raise ConfigurationError(
            f"Metrics can't be shown on {host}:{port} ({error.strerror or error}); stop what uses "
            f"it, or set {PREFIX}METRICS_PORT to something else."
        ) from None


class _Page:
    """The one page, at any address; where a token is set, for its bearer alone."""

    def __init__(self, exposition: Exposition, settings: Settings) -> None:
        self._exposition = exposition
        self._token = settings.metrics_token.get_secret_value()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given = environ.get("HTTP_AUTHORIZATION", "")
        if self._token and not opens(self._token, given):
            start_response("401 Unauthorized", [("WWW-Authenticate", "Bearer")])
            return [b""]
        text, content_type = self._exposition.written(environ.get("HTTP_ACCEPT", ""))
        start_response("200 OK", [("Content-Type", content_type)])
        return [text]
