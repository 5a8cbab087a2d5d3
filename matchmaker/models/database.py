"""Connections and units of work: the one place that knows which database runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from matchmaker.domain.calendar import now
from matchmaker.domain.connections import NO_LIMITS, USUAL_POOL, Limits, Pool
from matchmaker.domain.errors import ConflictError, UnavailableError
from matchmaker.models.connecting import connect
from matchmaker.models.turns import alone

#: Called after a commit with whatever the unit of work asked to wake.
AfterCommit = Callable[[list[Any]], None]

_WAKES = "wakes"


class Database:
    """A database with short write units and read units.

    Args:
        url: SQLAlchemy address, SQLite or PostgreSQL.
        pool: connections to PostgreSQL.
        limits: how long a statement may take there.
    """

    def __init__(self, url: str, pool: Pool = USUAL_POOL, limits: Limits = NO_LIMITS) -> None:
        self.url = make_url(url)
        self.engine = connect(url, pool, limits)
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

    def alone(self, name: str) -> AbstractContextManager[bool]:
        """Whether nobody else, in any process, is within a block of this name; does not wait."""
        return alone(self.engine, name)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Turn what the database library raises into errors of the domain, where it is expected.

    Raises:
        ConflictError: a row's version moved on between reading and writing.
        UnavailableError: the database can't be reached, or a statement, a lock or a free
            connection took too long.
    """
    try:
        yield
    except StaleDataError as error:
        raise ConflictError("stale_version") from error
    except (OperationalError, InterfaceError, TimeoutError) as error:
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
