"""The span that a job continues.

Revision ID: 0008_trace_parent
Revises: 0007_workers
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_trace_parent"
down_revision = "0007_workers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "jobs", sa.Column("trace_parent", sa.String(55), nullable=False, server_default="")
    )
