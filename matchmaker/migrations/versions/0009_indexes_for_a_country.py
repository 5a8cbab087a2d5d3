"""Indexes for every list, every count and the database's own search.

Revision ID: 0009_indexes_for_a_country
Revises: 0008_trace_parent
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from matchmaker.migrations.shorthand import index

revision = "0009_indexes_for_a_country"
down_revision = "0008_trace_parent"
branch_labels = None
depends_on = None

_FORGET = "INSERT INTO entry_grams (entry_grams, rowid, search_grams) VALUES ('delete', old.id, old.search_grams);"
_LEARN = "INSERT INTO entry_grams (rowid, search_grams) VALUES (new.id, new.search_grams);"


def upgrade() -> None:
    _lists()
    _counts()
    if op.get_bind().dialect.name == "sqlite":
        _full_text_of_sqlite()
    else:
        grams = sa.text("string_to_array(btrim(search_grams), ' ')")
        op.create_index("ix_entries_search_grams", "entries", [grams], postgresql_using="gin")


def _lists() -> None:
    index("entries", "status", "published_at", "id")
    index("entries", "status", "updated_at", "id")
    index("entries", "organisation_id", "updated_at")
    index("demands", "deadline", "id")
    index("matches", "state", "suggested_at")
    index("matches", "updated_at")
    index("introductions", "created_at")
    index("memberships", "role")
    index("jobs", "status", "id")
    index("jobs", "status", "finished_at")
    index("events", "subject_code", "id")
    index("events", "action", "id")
    op.drop_index("ix_organisations_status", "organisations")
    index("organisations", "status", "kind", "name")


def _counts() -> None:
    columns = ["status", "kind", "visibility", "organisation_id", "id"]
    op.create_index("ix_entries_counted", "entries", columns)
    behind = sa.text("indexed_version < index_version")
    op.create_index(
        "ix_entries_behind", "entries", ["updated_at"], sqlite_where=behind, postgresql_where=behind
    )
    op.drop_index("ix_entry_facets_name_value", "entry_facets")
    index("entry_facets", "name", "value", "entry_id")


def _full_text_of_sqlite() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE entry_grams USING fts5(search_grams, content='entries', "
        "content_rowid='id', columnsize=0, tokenize='unicode61 remove_diacritics 0')"
    )
    op.execute(f"CREATE TRIGGER entry_grams_insert AFTER INSERT ON entries BEGIN {_LEARN} END")
    op.execute(f"CREATE TRIGGER entry_grams_delete AFTER DELETE ON entries BEGIN {_FORGET} END")
    op.execute(
        "CREATE TRIGGER entry_grams_update AFTER UPDATE OF search_grams ON entries "
        f"BEGIN {_FORGET} {_LEARN} END"
    )
    op.execute("INSERT INTO entry_grams (entry_grams) VALUES ('rebuild')")
