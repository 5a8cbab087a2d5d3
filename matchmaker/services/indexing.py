"""Carries entries into the search index: embed, index, rebuild while the old one serves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from matchmaker.domain.actors import SYSTEM
from matchmaker.domain.errors import ConflictError
from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.policy import SHOWN_STATES
from matchmaker.domain.work import JobKind
from matchmaker.models import Entry
from matchmaker.models.database import Database
from matchmaker.services.documents import document_of, embedded_text
from matchmaker.services.entries.reading import entry_for, every_kind
from matchmaker.services.jobs import Jobs, Lease, enqueue
from matchmaker.services.stopping import check_stop
from matchmaker.services.taxonomies import Taxonomies
from matchmaker.services.vectors import Vectors
from search_index.documents import Document
from search_index.embedders.base import Embedder
from search_index.lifecycle import IndexHandle

#: Called with (done, in all) while a long piece of work goes on.
Progress = Callable[[int, int], None]

_PAGE = 200


class Indexing:
    """Handlers of the jobs `embed` and `index`, and the rebuild.

    Args:
        database: where entries and vectors are.
        jobs: to finish leases.
        index: the search index.
        embedder: makes vectors.
        taxonomies: for the search document.
    """

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        index: IndexHandle,
        embedder: Embedder,
        taxonomies: Taxonomies,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._index = index
        self._vectors = Vectors(database, embedder)
        self._taxonomies = taxonomies

    def embed(self, lease: Lease) -> None:
        """Make the vector of an entry's present text, then queue its indexing."""
        with self._database.read() as session:
            text = embedded_text(entry_for(session, SYSTEM, lease.subject))
        if not self._vectors.held([text]):
            vector = self._vectors.embedder.encode([text])[0]
            with self._database.write() as session:
                self._vectors.keep(session, text, vector)
                self._finish_embed(session, lease)
            return
        with self._database.write() as session:
            self._finish_embed(session, lease)

    def index(self, lease: Lease) -> None:
        """Write an entry's search document, or its tombstone, then queue its matching.

        The row is read as the job runs and written with its version, so that a late or repeated
        job never takes the index back.
        """
        with self._database.read() as session:
            entry = entry_for(session, SYSTEM, lease.subject)
        shown = entry.status in SHOWN_STATES
        if shown:
            text = embedded_text(entry)
            vector = self._vectors.held([text]).get(text)
            if vector is None:
                with self._database.write() as session:
                    self._jobs.finish(session, lease)
                    enqueue(session, JobKind.EMBED, lease.subject)
                return
            self._index.write([document_of(entry, self._taxonomies, vector)])
        else:
            self._index.remove([(entry.code, entry.index_version)])
        with self._database.write() as session:
            self._jobs.finish(session, lease)
            note_indexed(session, [(entry.code, entry.index_version)])
            if entry.status is EntryState.PUBLISHED:
                enqueue(session, JobKind.MATCH, lease.subject)

    def rebuild_job(self, lease: Lease) -> None:
        """Rebuild on behalf of a command that runs in another process."""
        self.rebuild(lambda done, total: self._renew_now_and_then(lease, done))
        with self._database.write() as session:
            self._jobs.finish(session, lease)

    def rebuild(self, progress: Progress | None = None) -> int:
        """Build a fresh index from the database and swap it in while the old one serves.

        Args:
            progress: called with (documents done, in all).

        Returns:
            Documents in the new index.

        Raises:
            ConflictError: another process rebuilds now.
        """
        with self._database.alone("rebuild") as alone:
            if not alone:
                raise ConflictError("rebuild_runs")
            return self._rebuild(progress)

    def _rebuild(self, progress: Progress | None) -> int:
        total = self._count()
        report = progress or (lambda done, total: None)
        built: int = self._index.rebuild(self._documents(), lambda done: report(done, total))
        self.repair()
        return built

    def repair(self) -> int:
        """Bring index and database together by comparing versions.

        Returns:
            Documents written or removed.
        """
        held = dict(self._index.versions())
        with self._database.read() as session:
            rows = session.execute(
                select(Entry.code, Entry.index_version).where(Entry.status.in_(SHOWN_STATES))
            )
            wanted = {row[0]: row[1] for row in rows}
        late = [code for code, version in wanted.items() if held.get(code, -1) < version]
        for page in _pages(late):
            self._index.write(self._documents_of(page))
        gone = [(code, held[code] + 1) for code in held.keys() - wanted.keys()]
        if gone:
            self._index.remove(gone)
        with self._database.write() as session:
            session.execute(
                update(Entry)
                .where(Entry.status.in_(SHOWN_STATES), Entry.indexed_version == 0)
                .values(indexed_version=Entry.index_version)
                .execution_options(synchronize_session=False)
            )
        return len(late) + len(gone)

    def _finish_embed(self, session: Session, lease: Lease) -> None:
        self._jobs.finish(session, lease)
        enqueue(session, JobKind.INDEX, lease.subject)

    def _renew_now_and_then(self, lease: Lease, done: int) -> None:
        check_stop()
        if done % 1000 == 0:
            self._jobs.renew(lease)

    def _count(self) -> int:
        with self._database.read() as session:
            query = select(func.count(Entry.id)).where(Entry.status.in_(SHOWN_STATES))
            return session.scalar(query) or 0

    def _documents(self) -> Iterator[Document]:
        """All shown entries as search documents, streamed in pages by their number."""
        last = 0
        while True:
            with self._database.read() as session:
                page = session.execute(
                    select(Entry.id, Entry.code)
                    .where(Entry.status.in_(SHOWN_STATES), Entry.id > last)
                    .order_by(Entry.id)
                    .limit(_PAGE)
                ).all()
            if not page:
                return
            last = page[-1].id
            yield from self._documents_of([row.code for row in page])

    def _documents_of(self, codes: Sequence[str]) -> list[Document]:
        with self._database.read() as session:
            entries = session.scalars(
                select(Entry)
                .where(Entry.code.in_(codes), Entry.status.in_(SHOWN_STATES))
                .options(*every_kind())
            ).all()
        texts = {entry.code: embedded_text(entry) for entry in entries}
        vectors = self._vectors.of(list(texts.values()))
        return [
            document_of(entry, self._taxonomies, vectors[texts[entry.code]]) for entry in entries
        ]


def note_indexed(session: Session, versions: Sequence[tuple[str, int]]) -> None:
    """Note which version of each entry the index holds; never goes backwards."""
    for code, version in versions:
        session.execute(
            update(Entry)
            .where(Entry.code == code, Entry.indexed_version < version)
            .values(indexed_version=version)
            .execution_options(synchronize_session=False)
        )


def _pages(codes: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(codes), _PAGE):
        yield codes[start : start + _PAGE]
