"""Short forms for what every migration writes again and again; the names they give never change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    """The table's primary key."""
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def unique(table: str, *columns: str) -> sa.UniqueConstraint:
    """No two rows agree in all of these columns."""
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def points_to(
    table: str, column: str, target: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    """A column that holds the `id` of another table's row."""
    name = f"fk_{table}_{column}_{target}"
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def index(table: str, *columns: str) -> None:
    """Make an index over the columns, in their order."""
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def unique_where(name: str, table: str, columns: list[str], condition: str) -> None:
    """Make a unique index over those rows for which a condition holds."""
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)
