"""The database as the source of the search index: documents, versions, in pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from matchmaker.domain.policy import SHOWN_STATES
from matchmaker.models import Entry
from matchmaker.models.database import Database
from matchmaker.services.documents import document_of, embedded_text
from matchmaker.services.entries.reading import behind_in_index, every_kind
from matchmaker.services.taxonomies import Taxonomies
from matchmaker.services.vectors import Vectors
from search_index.documents import Document
from search_index.embedders.base import Embedder

#: Entries read at once.
PAGE = 200
_VERSIONS = 5000


class IndexSource:
    """Reads what the index should hold.

    Args:
        database: where entries and vectors are.
        embedder: makes the vectors that are missing.
        taxonomies: for the search document.
    """

    def __init__(self, database: Database, embedder: Embedder, taxonomies: Taxonomies) -> None:
        self._database = database
        self._taxonomies = taxonomies
        self.vectors = Vectors(database, embedder)

    def count(self) -> int:
        """How many entries the index should hold."""
        with self._database.read() as session:
            query = select(func.count(Entry.id)).where(Entry.status.in_(SHOWN_STATES))
            return session.scalar(query) or 0

    def behind(self) -> int:
        """How many shown entries the index has not taken in their newest version."""
        with self._database.read() as session:
            return session.scalar(select(func.count(Entry.id)).where(behind_in_index())) or 0

    def was_indexed(self) -> bool:
        """Whether an index once held some entry that is shown."""
        with self._database.read() as session:
            query = select(Entry.id).where(
                Entry.status.in_(SHOWN_STATES), Entry.indexed_version > 0
            )
            return session.scalar(query.limit(1)) is not None

    def versions(self) -> Iterator[tuple[str, int]]:
        """Yield (code, index version) of every entry the index should hold."""
        for page in self._pages(_VERSIONS):
            yield from page

    def documents(self) -> Iterator[Document]:
        """Yield all shown entries as search documents."""
        for page in self._pages(PAGE):
            yield from self.some([code for code, _ in page])

    def some(self, codes: Sequence[str]) -> list[Document]:
        """Those of some entries that are shown, as search documents; missing vectors are made."""
        with self._database.read() as session:
            entries = session.scalars(
                select(Entry)
                .where(Entry.code.in_(codes), Entry.status.in_(SHOWN_STATES))
                .options(*every_kind())
            ).all()
        texts = {entry.code: embedded_text(entry) for entry in entries}
        vectors = self.vectors.of(list(texts.values()))
        return [
            document_of(entry, self._taxonomies, vectors[texts[entry.code]]) for entry in entries
        ]

    def _pages(self, size: int) -> Iterator[list[tuple[str, int]]]:
        """Yield (code, index version) of all shown entries in pages, by their number."""
        last = 0
        while True:
            with self._database.read() as session:
                rows = session.execute(
                    select(Entry.id, Entry.code, Entry.index_version)
                    .where(Entry.status.in_(SHOWN_STATES), Entry.id > last)
                    .order_by(Entry.id)
                    .limit(size)
                ).all()
            if not rows:
                return
            last = rows[-1].id
            yield [(row.code, row.index_version) for row in rows]
