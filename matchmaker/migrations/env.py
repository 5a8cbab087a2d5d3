"""Alembic's entry: runs the migrations on the connection it was handed."""

from __future__ import annotations

from alembic import context

from matchmaker.migrations import COMPARISON
from matchmaker.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    # SQLite can't alter most things in place: tables are copied.
    render_as_batch=connection.dialect.name == "sqlite",
    **COMPARISON,
)
with context.begin_transaction():
    context.run_migrations()
