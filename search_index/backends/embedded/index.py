"""The embedded backend as a whole: store, lexical index and memory behind one port."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from itertools import islice
from pathlib import Path

import numpy as np

from search_index.analysis import Analyser
from search_index.backends.base import ReadOnlyError, SearchIndexError
from search_index.backends.embedded import searching
from search_index.backends.embedded.commits import GroupCommit
from search_index.backends.embedded.lexical import LexicalIndex
from search_index.backends.embedded.lock import WriterLock
from search_index.backends.embedded.memory import Memory, Snapshot
from search_index.backends.embedded.store import Applied, Change, Store, row_of
from search_index.backends.embedded.vectors import cosines_of
from search_index.documents import Document, Hit, Query, Result, Texts, Vector
from search_index.fusion import Ranking

_BATCH = 1000  # documents in one commit of a long write
_DEAD_BEFORE_PACKING = 5000


class EmbeddedIndex:
    """Implements ``SearchIndex`` in a folder, with one writer process and any readers.

    The SQLite file is the truth; what tantivy lacks or has too much after a crash is mended when
    a writer opens, by comparing their rows. Memory needed: about 4 bytes × dimension and 0.5 kB
    a document.
    """

    def __init__(
        self,
        folder: Path,
        *,
        analyser: Analyser,
        dimension: int,
        ranking: Ranking | None = None,
        read_only: bool = False,
    ) -> None:
        """Open or create the index in ``folder``.

        ``dimension`` is the length of its vectors, ``ranking`` what it ranks by. Raises
        WriterBusyError when another process writes it, SearchIndexError when there is nothing
        to read.
        """
        self._dimension, self._read_only = dimension, read_only
        self._ranking = ranking or Ranking()
        self._torn = False
        self._guard = threading.RLock()
        self._memory = Memory(dimension)
        self._commits = GroupCommit(self._commit)
        self._closing = ExitStack()
        with ExitStack() as opened:
            self._open(folder, analyser, opened)
            self._closing = opened.pop_all()

    def write(self, documents: Iterable[Document]) -> int:
        """See ``SearchIndex.write``."""
        changes = (Change(one.id, one.version, self._checked(one)) for one in documents)
        return self._submit(changes)

    def remove(self, versions: Iterable[tuple[str, int]]) -> int:
        """See ``SearchIndex.remove``."""
        return self._submit(Change(id_, version) for id_, version in versions)

    def search(self, query: Query) -> Result:
        """See ``SearchIndex.search``."""
        self._check_vector(query.vector)
        snapshot, excluded = self._view(query.excluded)
        return searching.search(snapshot, query, self._ranking, excluded.values())

    def candidates(self, text: Texts, vector: Vector | None, query: Query, limit: int) -> list[Hit]:
        """See ``SearchIndex.candidates``."""
        self._check_vector(vector)
        snapshot, excluded = self._view(query.excluded)
        asked = query.near(vector)
        return searching.candidates(snapshot, text, asked, limit, self._ranking, excluded.values())

    def similarities(self, vector: Vector, ids: Sequence[str]) -> Mapping[str, float]:
        """See ``SearchIndex.similarities``."""
        self._check_vector(vector)
        snapshot, rows = self._view(ids)
        found = cosines_of(snapshot.blocks, vector, np.array(list(rows.values()), dtype=np.int64))
        return {id_: found[row] for id_, row in rows.items() if row in found}

    def versions(self) -> Iterator[tuple[str, int]]:
        """See ``SearchIndex.versions``."""
        self._follow()
        with self._guard:
            return iter(self._memory.versions())

    def tombstones(self) -> Iterator[tuple[str, int]]:
        """See ``SearchIndex.tombstones``."""
        return iter(self._store.tombstones())

    def verify(self) -> None:
        """See ``SearchIndex.verify``."""
        with self._commits.paused():
            held, wanted = self._lexical.searcher().seqs(), self._store.live_seqs()
            if not np.array_equal(held, wanted) or self.count() != len(wanted):
                raise SearchIndexError(
                    f"the index holds {len(held)} documents in its words and {self.count()} in "
                    f"memory, but {len(wanted)} in its store; open it anew to have it mended"
                )

    def check(self) -> None:
        """See ``SearchIndex.check``: its files can be read, and have room to be written."""
        self._store.check()

    def count(self) -> int:
        """See ``SearchIndex.count``."""
        self._follow()
        with self._guard:
            return len(self._memory)

    def sweep(self, before: datetime) -> int:
        """See ``SearchIndex.sweep``."""
        self._check_writable()
        return self._store.sweep(before)

    def refresh(self) -> None:
        """See ``SearchIndex.refresh``."""
        with self._guard:
            self._catch_up()

    def close(self) -> None:
        """See ``SearchIndex.close``."""
        with self._commits.paused(), self._guard:
            self._commits.end()
            self._closing.close()

    def _open(self, folder: Path, analyser: Analyser, opened: ExitStack) -> None:
        if not self._read_only:
            folder.mkdir(parents=True, exist_ok=True)
            opened.callback(WriterLock(folder / "writer.lock").release)
        self._store = Store(folder / "store.sqlite", read_only=self._read_only)
        opened.callback(self._store.close)
        self._lexical = LexicalIndex(folder / "lexical", analyser, read_only=self._read_only)
        opened.callback(self._lexical.close)
        if not self._read_only:
            self._mend()
        self._catch_up()

    def _mend(self) -> None:
        """Make tantivy hold exactly the live rows of the store, whatever a crash left."""
        held, wanted = self._lexical.searcher().seqs(), self._store.live_seqs()
        gone, missing = np.setdiff1d(held, wanted), np.setdiff1d(wanted, held)
        if len(gone) or len(missing):
            self._lexical.change(gone.tolist(), self._store.texts_of(missing.tolist()))

    def _submit(self, changes: Iterable[Change]) -> int:
        self._check_writable()
        rest, changed = iter(changes), 0
        while batch := list(islice(rest, _BATCH)):
            changed += self._commits.submit(batch)
        return changed

    def _commit(self, batches: list[list[Change]]) -> list[int]:
        """Write some batches at once; return for each how many of its changes were accepted."""
        if self._torn:
            self._lexical.roll_back()
            self._mend()
            self.refresh()
        self._torn = True  # until all three hold the same
        applied = [self._store.apply(batch) for batch in batches]
        done = [one for accepted in applied for one in accepted]
        if done:
            self._lexical.change(*_lexical_change(done))
            with self._guard:
                self._memory.take([row_of(one.seq, one.change) for one in done])
                self._publish()
        self._torn = False
        return [len(accepted) for accepted in applied]

    def _publish(self) -> None:
        if self._memory.dead > max(_DEAD_BEFORE_PACKING, len(self._memory)):
            self._reload()
        self._snapshot = self._memory.snapshot(self._lexical.searcher())

    def _reload(self) -> None:
        self._memory.clear()
        for rows in self._store.rows_after(0):
            self._memory.take(rows)

    def _catch_up(self) -> None:
        """Take in what was written since, by this process or another one."""
        self._seen = self._stamp()
        for rows in self._store.rows_after(self._memory.last_seq):
            self._memory.take(rows)
        if len(self._memory) != self._store.count():  # a tombstone was swept before it was seen
            self._reload()
        self._publish()

    def _follow(self) -> None:
        """In a reader, catch up when another process has committed since."""
        if self._read_only:
            with self._guard:
                if self._stamp() != self._seen:
                    self._catch_up()

    def _stamp(self) -> tuple[int, ...]:
        return self._store.change_counter(), *self._lexical.stamp()

    def _view(self, ids: Iterable[str]) -> tuple[Snapshot, dict[str, int]]:
        """Return the snapshot to search, and the rows of ``ids`` in it."""
        self._follow()
        with self._guard:
            return self._snapshot, self._memory.rows_for(ids)

    def _checked(self, document: Document) -> Document:
        self._check_vector(document.vector)
        return document

    def _check_vector(self, vector: Vector | None) -> None:
        if vector is not None and vector.shape != (self._dimension,):
            raise ValueError(
                f"this index holds vectors of {self._dimension} numbers, not of {vector.shape}"
            )

    def _check_writable(self) -> None:
        if self._read_only:
            raise ReadOnlyError("this index was opened for reading only")


def _lexical_change(
    done: list[Applied],
) -> tuple[list[int], list[tuple[int, str, Mapping[str, str]]]]:
    """Return the rows to take out and the (seq, kind, texts) to put in."""
    gone = {one.replaced for one in done if one.replaced is not None}
    written = [(one.seq, one.change.document) for one in done if one.seq not in gone]
    return sorted(gone), [(seq, held.kind, held.texts) for seq, held in written if held is not None]
