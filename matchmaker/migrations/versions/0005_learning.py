"""What the portal learns: versions of the weights, and the demands that nothing meets.

Revision ID: 0005_learning
Revises: 0004_questions_and_watches
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from matchmaker.migrations.shorthand import index, key, points_to, unique, unique_where

revision = "0005_learning"
down_revision = "0004_questions_and_watches"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _weight_versions()
    _unmet_demands()


def _weight_versions() -> None:
    op.create_table(
        "weight_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("parent", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("fitted_on", sa.Integer(), nullable=False),
        sa.Column("held_out", sa.Integer(), nullable=False),
        sa.Column("held_out_demands", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        key("weight_versions", "id"),
        unique("weight_versions", "version"),
        points_to("weight_versions", "decided_by_id", "people"),
    )
    unique_where("uq_weight_versions_live", "weight_versions", ["state"], "state = 'live'")


def _unmet_demands() -> None:
    op.create_table(
        "unmet_demands",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("cluster", sa.Integer(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("mapped_on", sa.Date(), nullable=False),
        key("unmet_demands", "entry_id"),
        points_to("unmet_demands", "entry_id", "entries"),
    )
    index("unmet_demands", "cluster")
