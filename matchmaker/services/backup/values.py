"""How a database's values stand in an archive: as JSON, the same from every database."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, DateTime, Float, Integer, LargeBinary, String
from sqlalchemy.types import TypeEngine


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value.

    Attributes:
        name: what the manifest calls it.
        types: column types that hold it.
        write: value of the database → what JSON can hold.
        read: the way back; raises ValueError or TypeError for what is none.
    """

    name: str
    types: tuple[type[TypeEngine[Any]], ...]
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _only(*accepted: type) -> Callable[[Any], Any]:
    """A check that lets a value pass as it is."""

    def check(value: Any) -> Any:
        if type(value) not in accepted:
            raise TypeError(f"{type(value).__name__} in place of {accepted[0].__name__}")
        return value

    return check


def _from_moment(value: datetime) -> str:
    """SQLite keeps the UTC wall time without its offset."""
    in_utc = value if value.tzinfo is None else value.astimezone(UTC)
    return in_utc.replace(tzinfo=None).isoformat()


def _to_moment(value: Any) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def _to_bytes(value: Any) -> bytes:
    return base64.b64decode(value, validate=True)


def _to_float(value: Any) -> float:
    return float(_only(float, int)(value))


#: In this order: a column is of the first kind that holds its type.
KINDS = (
    Kind("boolean", (Boolean,), bool, _only(bool)),
    Kind("integer", (Integer,), int, _only(int)),
    Kind("float", (Float,), float, _to_float),
    Kind("moment", (DateTime,), _from_moment, _to_moment),
    Kind("date", (Date,), date.isoformat, date.fromisoformat),
    Kind("bytes", (LargeBinary,), lambda value: base64.b64encode(value).decode(), _to_bytes),
    Kind("json", (JSON,), lambda value: value, lambda value: value),
    Kind("text", (String,), str, _only(str)),
)


def kind_of(column_type: TypeEngine[Any]) -> Kind:
    """The kind of a column.

    Raises:
        TypeError: no kind holds its type; a new one belongs into `KINDS`.
    """
    for kind in KINDS:
        if isinstance(column_type, kind.types):
            return kind
    raise TypeError(f"a backup can't hold {column_type!r}")
