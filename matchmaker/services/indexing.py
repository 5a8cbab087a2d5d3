"""Carries entries into the search index: embed, then index."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext, suppress

from sqlalchemy import update
from sqlalchemy.orm import Session

from matchmaker.domain.actors import SYSTEM
from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.policy import SHOWN_STATES
from matchmaker.domain.work import JobKind
from matchmaker.models import Entry
from matchmaker.models.database import Database
from matchmaker.services.documents import document_of, embedded_text
from matchmaker.services.entries.reading import entry_for
from matchmaker.services.jobs import Jobs, Lease, LeaseLostError, enqueue
from matchmaker.services.taxonomies import Taxonomies
from matchmaker.services.vectors import Vectors
from search_index.embedders.base import Embedder
from search_index.lifecycle import IndexHandle

#: Entries embedded in one call: a model's throughput levels off here, and none waits long.
EMBEDDED_TOGETHER = 32


class Indexing:
    """Handlers of the jobs `embed` and `index`.

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
        self.embed_together([lease])

    def embed_together(self, leases: Sequence[Lease]) -> None:
        """Make the vectors of several entries in one call, then queue their indexing.

        A lease that was lost meanwhile is left out, unless it is the only one.

        Raises:
            NotFoundError: there is no such entry.
            LeaseLostError: the only lease was given to somebody else.
        """
        texts = self._texts(leases)
        held = self._vectors.held(texts)
        missing = [text for text in dict.fromkeys(texts) if text not in held]
        made = self._vectors.embedder.encode(missing) if missing else ()
        with self._database.write() as session:
            for text, vector in zip(missing, made, strict=True):
                self._vectors.keep(session, text, vector)
            for lease in leases:
                with suppress(LeaseLostError) if len(leases) > 1 else nullcontext():
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

    def _texts(self, leases: Sequence[Lease]) -> list[str]:
        with self._database.read() as session:
            return [embedded_text(entry_for(session, SYSTEM, lease.subject)) for lease in leases]

    def _finish_embed(self, session: Session, lease: Lease) -> None:
        self._jobs.finish(session, lease)
        enqueue(session, JobKind.INDEX, lease.subject)


def note_indexed(session: Session, versions: Sequence[tuple[str, int]]) -> None:
    """Note which version of each entry the index holds; never goes backwards."""
    for code, version in versions:
        session.execute(
            update(Entry)
            .where(Entry.code == code, Entry.indexed_version < version)
            .values(indexed_version=version)
            .execution_options(synchronize_session=False)
        )
