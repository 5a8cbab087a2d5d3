"""The span that a job continues.

Revision ID: 0007_trace_parent
Revises: 0006_corrected_clauses
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_trace_parent"
down_revision = "0006_corrected_clauses"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "jobs", sa.Column("trace_parent", sa.String(55), nullable=False, server_default="")
    )
