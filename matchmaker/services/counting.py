"""Counts that know when to stop: nobody pages through ten thousand rows, nor reads the figure."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

#: So many rows of a list are counted; what goes beyond is "more than" that.
MOST = 10_000


def at_most(session: Session, query: Select[Any], most: int = MOST) -> int:
    """How many rows a query has, or `most + 1` where it has more.

    The database stops there, so that the count of a list costs the same however long it grows.
    """
    rows = (
        query.with_only_columns(literal(1), maintain_column_froms=True)
        .order_by(None)
        .limit(most + 1)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(rows)) or 0
