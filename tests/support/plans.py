"""How PostgreSQL reads its tables for the statements that a page issues."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event, text

#: Tables up to this size may be read from end to end.
SMALL = 5_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One statement as the driver gets it."""

    statement: str
    parameters: Any


@dataclass(frozen=True, slots=True)
class Reading:
    """One node of a plan that reads a table.

    Attributes:
        way: the kind of scan, as PostgreSQL names it.
        table: what is read; for an index read by bitmap, the index.
        rows: rows it looked at, those thrown away included.
    """

    way: str
    table: str
    rows: int


@contextmanager
def listening(engine: Engine) -> Iterator[list[Asked]]:
    """The reading statements that the engine is given within."""
    asked: list[Asked] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *rest: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            asked.append(Asked(statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def large_tables(connection: Connection) -> frozenset[str]:
    """Tables with more rows than `SMALL`."""
    rows = connection.execute(
        text("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > :n"), {"n": SMALL}
    )
    return frozenset(rows.scalars())


def readings(connection: Connection, asked: Asked) -> list[Reading]:
    """How a statement reads its tables; it is run for that."""
    answer = connection.exec_driver_sql(
        f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {asked.statement}", asked.parameters
    ).scalar_one()
    plan = json.loads(answer) if isinstance(answer, str) else answer
    return list(_nodes(plan[0]["Plan"]))


def _nodes(node: Mapping[str, Any]) -> Iterator[Reading]:
    if "Scan" in node["Node Type"] and ("Relation Name" in node or "Index Name" in node):
        loops = node["Actual Loops"]
        rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        rows += node.get("Rows Removed by Index Recheck", 0)
        name = node.get("Relation Name") or node["Index Name"]
        yield Reading(node["Node Type"], name, int(rows * loops))
    for below in node.get("Plans", ()):
        yield from _nodes(below)
