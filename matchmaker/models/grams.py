"""The database's own search over n-grams: a condition that each kind of database has an index for.

`entries.search_grams` holds the tokens of an entry between blanks. PostgreSQL indexes them as an
array (GIN, part of the server itself), SQLite by a full-text table over the same column, which
triggers keep in step. Trigrams (`pg_trgm`) would not do: they need an extension that is not
everywhere, see no Chinese letters in the locale C, and can't find a word of two characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    Text,
    event,
    literal_column,
    select,
)
from sqlalchemy import column as column_
from sqlalchemy import table as table_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

#: The full-text table of SQLite.
FULL_TEXT = "entry_grams"
#: The index of PostgreSQL.
INDEX = "ix_entries_search_grams"
_AS_ARRAY = "string_to_array(btrim(search_grams), ' ')"
_POSTGRESQL = (f"CREATE INDEX {INDEX} ON entries USING gin ({_AS_ARRAY})",)
_FORGET = (
    f"INSERT INTO {FULL_TEXT} ({FULL_TEXT}, rowid, search_grams) "
    "VALUES ('delete', old.id, old.search_grams);"
)
_LEARN = f"INSERT INTO {FULL_TEXT} (rowid, search_grams) VALUES (new.id, new.search_grams);"
_SQLITE = (
    f"CREATE VIRTUAL TABLE {FULL_TEXT} USING fts5(search_grams, content='entries', "
    "content_rowid='id', columnsize=0, tokenize='unicode61 remove_diacritics 0')",
    f"CREATE TRIGGER {FULL_TEXT}_insert AFTER INSERT ON entries BEGIN {_LEARN} END",
    f"CREATE TRIGGER {FULL_TEXT}_delete AFTER DELETE ON entries BEGIN {_FORGET} END",
    f"CREATE TRIGGER {FULL_TEXT}_update AFTER UPDATE OF search_grams ON entries "
    f"BEGIN {_FORGET} {_LEARN} END",
)
_STATEMENTS = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}


def with_search(entries: Table) -> None:
    """Have the index of the tokens made together with the entries.

    Alembic can't compare either of the two ways, so that a test of ours does.
    """

    def make(_: Table, connection: Connection, **__: Any) -> None:
        for statement in _STATEMENTS.get(connection.dialect.name, ()):
            connection.exec_driver_sql(statement)

    event.listen(entries, "after_create", make)


def holds_all(session: Session, tokens: Sequence[str]) -> ColumnElement[bool]:
    """Entries with every one of the tokens, as a condition on `entries`."""
    if session.get_bind().dialect.name == "sqlite":
        return _full_text(" AND ".join(map(_quoted, tokens)))
    found: ColumnElement[bool] = _array().contains(list(tokens))
    return found


def holds_any(session: Session, tokens: Sequence[str]) -> ColumnElement[bool]:
    """Entries with at least one of the tokens, as a condition on `entries`."""
    if session.get_bind().dialect.name == "sqlite":
        return _full_text(" OR ".join(map(_quoted, tokens)))
    found: ColumnElement[bool] = _array().overlap(list(tokens))
    return found


def _array() -> Any:
    # Written out as in the index: with a parameter in place of the blank it would not be found.
    return literal_column(_AS_ARRAY.replace("search_grams", "entries.search_grams"), ARRAY(Text()))


def _full_text(question: str) -> ColumnElement[bool]:
    grams = table_(FULL_TEXT, column_("rowid"), column_(FULL_TEXT))
    found = select(grams.c.rowid).where(grams.c[FULL_TEXT].op("MATCH")(question))
    return literal_column("entries.id").in_(found)


def _quoted(token: str) -> str:
    return '"' + token.replace('"', '""') + '"'
