"""Connections and units of work: the one place that knows which database runs."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from matchmaker.domain.calendar import now
from matchmaker.domain.errors import ConflictError, UnavailableError

#: Called after a commit with whatever the unit of work asked to wake.
AfterCommit = Callable[[list[Any]], None]

_WAKES = "wakes"
_SWITCH_PAUSES = (0.01, 0.05, 0.1, 0.3, 0.5, 1.0)
_PRAGMAS = ("synchronous=NORMAL", "foreign_keys=ON", "cache_size=-32000")


class Database:
    """A database with short write units and read units.

    Args:
        url: SQLAlchemy address, SQLite or PostgreSQL.
        pool_size: connections kept open; SQLite keeps one a thread.
    """

    def __init__(self, url: str, pool_size: int = 8) -> None:
        self.url = make_url(url)
        self.engine = _engine(url, pool_size)
        self._after_commit: AfterCommit | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded profile's database."""
        return self.engine.dialect.name == "sqlite"

    def on_commit(self, callback: AfterCommit) -> None:
        """Have `callback` called after every commit that left something to wake."""
        self._after_commit = callback

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A unit that only reads; nothing it does is kept."""
        with _in_our_words(), Session(self.engine, expire_on_commit=False, autoflush=False) as unit:
            yield unit

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A unit that commits when its block ends and rolls back when the block raises.

        On SQLite it holds the write lock from the start, so keep it short.
        """
        engine = self.engine.execution_options(writes=True)
        with _in_our_words(), Session(engine, expire_on_commit=False) as session:
            with session.begin():
                session.connection(execution_options={"writes": True})
                yield session
            wakes = session.info.pop(_WAKES, [])
        if wakes and self._after_commit is not None:
            self._after_commit(wakes)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Turn what the database library raises into errors of the domain, where it is expected.

    Raises:
        ConflictError: a row's version moved on between reading and writing.
        UnavailableError: the database can't be reached or is busy for too long.
    """
    try:
        yield
    except StaleDataError as error:
        raise ConflictError("stale_version") from error
    except (OperationalError, InterfaceError) as error:
        raise UnavailableError("database_away") from error


def wake_after_commit(session: Session, item: Any) -> None:
    """Remember something to wake once the session's unit has been committed."""
    session.info.setdefault(_WAKES, []).append(item)


def database_now(session: Session) -> datetime:
    """The moment by the database's clock; leases are measured by it.

    SQLite has no clock but this process's own.
    """
    if session.get_bind().dialect.name == "sqlite":
        return now()
    moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return moment


def _engine(url: str, pool_size: int) -> Engine:
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": 20, "check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True)


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None
    _to_write_ahead(connection)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _to_write_ahead(connection: Any) -> None:
    """Switch a file to its write-ahead log; of two at once one is refused without any wait."""
    for pause in _SWITCH_PAUSES:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            time.sleep(pause)
        else:
            return
    connection.execute("PRAGMA journal_mode=WAL")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
