"""`/healthz` and `/readyz`; they need no session and are never throttled."""

from __future__ import annotations

from flask import Response, jsonify

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
