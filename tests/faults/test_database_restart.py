"""PostgreSQL is stopped as by a crash and started again: people notice once, at most."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy import text

from matchmaker.bootstrap import Container
from matchmaker.domain.errors import UnavailableError
from matchmaker.migrations import upgrade
from matchmaker.web.app import create_app
from tests.conftest import settings_for
from tests.support.ports import free_port
from tests.support.services import require_postgres
from tests.support.world import populate

pytestmark = [pytest.mark.postgres, pytest.mark.faults, pytest.mark.slow]
SCRIPT = Path(__file__).parents[1] / "services" / "postgres"


def postgres(*arguments: object) -> str:
    done = subprocess.run(
        [SCRIPT, *map(str, arguments)], check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout.strip()


@pytest.fixture
def server() -> Iterator[tuple[str, Path]]:
    """The address of a server of this test's own, and the folder it runs in."""
    require_postgres()
    # Not in the folder of the tests, which a server under its own user can't enter.
    folder = Path(mkdtemp(prefix="matchmaker-postgres-"))
    try:
        yield postgres("own", folder, free_port()), folder
    finally:
        postgres("stop", folder)


def test_the_pool_recovers_without_an_error_for_the_next_reader(
    server: tuple[str, Path], shared: Container, tmp_path: Path
) -> None:
    address, folder = server
    settings = settings_for(tmp_path, database_url=address)
    with closing(Container(settings, serves_web=True)) as container:
        container.__dict__["taxonomies"] = shared.taxonomies
        upgrade(container.database)
        populate(container)
        client = create_app(container).test_client()
        open_units = [container.database.engine.connect() for _ in range(4)]
        for connection in open_units:
            connection.close()
        assert client.get("/organisations").status_code == 200
        postgres("restart", folder)
        assert [client.get("/organisations").status_code for _ in range(5)] == [200] * 5


def test_a_unit_that_was_at_work_says_that_the_database_is_away_and_the_next_one_works(
    server: tuple[str, Path], tmp_path: Path
) -> None:
    address, folder = server
    with closing(Container(settings_for(tmp_path, database_url=address))) as container:

        def at_work() -> None:
            with container.database.read() as session:
                session.execute(text("SELECT 1"))
                postgres("restart", folder)
                session.execute(text("SELECT 1"))

        with pytest.raises(UnavailableError):
            at_work()
        with container.database.read() as session:
            assert session.scalar(text("SELECT 1")) == 1
