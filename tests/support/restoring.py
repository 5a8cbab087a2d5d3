"""A PostgreSQL database that goes back to what it was: sooner done than a fresh copy is made."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

from matchmaker.models import Base

#: Where the rows are kept meanwhile; the portal looks into the schema `public` alone.
_KEPT = "kept"


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


def _keeping() -> str:
    copies = [
        f"CREATE TABLE {_KEPT}.{table.name} AS TABLE public.{table.name}"
        for table in Base.metadata.sorted_tables
    ]
    return "; ".join([f"CREATE SCHEMA {_KEPT}", *copies])


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
