"""Clauses as their posters put them right.

Revision ID: 0006_corrected_clauses
Revises: 0005_learning
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from matchmaker.migrations.shorthand import key, points_to, unique

revision = "0006_corrected_clauses"
down_revision = "0005_learning"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "corrected_clauses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("quote", sa.String(500), nullable=False),
        sa.Column("as_read", sa.JSON(), nullable=True),
        sa.Column("as_corrected", sa.JSON(), nullable=True),
        sa.Column("corrected_by_id", sa.Integer(), nullable=True),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        key("corrected_clauses", "id"),
        unique("corrected_clauses", "entry_id", "quote"),
        points_to("corrected_clauses", "entry_id", "entries"),
        points_to("corrected_clauses", "corrected_by_id", "people"),
    )
