"""Turns: what only one process at a time may do, held by a row of the database.

The row survives what the work does not need: while Redis is away nobody loses a turn, and two
processes that can't see each other but see the database never both have it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_
from sqlalchemy.dialects import postgresql, sqlite

from matchmaker.models import Turn
from matchmaker.models.database import Database, database_now


class Turns:
    """Gives a turn to one holder until it leaves or falls silent.

    Args:
        database: where turns are kept; its clock decides.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, name: str, holder: str, seconds: float) -> bool:
        """Take a turn that is free or has run out, or hold one's own for another span.

        Args:
            name: what is to be done.
            holder: the process that asks.
            seconds: how long it may be silent before others may take the turn.

        Returns:
            Whether `holder` has it now.
        """
        with self._database.write() as session:
            moment = database_now(session)
            dialect: Any = sqlite if self._database.is_sqlite else postgresql
            until = moment + timedelta(seconds=seconds)
            row = dialect.insert(Turn).values(name=name, holder=holder, until=until)
            taken = row.on_conflict_do_update(
                index_elements=["name"],
                set_={"holder": row.excluded.holder, "until": row.excluded.until},
                where=or_(Turn.holder == holder, Turn.until <= moment),
            ).returning(Turn.name)
            return session.scalar(taken) is not None

    def leave(self, name: str, holder: str) -> None:
        """Let others have a turn at once; nothing happens where `holder` has it not."""
        with self._database.write() as session:
            session.execute(delete(Turn).where(Turn.name == name, Turn.holder == holder))
