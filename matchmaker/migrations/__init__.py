"""The database's schema over time: brings any database to what the models describe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect, text

from matchmaker.domain.errors import ConfigurationError
from matchmaker.models.database import Database
from matchmaker.models.grams import FULL_TEXT, INDEX

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent
#: Any number, the same for every process that migrates this portal.
_ADVISORY_LOCK = 706_150_600
#: How Alembic compares a database with the models.
COMPARISON: dict[str, Any] = {
    "compare_type": True,
    # What the database's own search rests on, which Alembic can't describe.
    "include_name": lambda name, *_: name != INDEX and not str(name).startswith(FULL_TEXT),
}


def upgrade(database: Database) -> bool:
    """Bring the schema to the newest revision, in one transaction.

    Two processes that start at once wait for each other; the second finds nothing to do.

    Args:
        database: what to migrate; empty or at any earlier revision.

    Returns:
        Whether anything was changed.

    Raises:
        ConfigurationError: it was migrated by a newer version of the portal, or rows point to
            rows that are not there.
    """
    if current(database) == head():
        return False
    with changing(database) as connection:
        found = revision_of(connection)
        if found > head():
            raise ConfigurationError(
                f"The database is at revision {found}, newer than this portal's {head()}; "
                "install the newer version again, or restore a backup made before it."
            )
        return upgrade_in(connection, head())


@contextmanager
def changing(database: Database) -> Iterator[Connection]:
    """One transaction that may change schema and rows, alone of its kind in this database.

    SQLite does not check foreign keys meanwhile, but all of them at the end.

    Raises:
        ConfigurationError: rows point to rows that are not there; nothing was changed.
    """
    engine = database.engine.execution_options(writes=True)
    with engine.connect() as connection:
        _foreign_keys(connection, on=False)
        try:
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    _wait_alone(connection)
                yield connection
                _check_foreign_keys(connection)
        finally:
            _foreign_keys(connection, on=True)


def _wait_alone(connection: Connection) -> None:
    """Wait for another migration; a table that is copied takes the time it takes too."""
    connection.execute(text("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _ADVISORY_LOCK})


def upgrade_in(connection: Connection, revision: str) -> bool:
    """Bring the schema up to a revision, inside a transaction of `changing`; whether it changed."""
    from alembic import command

    if revision_of(connection) == revision:
        return False
    command.upgrade(alembic_config(connection), revision)
    return True


def current(database: Database) -> str:
    """The revision a database stands at; "" where it was never migrated."""
    with database.engine.connect() as connection:
        return revision_of(connection)


def need_newest(database: Database) -> None:
    """See that a database is migrated.

    Raises:
        ConfigurationError: it is not.
    """
    if current(database) != head():
        raise ConfigurationError("The database is not up to date; run `matchmaker db upgrade`.")


def head() -> str:
    """The newest revision; revisions are named like their files, which begin with a number."""
    return max(revisions())


def revisions() -> set[str]:
    """All revisions this portal knows."""
    return {path.stem for path in (FOLDER / "versions").glob("[0-9]*.py")}


def alembic_config(connection: Connection) -> Config:
    """What Alembic needs to work on a connection, without a file of its own."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def revision_of(connection: Connection) -> str:
    """The revision a connection's database stands at; "" where it was never migrated."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""


def _foreign_keys(connection: Connection, *, on: bool) -> None:
    """Switch SQLite's checks; it ignores the pragma inside a transaction.

    While they are on, rebuilding a table would delete the rows that point to it.
    """
    if connection.dialect.name != "sqlite":
        return
    raw: Any = connection.connection.driver_connection
    raw.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        tables = ", ".join(sorted({row[0] for row in broken}))
        raise ConfigurationError(
            f"{len(broken)} rows of {tables} point to rows that are not there; nothing was "
            "changed. Restore a backup, or remove these rows, and try again."
        )
