"""The composition root: the one place where concrete classes are chosen and put together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import cast

from matchmaker.config import Settings
from matchmaker.domain.work import JobKind
from matchmaker.models.database import Database
from matchmaker.services.accounts import Accounts
from matchmaker.services.assessing import Assessing
from matchmaker.services.auditing import Auditing
from matchmaker.services.catalogue import Catalogue
from matchmaker.services.entries.derived import Deriver
from matchmaker.services.entries.drafts import FormDrafts
from matchmaker.services.entries.editing import EntryEditing
from matchmaker.services.entries.publishing import Publishing
from matchmaker.services.entries.reading import EntryReading
from matchmaker.services.entries.steps import EntrySteps
from matchmaker.services.files import Attachments, FolderStore
from matchmaker.services.health import Health
from matchmaker.services.indexing import Indexing
from matchmaker.services.introductions import Introductions
from matchmaker.services.jobs import Handler, JobRunner, Jobs
from matchmaker.services.letters import Letters
from matchmaker.services.mailing import Mailing
from matchmaker.services.match_reading import MatchReading
from matchmaker.services.matching import Matching
from matchmaker.services.notices import Notices
from matchmaker.services.organisations import Organisations
from matchmaker.services.periodic import Periodic
from matchmaker.services.review import Review
from matchmaker.services.screening import Screening
from matchmaker.services.searching import Search
from matchmaker.services.seeding import Seeding
from matchmaker.services.statistics import Statistics
from matchmaker.services.taxonomies import Taxonomies
from search_index.analysis import Analyser
from search_index.embedders import embedder_named
from search_index.embedders.base import Embedder
from search_index.lifecycle import IndexHandle
from search_index.opening import IndexOnDemand


class Container:
    """All services of one process; each is built when it is first asked for.

    Args:
        settings: what the operator chose.
        owns_index: whether this process may write the embedded index.
    """

    def __init__(self, settings: Settings, *, owns_index: bool = True) -> None:
        self.settings = settings
        self.owns_index = owns_index

    def close(self) -> None:
        """Let go of index and database."""
        if "index" in self.__dict__:
            self.index.close()
        if "database" in self.__dict__:
            self.database.close()

    @cached_property
    def database(self) -> Database:
        return Database(self.settings.database, self.settings.database_pool)

    @cached_property
    def taxonomies(self) -> Taxonomies:
        return Taxonomies()

    @cached_property
    def analyser(self) -> Analyser:
        return Analyser(self.taxonomies.domain_words)

    @cached_property
    def embedder(self) -> Embedder:
        return embedder_named(self.settings.embedder)

    @cached_property
    def index(self) -> IndexHandle:
        """The search index; opened by its first use, which raises where it is away."""
        return cast("IndexHandle", IndexOnDemand(self._open_index))

    def _open_index(self) -> IndexHandle:
        return IndexHandle(
            self.settings.index_dir,
            analyser=self.analyser,
            embedder=self.embedder,
            writable=self.owns_index,
        )

    @cached_property
    def letters(self) -> Letters:
        names = {"zh": self.settings.site_name, "en": self.settings.site_name_en}
        return Letters(self.settings.address, names)

    @cached_property
    def notices(self) -> Notices:
        return Notices(self.database, self.letters)

    @cached_property
    def mailing(self) -> Mailing:
        return Mailing(self.database, self.jobs, self.settings.smtp_url, self.settings.mail_from)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self.database, self.notices)

    @cached_property
    def organisations(self) -> Organisations:
        return Organisations(
            self.database, self.accounts, self.notices, self.publishing, self.taxonomies
        )

    @cached_property
    def auditing(self) -> Auditing:
        return Auditing(self.database)

    @cached_property
    def deriver(self) -> Deriver:
        return Deriver(self.taxonomies, self.analyser)

    @cached_property
    def publishing(self) -> Publishing:
        return Publishing()

    @cached_property
    def reading(self) -> EntryReading:
        return EntryReading(self.database)

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.database)

    @cached_property
    def statistics(self) -> Statistics:
        return Statistics(self.database)

    @cached_property
    def editing(self) -> EntryEditing:
        return EntryEditing(self.database, self.taxonomies, self.deriver, self.publishing)

    @cached_property
    def steps(self) -> EntrySteps:
        return EntrySteps(self.database, self.taxonomies, self.publishing, self.notices)

    @cached_property
    def drafts(self) -> FormDrafts:
        return FormDrafts(self.database)

    @cached_property
    def attachments(self) -> Attachments:
        store = FolderStore(self.settings.files_dir)
        return Attachments(self.database, store, self.settings.max_upload_mb * 1024 * 1024)

    @cached_property
    def screening(self) -> Screening:
        return Screening(
            self.database, self.taxonomies, self.deriver, self.publishing, self.notices
        )

    @cached_property
    def jobs(self) -> Jobs:
        return Jobs(self.database, self.settings.lease_seconds)

    @cached_property
    def indexing(self) -> Indexing:
        return Indexing(self.database, self.jobs, self.index, self.embedder, self.taxonomies)

    @cached_property
    def matching(self) -> Matching:
        return Matching(self.database, self.jobs, self.assessing)

    @cached_property
    def assessing(self) -> Assessing:
        return Assessing(self.database, self.index, self.embedder, self.analyser, self.taxonomies)

    @cached_property
    def matches(self) -> MatchReading:
        return MatchReading(self.database)

    @cached_property
    def search(self) -> Search:
        return Search(self.database, self.index, self.embedder, self.analyser, self.deriver)

    @cached_property
    def review(self) -> Review:
        return Review(self.database, self.taxonomies, self.notices, self.settings.undo_seconds)

    @cached_property
    def introductions(self) -> Introductions:
        return Introductions(self.database, self.jobs, self.taxonomies, self.notices)

    @cached_property
    def periodic(self) -> Periodic:
        return Periodic(self.database, self.jobs, self.steps, self.review, self.index)

    @cached_property
    def health(self) -> Health:
        return Health(self.database, self.index)

    @cached_property
    def seeding(self) -> Seeding:
        return Seeding(self.database, self.accounts, self.taxonomies, self.deriver)

    @cached_property
    def runner(self) -> JobRunner:
        return JobRunner(self.jobs, self._handlers())

    def _handlers(self) -> Mapping[JobKind, Handler]:
        return {
            JobKind.EMBED: self.indexing.embed,
            JobKind.INDEX: self.indexing.index,
            JobKind.REBUILD: self.indexing.rebuild_job,
            JobKind.MATCH: self.matching.match,
            JobKind.REMATCH: self.matching.rematch_all,
            JobKind.INTRODUCE: self.introductions.introduce,
            JobKind.SEND_MAIL: self.mailing.send,
            JobKind.EXPIRE: self.periodic.expire,
        }
