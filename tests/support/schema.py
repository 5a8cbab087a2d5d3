"""A database's schema as plain values, so that two databases can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import Inspector
from sqlalchemy.types import NullType

from matchmaker.models.database import Database

Table = Mapping[str, Any]
#: Made by Alembic, not by the models.
_OTHERS = frozenset({"alembic_version", "alembic_version_pkc"})
_DEFINITIONS = {
    "postgresql": (
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() "
        "UNION ALL SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    ),
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'trigger', 'table')",
}


def described(database: Database) -> Mapping[str, Table]:
    """Everything the database knows of its tables: columns, keys, uniques, indexes, checks."""
    with database.engine.connect() as connection:
        inspector = inspect(connection)
        written = _definitions(connection)
        names = [name for name in inspector.get_table_names() if name not in _OTHERS]
        return {name: _table(inspector, name, written) for name in names}


def definitions(database: Database) -> Mapping[str, str]:
    """Name → the statement that makes it, of every index and trigger, and virtual table."""
    with database.engine.connect() as connection:
        found = _definitions(connection)
    return {name: sql for name, sql in found.items() if not sql.startswith("CREATE TABLE")}


def portable(database: Database, left_out: Iterable[str] = ()) -> Mapping[str, Table]:
    """What any two kinds of database have to agree in; without what `left_out` names."""
    skipped = frozenset(left_out)
    return {
        name: {
            "columns": {key: column["nullable"] for key, column in table["columns"].items()},
            "primary": table["primary"],
            "uniques": table["uniques"],
            "foreign": table["foreign"],
            "indexes": {
                key: (index["columns"], index["unique"])
                for key, index in table["indexes"].items()
                if key not in skipped
            },
        }
        for name, table in described(database).items()
        if name not in skipped
    }


def _table(inspector: Inspector, name: str, written: Mapping[str, str]) -> Table:
    return {
        "columns": {
            column["name"]: {
                "type": _type(inspector, column["type"]),
                "nullable": column["nullable"],
                "default": column["default"],
            }
            for column in inspector.get_columns(name)
        },
        "primary": _primary(inspector, name),
        "uniques": {
            found["name"]: tuple(found["column_names"])
            for found in inspector.get_unique_constraints(name)
        },
        "foreign": {
            found["name"]: (
                tuple(found["constrained_columns"]),
                found["referred_table"],
                tuple(found["referred_columns"]),
                found.get("options", {}).get("ondelete"),
            )
            for found in inspector.get_foreign_keys(name)
        },
        "checks": {found["name"]: found["sqltext"] for found in _checks(inspector, name)},
        "indexes": _indexes(inspector, name, written),
    }


def _type(inspector: Inspector, found: Any) -> str:
    """A column's type as the database writes it; a virtual table's columns have none."""
    return "" if isinstance(found, NullType) else found.compile(inspector.bind.dialect)


def _primary(inspector: Inspector, name: str) -> tuple[str | None, tuple[str, ...]]:
    key = inspector.get_pk_constraint(name)
    return key["name"], tuple(key["constrained_columns"])


def _checks(inspector: Inspector, name: str) -> list[Any]:
    return list(inspector.get_check_constraints(name))


def _indexes(inspector: Inspector, name: str, written: Mapping[str, str]) -> Mapping[str, Any]:
    """Indexes of a table; those that stand behind a constraint are left to the constraint."""
    return {
        str(index["name"]): {
            "columns": tuple(index.get("expressions", index["column_names"])),
            "unique": bool(index["unique"]),
            "written": written.get(str(index["name"]), ""),
        }
        for index in inspector.get_indexes(name)
        if not index.get("duplicates_constraint")
    }


def _definitions(connection: Connection) -> Mapping[str, str]:
    rows = connection.execute(text(_DEFINITIONS[connection.dialect.name]))
    return {row[0]: _tidy(row[1]) for row in rows if row[1] and row[0] not in _OTHERS}


def _tidy(sql: str) -> str:
    """A statement without the accidents of its spelling: quotes and blanks."""
    return re.sub(r"\s+", " ", sql.replace('"', "")).strip()
