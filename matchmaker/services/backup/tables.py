"""Moves rows between a database at any revision of the schema and lines of an archive."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    MetaData,
    String,
    Table,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.schema import sort_tables

from matchmaker.models import Base
from matchmaker.services.backup import errors
from matchmaker.services.backup.archive import line_of
from matchmaker.services.backup.values import kind_of

#: Signs of life and turns of the processes that run here mean nothing elsewhere.
LEFT_OUT = frozenset({"heartbeats", "turns", "workers"})
_BATCH = 1000


def tables_of(connection: Connection, left_out: frozenset[str] = LEFT_OUT) -> list[Table]:
    """The portal's tables as they are in a database, parents before children.

    They are read from the database and not taken from the models, so that an archive of an earlier
    schema can be restored into that schema and then migrated.
    """
    names = set(Base.metadata.tables) - left_out
    held = sorted(names & set(inspect(connection).get_table_names()))
    metadata = MetaData()
    metadata.reflect(connection, only=held, resolve_fks=False)
    return sort_tables([metadata.tables[name] for name in held])


def columns_of(table: Table) -> list[Column[Any]]:
    """What is saved of a table; columns that the database computes are not."""
    return [column for column in table.columns if column.computed is None]


def lines_of(connection: Connection, table: Table) -> Iterator[bytes]:
    """The rows of a table in the order of its key, as an archive holds them, one by one."""
    columns = columns_of(table)
    writers = [kind_of(column.type).write for column in columns]
    query = select(*columns).order_by(*_key(connection, table))
    for row in connection.execute(query.execution_options(yield_per=_BATCH)):
        values = zip(writers, row, strict=True)
        yield line_of([None if value is None else write(value) for write, value in values])


def load(connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Any]) -> None:
    """Put rows into an empty table, a batch at a time.

    Args:
        connection: in a transaction.
        table: where to.
        names: columns in the order of a row's values.
        rows: plain values as an archive holds them.

    Raises:
        ArchiveError: the columns are others, or a value is none of its column.
    """
    columns = {column.name: _ready(column) for column in columns_of(table)}
    if set(columns) != set(names):
        raise errors.damaged(f"table {table.name} has other columns than its schema")
    readers = [(name, kind_of(columns[name].type).read) for name in names]
    statement = insert(table)
    values = (_row(table, readers, row) for row in rows)
    while batch := list(islice(values, _BATCH)):
        connection.execute(statement, batch)


def digest_of(connection: Connection, table: Table) -> tuple[int, str]:
    """How many rows a table has, and their SHA-256, as an archive counts them."""
    columns = [column.name for column in columns_of(table)]
    digest, count = hashlib.sha256(line_of([table.name, *columns])), 0
    for line in lines_of(connection, table):
        digest.update(line)
        count += 1
    return count, digest.hexdigest()


def empty(connection: Connection, tables: Sequence[Table]) -> None:
    """Remove all rows; `tables` come parents first."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in tables)
        connection.exec_driver_sql(f"TRUNCATE {names}")
        return
    for table in reversed(tables):
        connection.execute(table.delete())


def count_on(connection: Connection, tables: Sequence[Table]) -> None:
    """Have PostgreSQL number new rows from behind the highest number that came in."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        sequence = _sequence(connection, table)
        if sequence is not None:
            highest = connection.scalar(select(func.max(table.c.id)))
            connection.execute(select(func.setval(sequence, highest or 1, highest is not None)))


def _sequence(connection: Connection, table: Table) -> str | None:
    if "id" not in table.c:
        return None
    query = text("SELECT pg_get_serial_sequence(:table, 'id')")
    found: str | None = connection.scalar(query, {"table": table.name})
    return found


def _key(connection: Connection, table: Table) -> list[Any]:
    """The key's columns; text is ordered by its bytes, as SQLite does anyhow."""
    by_bytes = "C" if connection.dialect.name == "postgresql" else "BINARY"
    return [
        column.collate(by_bytes) if isinstance(column.type, String) else column
        for column in table.primary_key
    ]


def _ready(column: Column[Any]) -> Column[Any]:
    """A column that writes nothing as NULL; a JSON column would write the word null."""
    if isinstance(column.type, JSON) and column.nullable:
        column.type.none_as_null = True
    return column


def _row(table: Table, readers: Sequence[tuple[str, Any]], row: Sequence[Any]) -> dict[str, Any]:
    try:
        return {
            name: None if value is None else read(value)
            for (name, read), value in zip(readers, row, strict=True)
        }
    except (TypeError, ValueError) as error:
        raise errors.damaged(f"a row of {table.name} is none ({error})") from None
