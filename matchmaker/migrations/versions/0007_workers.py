"""Workers that were seen, turns that one process at a time may take, and who holds a job.

Revision ID: 0007_workers
Revises: 0006_corrected_clauses
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from matchmaker.migrations.shorthand import index, key

revision = "0007_workers"
down_revision = "0006_corrected_clauses"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("holder", sa.String(120), nullable=True))
    op.add_column("jobs", sa.Column("woken_at", sa.DateTime(timezone=True), nullable=True))
    index("jobs", "finished_at")
    _workers()
    _turns()


def _workers() -> None:
    op.create_table(
        "workers",
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("host", sa.String(80), nullable=False),
        sa.Column("process", sa.Integer(), nullable=False),
        sa.Column("queues", sa.JSON(), nullable=False),
        sa.Column("pool", sa.String(32), nullable=False),
        sa.Column("concurrency", sa.Integer(), nullable=False),
        sa.Column("keeps_schedule", sa.Boolean(), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("model", sa.String(120), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        key("workers", "name"),
    )


def _turns() -> None:
    op.create_table(
        "turns",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("holder", sa.String(120), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        key("turns", "name"),
    )
