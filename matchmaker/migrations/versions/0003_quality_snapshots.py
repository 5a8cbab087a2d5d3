"""The platform's quality, day by day.

Revision ID: 0003_quality_snapshots
Revises: 0002_review_and_work
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from matchmaker.migrations.shorthand import index, key

revision = "0003_quality_snapshots"
down_revision = "0002_review_and_work"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quality_snapshots",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        key("quality_snapshots", "day"),
    )
    index("quality_snapshots", "month", "day")
