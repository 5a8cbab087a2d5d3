"""How a process connects to its database: the pool, and how long a statement may take."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

from matchmaker.domain.connections import Limits, Pool

_SWITCH_PAUSES = (0.01, 0.05, 0.1, 0.3, 0.5, 1.0)
_PRAGMAS = ("synchronous=NORMAL", "foreign_keys=ON", "cache_size=-32000")


def connect(url: str, pool: Pool, limits: Limits) -> Engine:
    """An engine whose errors name statements without their parameters: those may be personal.

    Args:
        url: SQLAlchemy address, SQLite or PostgreSQL; its own `options` are kept.
        pool: connections to PostgreSQL.
        limits: how long a statement may take there.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite(address)
    given = address.query.get("options", "")
    options = " ".join([*([given] if isinstance(given, str) else given), limits.options])
    return create_engine(
        address,
        pool_size=pool.size,
        max_overflow=pool.overflow,
        pool_timeout=pool.wait,
        pool_recycle=pool.recycle,
        pool_pre_ping=pool.pre_ping,
        connect_args={"options": options.strip()},
        hide_parameters=True,
    )


def _sqlite(address: URL) -> Engine:
    engine = create_engine(
        address,
        connect_args={"timeout": 20, "check_same_thread": False},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


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
