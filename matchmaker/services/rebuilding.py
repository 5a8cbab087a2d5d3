"""Keeps the search index whole: rebuilds it, rolls it back, mends it by comparing versions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select, update

from matchmaker.domain.errors import ConflictError
from matchmaker.domain.policy import SHOWN_STATES
from matchmaker.domain.work import JobKind
from matchmaker.models import Entry
from matchmaker.models.database import Database
from matchmaker.services.index_source import PAGE, IndexSource
from matchmaker.services.jobs import Jobs, Lease, enqueue
from matchmaker.services.stopping import check_stop
from search_index.backends.base import SearchIndexError
from search_index.repair import Repairable, differences

if TYPE_CHECKING:
    from search_index.lifecycle import IndexHandle

log = structlog.get_logger(__name__)

#: Called with (done, in all) while a long piece of work goes on.
Progress = Callable[[int, int], None]

#: The subject of jobs that are about the index as a whole.
WHOLE = "index"


class Rebuilding:
    """Handlers of the jobs `rebuild`, `roll_back` and `repair`.

    Args:
        database: where entries are.
        jobs: to finish leases.
        index: the search index.
        source: what the index should hold.
    """

    def __init__(
        self, database: Database, jobs: Jobs, index: IndexHandle, source: IndexSource
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._index = index
        self._source = source

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
        total = self._source.count()
        report = progress or (lambda done, total: None)
        built: int = self._index.rebuild(
            self._source.documents(), lambda done: report(done, total), self._mend
        )
        self._note_samples()
        return built

    def roll_back(self, name: str = "") -> int:
        """Let the index before serve again, with what was written since.

        Args:
            name: which that has to be; "" for whichever it is.

        Returns:
            Documents in it.

        Raises:
            ConflictError: there is none, or another one.
        """
        if name not in ("", self.previous()):
            raise ConflictError("no_previous_index")
        self._index.roll_back(self._mend)
        return self._index.count()

    def previous(self) -> str:
        """The name of the index that served before this one.

        Raises:
            ConflictError: there is none.
        """
        previous: str | None = self._index.status()["previous"]
        if previous is None:
            raise ConflictError("no_previous_index")
        return previous

    def repair(self) -> int:
        """Bring index and database together by comparing versions.

        Returns:
            Documents written or removed.
        """
        mended = self._mend(self._index)
        self._note_samples()
        return mended

    def look_after(self) -> bool:
        """Queue a rebuild where the index was lost and an empty one stands in for it.

        Returns:
            Whether it was lost; False too where it can't be asked.
        """
        try:
            lost = self._index.metadata.hollow
        except (SearchIndexError, OSError):
            return False
        if lost:
            self.queue(JobKind.REBUILD)
        return lost

    def queue(self, kind: JobKind, subject: str = WHOLE) -> int:
        """Queue work on the index as a whole.

        Args:
            kind: `rebuild`, `repair`, or `roll_back` with the name of the index to go back to.
            subject: the whole index, or that name.

        Returns:
            The job's row.
        """
        with self._database.write() as session:
            return enqueue(session, kind, subject)

    def rebuild_job(self, lease: Lease) -> None:
        """Rebuild on behalf of a command that runs in another process."""
        self.rebuild(lambda done, total: self._renew_now_and_then(lease, done))
        self._finish(lease)

    def roll_back_job(self, lease: Lease) -> None:
        """Roll back on behalf of a command that runs in another process.

        The subject names the index to go back to, so that a second run does not go forth again.
        """
        if self._index.metadata.name != lease.subject:
            self.roll_back(lease.subject)
        self._finish(lease)

    def repair_job(self, lease: Lease) -> None:
        """Compare the index with the database, as the schedule asks for every hour."""
        self.repair()
        self._finish(lease)

    def _mend(self, index: Repairable) -> int:
        """Write what an index lacks and bury what it has too much; how many that were."""
        found = differences(self._source.versions(), index.versions())
        for start in range(0, len(found.late), PAGE):
            check_stop()
            page = found.late[start : start + PAGE]
            index.write(self._source.some(page))
            self._follow_up(page)
        if found.gone:
            index.remove(found.gone)
        changed = len(found.late) + len(found.gone)
        if changed:
            log.info("index_mended", written=len(found.late), removed=len(found.gone))
        return changed

    def _follow_up(self, codes: Sequence[str]) -> None:
        """Queue the indexing of those whose own job did not come through: matching follows it."""
        with self._database.write() as session:
            behind = session.scalars(
                select(Entry.code).where(
                    Entry.code.in_(codes),
                    Entry.indexed_version > 0,
                    Entry.indexed_version < Entry.index_version,
                )
            ).all()
            for code in behind:
                enqueue(session, JobKind.INDEX, code)

    def _note_samples(self) -> None:
        """Note that entries which were never queued, as samples are not, are in the index."""
        with self._database.write() as session:
            session.execute(
                update(Entry)
                .where(Entry.status.in_(SHOWN_STATES), Entry.indexed_version == 0)
                .values(indexed_version=Entry.index_version)
                .execution_options(synchronize_session=False)
            )

    def _finish(self, lease: Lease) -> None:
        with self._database.write() as session:
            self._jobs.finish(session, lease)

    def _renew_now_and_then(self, lease: Lease, done: int) -> None:
        check_stop()
        if done % 1000 == 0:
            self._jobs.renew(lease)
