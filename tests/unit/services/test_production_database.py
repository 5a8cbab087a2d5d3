"""What only a database of several processes needs: limits, leases without waiting, turns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from matchmaker.bootstrap import Container
from matchmaker.domain.connections import Limits, Pool
from matchmaker.domain.errors import ConflictError, UnavailableError
from matchmaker.domain.work import JobKind
from matchmaker.models import Job
from matchmaker.models.database import Database
from matchmaker.models.turns import take_turns
from matchmaker.services.jobs import Jobs, enqueue
from tests.conftest import settings_for
from tests.support.services import require_postgres

pytestmark = pytest.mark.postgres
IMPATIENT = Limits(statement=0.2, lock=0.1)


@pytest.fixture
def engine() -> str:
    return "postgresql"


@contextmanager
def beside(container: Container, limits: Limits = IMPATIENT) -> Iterator[Database]:
    """A second process's connection to the same database."""
    address = container.settings.database
    with closing(Database(address, Pool(size=1, overflow=0, wait=0.1), limits)) as database:
        yield database


def waiting_job(container: Container) -> int:
    with container.database.write() as session:
        return enqueue(session, JobKind.REMATCH, "all")


def test_a_statement_that_takes_too_long_is_broken_off(container: Container) -> None:
    with beside(container) as database:
        with pytest.raises(UnavailableError), database.read() as session:
            session.execute(text("SELECT pg_sleep(60)"))
        with database.read() as session:
            assert session.scalar(text("SELECT 1")) == 1


def test_a_wait_for_a_lock_ends(container: Container) -> None:
    number = waiting_job(container)
    with container.database.write() as session, beside(container) as database:
        session.get_one(Job, number, with_for_update=True)
        with pytest.raises(UnavailableError), database.write() as other:
            other.get_one(Job, number, with_for_update=True)


def test_a_wait_for_a_free_connection_ends(container: Container) -> None:
    with beside(container) as database, database.read() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(UnavailableError), database.read() as other:
            other.execute(text("SELECT 1"))


def test_web_and_worker_have_limits_of_their_own(tmp_path: Path) -> None:
    settings = settings_for(
        tmp_path,
        database_url=require_postgres(),
        web_statement_seconds=3,
        web_lock_seconds=1.5,
        worker_statement_seconds=0,
    )
    for serves_web, expected in ((True, ("3s", "1500ms")), (False, ("0", "1min"))):
        with (
            closing(Container(settings, serves_web=serves_web)) as container,
            container.database.read() as session,
        ):
            names = ("statement_timeout", "lock_timeout")
            assert tuple(session.scalar(text(f"SHOW {name}")) for name in names) == expected


def test_options_of_the_address_are_kept(tmp_path: Path) -> None:
    address = require_postgres() + "?options=-c%20random_page_cost%3D1.5"
    with closing(Database(address, limits=IMPATIENT)) as database, database.read() as session:
        assert session.scalar(text("SHOW random_page_cost")) == "1.5"
        assert session.scalar(text("SHOW lock_timeout")) == "100ms"


def test_a_job_that_another_worker_is_about_to_take_is_passed_over(container: Container) -> None:
    number = waiting_job(container)
    with container.database.write() as session, beside(container) as database:
        session.get_one(Job, number, with_for_update=True)
        # Were it to wait for the other, the limit would break it off.
        assert Jobs(database, 60).claim(number) is None
    lease = container.jobs.claim(number)
    assert lease is not None
    assert lease.kind is JobKind.REMATCH


def test_two_looks_for_lost_jobs_do_not_wait_for_each_other(container: Container) -> None:
    number = waiting_job(container)
    hasty = Jobs(container.database, 0.0)
    assert hasty.claim(number) is not None
    with container.database.write() as session, beside(container) as database:
        session.get_one(Job, number, with_for_update=True)
        assert Jobs(database, 60).reap() == []
    assert container.jobs.reap() == [(JobKind.REMATCH, number)]


def test_one_process_at_a_time_rebuilds(container: Container) -> None:
    with beside(container) as database, database.alone("rebuild") as mine:
        assert mine
        with pytest.raises(ConflictError, match="rebuild_runs"):
            container.rebuilding.rebuild()
        assert container.periodic.sweep() == 0
    assert container.rebuilding.rebuild() == 0


def test_a_process_that_dies_lets_go(container: Container) -> None:
    with beside(container) as dead, dead.alone("rebuild") as mine:
        assert mine
        with container.database.write() as session:
            session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks "
                    "WHERE locktype = 'advisory' AND database = "
                    "(SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            )
        with container.database.alone("rebuild") as free:
            assert free


def test_the_days_work_is_queued_by_one_schedule_at_a_time(container: Container) -> None:
    with beside(container) as database:
        with container.database.write() as session:
            take_turns(session, "daily")
            with pytest.raises(UnavailableError), database.write() as other:
                take_turns(other, "daily")
        with database.write() as other:
            take_turns(other, "daily")
