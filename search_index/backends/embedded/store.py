"""The documents of one index in an SQLite file: its crash-safe truth."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search_index.backends.base import Fault, SearchIndexError
from search_index.documents import Document, Vector

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    deleted_at TEXT,
    kind TEXT,
    language TEXT,
    texts TEXT,
    attributes TEXT,
    vector BLOB
);
CREATE INDEX IF NOT EXISTS documents_deleted ON documents (deleted_at)
    WHERE deleted_at IS NOT NULL;
"""
_LEAST_ROOM = 32 * 1024 * 1024  # bytes on its disk below which writes are likely to fail
_COLUMNS = "seq, id, version, deleted_at, kind, language, attributes, vector"


@dataclass(frozen=True, slots=True)
class Change:
    """A document or, without one, a tombstone."""

    id: str
    version: int
    document: Document | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """A change that was accepted as row ``seq``, in place of row ``replaced`` if there was one."""

    change: Change
    seq: int
    replaced: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """A document as memory needs it: without texts; ``vector`` as float16 bytes."""

    seq: int
    id: str
    version: int
    deleted: bool
    kind: str
    language: str
    filters: dict[str, list[str]]
    numbers: dict[str, float]
    dates: dict[str, int]
    audiences: list[str]
    vector: bytes | None


class Store:
    """One SQLite file in WAL mode. Every write of a document gets a new, higher ``seq``."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        """Open or create the file; raises SearchIndexError when there is none to read."""
        self._lock, self._path = threading.RLock(), path
        if read_only and not path.exists():
            raise SearchIndexError(f"there is no index in {path.parent} to read")
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        if read_only:
            self._db.execute("PRAGMA query_only = ON")
        else:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)

    def check(self) -> None:
        """See that the file is there and its disk has room; raises SearchIndexError."""
        if not self._path.exists():
            raise SearchIndexError(f"{self._path} is gone; rebuild the index", Fault.LOST)
        disk = os.statvfs(self._path)
        if (room := disk.f_bavail * disk.f_frsize) < _LEAST_ROOM:
            raise SearchIndexError(
                f"{room >> 20} MB are free where {self._path} lies; make room", Fault.FULL
            )

    def apply(self, changes: Iterable[Change]) -> list[Applied]:
        """Write in one transaction what is newer than what is held; return what was accepted."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                applied = [done for change in changes if (done := self._apply(change))]
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
            return applied

    def rows_after(self, seq: int, batch: int = 2000) -> Iterator[list[Row]]:
        """Yield rows written after ``seq`` in order, tombstones too, in batches."""
        while found := self._page(seq, batch):
            yield [_row(values) for values in found]
            seq = found[-1][0]

    def texts_of(self, seqs: Iterable[int]) -> Iterator[tuple[int, str, dict[str, str]]]:
        """Yield (seq, kind, texts) of live rows."""
        for seq in seqs:
            with self._lock:
                found = self._db.execute(
                    "SELECT kind, texts FROM documents WHERE seq = ? AND deleted_at IS NULL", (seq,)
                ).fetchone()
            if found:
                yield seq, found[0], json.loads(found[1])

    def live_seqs(self) -> NDArray[np.int64]:
        """Return the rows of all documents, tombstones left out, ascending."""
        with self._lock:
            found = self._db.execute(
                "SELECT seq FROM documents WHERE deleted_at IS NULL ORDER BY seq"
            ).fetchall()
        return np.array([seq for (seq,) in found], dtype=np.int64)

    def count(self) -> int:
        """Return how many documents are held, tombstones left out."""
        with self._lock:
            held = self._db.execute("SELECT count(*) FROM documents WHERE deleted_at IS NULL")
            return int(held.fetchone()[0])

    def tombstones(self) -> list[tuple[str, int]]:
        """Return (id, version) of every tombstone."""
        with self._lock:
            return self._db.execute(
                "SELECT id, version FROM documents WHERE deleted_at IS NOT NULL"
            ).fetchall()

    def sweep(self, before: datetime) -> int:
        """Forget tombstones set before ``before``; return how many."""
        if before.tzinfo is None:
            raise ValueError("sweep needs an aware time")
        moment = before.astimezone(UTC).isoformat(timespec="microseconds")
        with self._lock:
            return self._db.execute(
                "DELETE FROM documents WHERE deleted_at < ?", (moment,)
            ).rowcount

    def change_counter(self) -> int:
        """Return a number that changes when another connection has written."""
        with self._lock:
            return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _apply(self, change: Change) -> Applied | None:
        held = self._db.execute(
            "SELECT seq, version, deleted_at FROM documents WHERE id = ?", (change.id,)
        ).fetchone()
        if held and held[1] >= change.version:
            return None
        if held:
            self._db.execute("DELETE FROM documents WHERE seq = ?", (held[0],))
        seq = self._insert(change)
        replaced = int(held[0]) if held and held[2] is None else None
        return Applied(change, seq, replaced)

    def _insert(self, change: Change) -> int:
        cursor = self._db.execute(
            "INSERT INTO documents (id, version, deleted_at, kind, language, texts, attributes, "
            "vector) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (change.id, change.version, *_values(change.document)),
        )
        return int(cursor.lastrowid or 0)

    def _page(self, seq: int, batch: int) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(
                f"SELECT {_COLUMNS} FROM documents WHERE seq > ? ORDER BY seq LIMIT ?",
                (seq, batch),
            ).fetchall()


def stored(vector: Vector | None) -> bytes | None:
    """Return a vector as it is stored: float16, little endian."""
    return None if vector is None else np.asarray(vector, dtype="<f2").tobytes()


def row_of(seq: int, change: Change) -> Row:
    """Return the row of a change just written, as ``rows_after`` would read it."""
    document = change.document
    if document is None:
        return _tombstone(seq, change.id, change.version)
    attributes, vector = _attributes(document), stored(document.vector)
    kind, language = document.kind, document.language
    return Row(seq, change.id, change.version, False, kind, language, *attributes, vector)


def _tombstone(seq: int, id_: str, version: int) -> Row:
    return Row(seq, id_, version, True, "", "", {}, {}, {}, [], None)


def _row(values: tuple[Any, ...]) -> Row:
    seq, id_, version, deleted_at, kind, language, attributes, vector = values
    if deleted_at is not None:
        return _tombstone(seq, id_, version)
    filters, numbers, dates, audiences = json.loads(attributes)
    return Row(seq, id_, version, False, kind, language, filters, numbers, dates, audiences, vector)


def _values(document: Document | None) -> tuple[Any, ...]:
    if document is None:
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        return now, None, None, None, None, None
    texts = json.dumps(dict(document.texts), ensure_ascii=False)
    attributes = json.dumps(_attributes(document), ensure_ascii=False)
    return None, document.kind, document.language, texts, attributes, stored(document.vector)


def _attributes(document: Document) -> tuple[Any, Any, Any, Any]:
    return (
        {name: list(values) for name, values in document.filters.items()},
        {name: float(value) for name, value in document.numbers.items()},
        {name: value.toordinal() for name, value in document.dates.items()},
        list(document.audiences),
    )
