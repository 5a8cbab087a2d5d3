"""Questions to suppliers, watches, and the nearest misses.

Revision ID: 0004_questions_and_watches
Revises: 0003_quality_snapshots
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from matchmaker.migrations.shorthand import index, key, points_to, unique

revision = "0004_questions_and_watches"
down_revision = "0003_quality_snapshots"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _clause_questions()
    _watches()
    _nearest_misses()


def _clause_questions() -> None:
    op.create_table(
        "clause_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(500), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        key("clause_questions", "id"),
        unique("clause_questions", "match_id", "clause"),
        points_to("clause_questions", "match_id", "matches"),
        points_to("clause_questions", "entry_id", "entries"),
        points_to("clause_questions", "asked_by_id", "people"),
        points_to("clause_questions", "answered_by_id", "people"),
    )
    index("clause_questions", "entry_id", "state")


def _watches() -> None:
    op.create_table(
        "watches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        key("watches", "id"),
        unique("watches", "entry_id", "person_id"),
        points_to("watches", "entry_id", "entries"),
        points_to("watches", "person_id", "people"),
    )
    index("watches", "person_id")


def _nearest_misses() -> None:
    op.create_table(
        "nearest_misses",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("assessment", sa.JSON(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        key("nearest_misses", "entry_id"),
        points_to("nearest_misses", "entry_id", "entries"),
        points_to("nearest_misses", "partner_id", "entries"),
    )
    index("nearest_misses", "partner_id")
