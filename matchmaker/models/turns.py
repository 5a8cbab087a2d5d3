"""Locks by name, where two workers must not meet; PostgreSQL's are held across all processes.

SQLite has one portal at a time, so there the threads of this process are all there are.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

#: Any number, the same for every process of this portal: keeps its locks from those of others.
_SPACE = 706_150
_threads: dict[str, threading.Lock] = {}
_guard = threading.Lock()


@contextmanager
def alone(engine: Engine, name: str) -> Iterator[bool]:
    """Whether nobody else is within a block of this name and database; does not wait.

    It holds for as long as the block runs and its connection lives: a process that dies lets go.

    Args:
        engine: the database.
        name: what is done.
    """
    if engine.dialect.name == "sqlite":
        with _alone_here(f"{engine.url} {name}") as mine:
            yield mine
        return
    key = (_SPACE, func.hashtext(name))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        mine = bool(connection.scalar(select(func.pg_try_advisory_lock(*key))))
        try:
            yield mine
        finally:
            if mine:
                with suppress(DBAPIError):  # with its connection the lock is gone already
                    connection.scalar(select(func.pg_advisory_unlock(*key)))


def take_turns(session: Session, name: str) -> None:
    """Wait until no other unit of work of this name is open; holds until this one ends.

    On SQLite a unit that writes is alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        key = {"space": _SPACE, "name": name}
        session.execute(text("SELECT pg_advisory_xact_lock(:space, hashtext(:name))"), key)


@contextmanager
def _alone_here(name: str) -> Iterator[bool]:
    with _guard:
        lock = _threads.setdefault(name, threading.Lock())
    mine = lock.acquire(blocking=False)
    try:
        yield mine
    finally:
        if mine:
            lock.release()
