"""Services that some tests need: their addresses, or a skip that says how to start them."""

from __future__ import annotations

import os
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

_STRICT = "MATCHMAKER_CI_STRICT"
_POSTGRES = "MATCHMAKER_TEST_POSTGRES_URL"
_REDIS = "MATCHMAKER_TEST_REDIS_URL"
_ELASTICSEARCH = "MATCHMAKER_TEST_ELASTICSEARCH_URL"


def require_redis() -> str:
    """The address of a Redis database that tests may empty; each test process has its own."""
    server, _, number = (os.environ.get(_REDIS) or "redis://127.0.0.1:6379/9").rpartition("/")
    process = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    url = f"{server}/{int(number) + int(process)}"
    if not _answers(url, 6379):
        _absent("Redis", f"redis-server --daemonize yes --save '' (or set {_REDIS})")
    return url


def require_postgres() -> str:
    """The address of a PostgreSQL database beside which tests may make their own."""
    url = os.environ.get(_POSTGRES, "")
    if not url or not _answers(url, 5432):
        _absent(
            "PostgreSQL", f"start a server and set {_POSTGRES}=postgresql+psycopg://user@host/db"
        )
    return url


def require_elasticsearch() -> str:
    """The address of an Elasticsearch node."""
    url = os.environ.get(_ELASTICSEARCH, "")
    if not url or not _answers(url, 9200):
        _absent("Elasticsearch", f"start a node and set {_ELASTICSEARCH}=http://127.0.0.1:9200")
    return url


@contextmanager
def postgres_database(template: str = "") -> Iterator[str]:
    """A new PostgreSQL database, empty or a copy of `template`; it is dropped at the end."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.engine import make_url

    server = make_url(require_postgres())
    name = f"matchmaker_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        copied = f' TEMPLATE "{template}"' if template else ""
        connection.execute(text(f'CREATE DATABASE "{name}"{copied}'))
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


def eventually(condition: Callable[[], bool], seconds: float = 10.0, pause: float = 0.01) -> bool:
    """Whether a condition comes to hold within a time; looks every `pause` seconds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        # A pause between looks at another thread or process, never a wait instead of a condition.
        time.sleep(pause)
    return True


def _answers(url: str, default_port: int) -> bool:
    parts = urlsplit(url)
    try:
        address = (parts.hostname or "127.0.0.1", parts.port or default_port)
        with socket.create_connection(address, timeout=1):
            return True
    except OSError:
        return False


def _absent(name: str, start: str) -> None:
    reason = f"{name} does not answer; to run this test: {start}"
    if os.environ.get(_STRICT) == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
