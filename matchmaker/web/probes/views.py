"""`/healthz`, `/readyz` and `/metrics`; they need no session and are never throttled."""

from __future__ import annotations

from flask import Response, jsonify, request

from matchmaker.domain.errors import NotFoundError
from matchmaker.domain.policy import Permission
from matchmaker.web.access import requires, services
from matchmaker.web.probes import probes


@probes.get("/healthz")
@requires(Permission.OPEN)
def alive() -> Response:
    """Whether the process answers at all."""
    return Response("ok", mimetype="text/plain")


@probes.get("/readyz")
@requires(Permission.OPEN)
def ready() -> tuple[Response, int]:
    """Each engine's state and age in seconds; 503 only where there is no database."""
    engines = services().health.report()
    body = {
        name: {"state": engine.state, "age_seconds": engine.age_seconds}
        for name, engine in engines.items()
    }
    return jsonify(body), 503 if engines["database"].state == "down" else 200


@probes.get("/metrics")
@requires(Permission.OPEN)
def metrics() -> Response:
    """What was measured, for the bearer of the token; nothing is here where none is set."""
    token = services().settings.metrics_token.get_secret_value()
    exposition = services().exposition
    if not token or exposition is None:
        raise NotFoundError("no_page")
    # Imported only where it is used: reading metrics takes a library that pages do without.
    from matchmaker.monitoring.exposition import opens

    if not opens(token, request.headers.get("Authorization", "")):
        return Response(status=401, headers={"WWW-Authenticate": "Bearer"})
    text, content_type = exposition.written(request.headers.get("Accept", ""))
    return Response(text, content_type=content_type)
