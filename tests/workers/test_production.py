"""The production profile in separate processes: PostgreSQL, Redis, a worker, a WSGI portal."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from matchmaker.bootstrap import Container
from matchmaker.domain.errors import ConfigurationError
from matchmaker.domain.kinds import EntryKind
from matchmaker.migrations import upgrade
from tests.conftest import settings_for
from tests.support.processes import COMMAND, environment
from tests.support.services import eventually, postgres_database, require_redis
from tests.support.world import World, populate
from workers.app import make_app, wake_after_commits
from workers.wsgi import portal

# All that use Redis take turns: they empty it.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.xdist_group("workers"),
]
SECRET = "a-secret-of-this-test-alone"


@pytest.fixture
def surroundings(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Environment of all processes, on a migrated PostgreSQL database and an empty Redis."""
    import redis

    with postgres_database() as database_url, redis.Redis.from_url(require_redis()) as client:
        client.flushdb()
        yield {
            "MATCHMAKER_PROFILE": "production",
            "MATCHMAKER_SECRET_KEY": SECRET,
            "MATCHMAKER_DATABASE_URL": database_url,
            "MATCHMAKER_REDIS_URL": require_redis(),
            "MATCHMAKER_DATA_DIR": str(tmp_path / "data"),
        }
        client.flushdb()


@pytest.fixture
def web(surroundings: dict[str, str], shared: Container, tmp_path: Path) -> Iterator[Container]:
    """The services of a web process, which leaves the index to the worker."""
    (tmp_path / "data").mkdir()
    settings = settings_for(
        tmp_path / "data",
        profile="production",
        secret_key=SecretStr(SECRET),
        database_url=surroundings["MATCHMAKER_DATABASE_URL"],
        redis_url=surroundings["MATCHMAKER_REDIS_URL"],
    )
    built = Container(settings, owns_index=False)
    for part in ("taxonomies", "analyser", "embedder"):
        built.__dict__[part] = getattr(shared, part)
    upgrade(built.database)
    populate(built)
    waker = wake_after_commits(built, make_app(built))
    yield built
    waker.close()
    built.close()


def test_a_worker_process_indexes_and_matches_what_the_web_process_publishes(
    web: Container, surroundings: dict[str, str], tmp_path: Path
) -> None:
    world = World(web)
    log = tmp_path / "worker.log"
    with log.open("wb") as output:
        worker = subprocess.Popen(
            [*COMMAND, "worker", "--beat"],
            env=environment(tmp_path / "data", **surroundings),
            stdout=output,
            stderr=output,
        )
    try:
        demand = world.published("firm", EntryKind.DEMAND)
        achievement = world.published("university", EntryKind.ACHIEVEMENT)
        assert eventually(
            lambda: all(world.reload(e).matched_version > 0 for e in (demand, achievement)), 60
        ), log.read_text()
        assert eventually(lambda: web.index.count() == 2, 10)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0, log.read_text()
    finally:
        worker.kill()
        worker.wait()


def test_a_wsgi_server_gets_a_portal_that_answers(
    web: Container, surroundings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with web.database.write() as session:  # known passwords would keep it from starting
        session.connection().exec_driver_sql("UPDATE people SET sample = false")
    for name, text in surroundings.items():
        monkeypatch.setenv(name, text)
    app = portal()
    answer = app.test_client().get("/readyz")
    app.extensions["matchmaker"].close()
    assert answer.status_code == 200
    assert (answer.json or {})["database"]["state"] == "ok"


def test_a_wsgi_server_is_told_to_migrate_first(
    surroundings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in surroundings.items():
        monkeypatch.setenv(name, text)
    with pytest.raises(ConfigurationError, match="matchmaker db upgrade"):
        portal()
