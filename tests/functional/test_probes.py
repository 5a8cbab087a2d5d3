"""The probes: alive without any engine, ready with a database, and honest about the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from matchmaker.bootstrap import Container
from matchmaker.web.app import create_app
from tests.conftest import settings_for


def body_of(client: FlaskClient, status: int) -> dict[str, Any]:
    answer = client.get("/readyz")
    assert answer.status_code == status
    found = answer.get_json()
    assert isinstance(found, dict)
    return found


def test_alive_says_ok(client: FlaskClient) -> None:
    assert client.get("/healthz").data == b"ok"


def test_ready_names_each_engine_with_its_state_and_age(client: FlaskClient) -> None:
    body = body_of(client, 200)
    assert set(body) == {"database", "index", "worker"}
    assert all(set(engine) == {"state", "age_seconds"} for engine in body.values())
    assert body["database"]["state"] == "ok"


def test_without_a_worker_the_portal_is_ready_and_says_degraded(client: FlaskClient) -> None:
    assert body_of(client, 200)["worker"]["state"] == "degraded"


def test_without_a_database_the_portal_is_alive_but_not_ready(tmp_path: Path) -> None:
    nowhere = f"sqlite:///{tmp_path / 'missing' / 'portal.sqlite3'}"
    container = Container(settings_for(tmp_path, database_url=nowhere))
    client = create_app(container).test_client()
    assert client.get("/healthz").status_code == 200
    assert body_of(client, 503)["database"]["state"] == "down"
    container.close()
