"""A PostgreSQL database that goes back to what it was: sooner done than a fresh copy is made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url

from matchmaker.models import Base

#: Where the rows are kept meanwhile; the portal looks into the schema `public` alone.
_KEPT = "kept"
_CHANGES = ("INSERT", "UPDATE", "DELETE")


class Restorable:
    """Keeps the rows of a migrated database, and puts them back.

    Args:
        url: the database; it is restored for one test after another, so each process needs one.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        engine = create_engine(make_url(url))
        with engine.begin() as connection:
            connection.exec_driver_sql(_keeping())
            self._restoring = "; ".join(_restoring(connection))
        engine.dispose()

    def restore(self) -> str:
        """Put the kept rows back and end whatever is still connected; return the address."""
        engine = create_engine(make_url(self.url))
        with engine.begin() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
            connection.exec_driver_sql(self._restoring)
        engine.dispose()
        return self.url


@contextmanager
def commits_of_changes(engine: Engine) -> Iterator[list[str]]:
    """The first change of every transaction that is committed within."""
    committed: list[str] = []

    def note(connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
        if cursor.rowcount > 0 and statement.lstrip().upper().startswith(_CHANGES):
            connection.info.setdefault("changed", statement)

    def keep(connection: Connection) -> None:
        if changed := connection.info.pop("changed", ""):
            committed.append(changed)

    def forget(connection: Connection) -> None:
        connection.info.pop("changed", None)

    listeners = (("after_cursor_execute", note), ("commit", keep), ("rollback", forget))
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield committed
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)


def _keeping() -> str:
    copies = [
        f"CREATE TABLE {_KEPT}.{table.name} AS TABLE public.{table.name}"
        for table in Base.metadata.sorted_tables
    ]
    return "; ".join([f"DROP SCHEMA IF EXISTS {_KEPT} CASCADE", f"CREATE SCHEMA {_KEPT}", *copies])


def _restoring(connection: Connection) -> Iterator[str]:
    tables = [table.name for table in Base.metadata.sorted_tables]
    for name in reversed(tables):
        yield f"DELETE FROM public.{name}"
    for name in tables:
        if connection.scalar(text(f"SELECT count(*) FROM {_KEPT}.{name}")):
            yield f"INSERT INTO public.{name} SELECT * FROM {_KEPT}.{name}"
    rows = connection.execute(
        text("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'")
    )
    for name, last in rows:
        yield f"SELECT setval('public.{name}', {last or 1}, {'true' if last else 'false'})"
