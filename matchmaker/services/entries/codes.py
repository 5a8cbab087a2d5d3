"""Allots public codes: one running number a kind and year, gaps allowed, never given twice."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from matchmaker.domain.calendar import today
from matchmaker.domain.codes import PublicCode
from matchmaker.domain.kinds import EntryKind
from matchmaker.models import CodeCounter


def allot_code(session: Session, kind: EntryKind) -> PublicCode:
    """The next free code of a kind, in the year of Asia/Shanghai.

    One statement raises the counter and reads it, so two posters never get the same number.
    """
    year = today().year
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    first = dialect.insert(CodeCounter).values(prefix=kind.prefix, year=year, last=1)
    next_number = first.on_conflict_do_update(
        index_elements=["prefix", "year"], set_={"last": CodeCounter.last + 1}
    ).returning(CodeCounter.last)
    return PublicCode(kind, year, session.execute(next_number).scalar_one())
