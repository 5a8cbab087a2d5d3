"""The composition root: the one place where concrete classes are chosen and put together.

Each part is imported when it is first asked for, so that a command pays only for what it uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, cast

from matchmaker.parts import part

if TYPE_CHECKING:
    from matchmaker.config import Settings
    from matchmaker.domain.work import JobKind
    from matchmaker.models.database import Database
    from matchmaker.monitoring.exposition import Exposition
    from matchmaker.monitoring.meters import Meters
    from matchmaker.monitoring.prometheus import PrometheusMeters
    from matchmaker.monitoring.tracing import Tracer
    from matchmaker.services.accounts import Accounts
    from matchmaker.services.advising import Advising
    from matchmaker.services.assessing import Assessing
    from matchmaker.services.attendance import Attendance
    from matchmaker.services.auditing import Auditing
    from matchmaker.services.backup.restoring import Restoring
    from matchmaker.services.backup.saving import Saving
    from matchmaker.services.catalogue import Catalogue
    from matchmaker.services.clinic import Clinic
    from matchmaker.services.entries.derived import Deriver
    from matchmaker.services.entries.drafts import FormDrafts
    from matchmaker.services.entries.editing import EntryEditing
    from matchmaker.services.entries.publishing import Publishing
    from matchmaker.services.entries.reading import EntryReading
    from matchmaker.services.entries.steps import EntrySteps
    from matchmaker.services.files import Attachments, FolderStore
    from matchmaker.services.gauges import Gauges
    from matchmaker.services.health import Health
    from matchmaker.services.index_source import IndexSource
    from matchmaker.services.indexing import Indexing
    from matchmaker.services.introductions import Introductions
    from matchmaker.services.job_runner import Batching, Handler, JobRunner
    from matchmaker.services.jobs import Jobs
    from matchmaker.services.keeping import Keeping
    from matchmaker.services.learning import Learning
    from matchmaker.services.letters import Letters
    from matchmaker.services.mailing import Mailing
    from matchmaker.services.match_reading import MatchReading
    from matchmaker.services.matching import Matching
    from matchmaker.services.notices import Notices
    from matchmaker.services.organisations import Organisations
    from matchmaker.services.periodic import Periodic
    from matchmaker.services.quality.snapshots import Quality
    from matchmaker.services.questions import Questions
    from matchmaker.services.rebuilding import Rebuilding
    from matchmaker.services.review import Review
    from matchmaker.services.screening import Screening
    from matchmaker.services.searching import Search
    from matchmaker.services.seeding import Seeding
    from matchmaker.services.statistics import Statistics
    from matchmaker.services.taxonomies import Taxonomies
    from matchmaker.services.turns import Turns
    from matchmaker.services.unmet import Unmet
    from matchmaker.services.watching import Watching
    from matchmaker.services.weighing import Weighing
    from matchmaker.services.work import Work
    from search_index.analysis import Analyser
    from search_index.backends.base import SearchIndex
    from search_index.backends.elasticsearch import Layout
    from search_index.embedders.base import Embedder
    from search_index.generations import Generations
    from search_index.lifecycle import IndexHandle


class Container:
    """All services of one process; each is built when it is first asked for.

    Args:
        settings: what the operator chose.
        owns_index: whether this process may write the search index.
        serves_web: whether people wait for this process, and for nothing but it: its statements
            have the limits of the web.
    """

    def __init__(
        self, settings: Settings, *, owns_index: bool = True, serves_web: bool = False
    ) -> None:
        self.settings = settings
        self.owns_index = owns_index
        self.serves_web = serves_web

    def close(self) -> None:
        """Let go of index and database, and send what was traced."""
        if "index" in self.__dict__:
            self.index.close()
        if "database" in self.__dict__:
            self.database.close()
        if "tracer" in self.__dict__:
            self.tracer.close()

    @part
    def meters(self) -> Meters:
        """Takes measures, where somebody may read them."""
        from matchmaker.monitoring.meters import NO_METERS

        if not self.settings.measures:
            return NO_METERS
        from matchmaker.monitoring.prometheus import PrometheusMeters

        return PrometheusMeters()

    @part
    def exposition(self) -> Exposition | None:
        """Shows what was measured; None where nothing is."""
        if not self.settings.measures:
            return None
        from matchmaker.config import metrics_folder
        from matchmaker.monitoring.exposition import Exposition

        meters = cast("PrometheusMeters", self.meters)
        return Exposition(meters, self.gauges.read, self.settings.profile, metrics_folder())

    @part
    def gauges(self) -> Gauges:
        """Reads what is looked at on demand."""
        from matchmaker.services.gauges import Gauges

        return Gauges(self.database, self.health)

    @part
    def tracer(self) -> Tracer:
        """Follows requests and jobs, where somebody collects it."""
        from matchmaker.monitoring.tracing import NO_TRACER

        url = self.settings.traces_url
        return _sending_tracer(url, self.settings.traces_share) if url else NO_TRACER

    @part
    def database(self) -> Database:
        """Connections and units of work."""
        from matchmaker.models.database import Database
        from matchmaker.monitoring.statements import StatementWatch

        database = Database(
            self.settings.database,
            self.settings.pool,
            self.settings.web_limits if self.serves_web else self.settings.worker_limits,
        )
        StatementWatch(self.tracer, self.settings.slow_query_ms).attach(database.engine)
        self.meters.pool(database.engine)
        return database

    @part
    def taxonomies(self) -> Taxonomies:
        """Codes with their names."""
        from matchmaker.services.taxonomies import Taxonomies

        return Taxonomies()

    @part
    def analyser(self) -> Analyser:
        """Tokens, the same everywhere."""
        from search_index.analysis import Analyser

        return Analyser(self.taxonomies.domain_words)

    @part
    def embedder(self) -> Embedder:
        """Texts to vectors."""
        from search_index.embedders import embedder_named

        return embedder_named(self.settings.embedder)

    @part
    def index(self) -> IndexHandle:
        """The search index; opened by its first use, which raises where it is away."""
        from search_index.opening import IndexOnDemand

        index = cast("IndexHandle", IndexOnDemand(self._open_index))
        if not self.settings.measures and not self.tracer.on:
            return index
        from matchmaker.monitoring.measured_index import MeasuredIndex

        backend = "elasticsearch" if self.settings.search_url else "embedded"
        return cast("IndexHandle", MeasuredIndex(index, backend, self.meters, self.tracer))

    def _open_index(self) -> IndexHandle:
        from search_index.lifecycle import IndexHandle

        place = self._search_cluster() if self.settings.search_url else self.settings.index_dir
        return IndexHandle(
            place,
            analyser=self.analyser,
            embedder=self.embedder,
            writable=self.owns_index,
            expected=self.index_source.was_indexed,
        )

    def _search_cluster(self) -> Generations:
        from search_index.backends.elasticsearch import AliasedGenerations, Node

        settings = self.settings
        node = Node(
            settings.search_url, on_breaker=lambda is_open: self.meters.breaker(is_open=is_open)
        )
        return AliasedGenerations(node, settings.search_prefix, self._layout())

    def _layout(self) -> Layout:
        from search_index.backends.elasticsearch import Layout

        return Layout(self.settings.search_shards, self.settings.search_replicas)

    def trial_index(self) -> AbstractContextManager[SearchIndex]:
        """An empty index of the backend that is set, for a measurement; removed at its end."""
        settings = self.settings
        if not settings.search_url:
            from search_index.evaluation import embedded_trial

            return embedded_trial(self.analyser, self.embedder)
        from search_index.backends.elasticsearch.trial import trial_index

        names = settings.search_url, settings.search_prefix
        return trial_index(*names, self._layout(), self.analyser, self.embedder)

    @part
    def letters(self) -> Letters:
        """The words of notices and mail."""
        from matchmaker.services.letters import Letters

        names = {"zh": self.settings.site_name, "en": self.settings.site_name_en}
        return Letters(self.settings.address, names)

    @part
    def notices(self) -> Notices:
        """Tells people."""
        from matchmaker.services.notices import Notices

        return Notices(self.database, self.letters)

    @part
    def mailing(self) -> Mailing:
        """Sends letters."""
        from matchmaker.services.mailing import Mailing

        return Mailing(self.database, self.jobs, self.settings.smtp_url, self.settings.mail_from)

    @part
    def accounts(self) -> Accounts:
        """People and passwords."""
        from matchmaker.services.accounts import Accounts

        return Accounts(self.database, self.notices)

    @part
    def organisations(self) -> Organisations:
        """The register of organisations."""
        from matchmaker.services.organisations import Organisations

        return Organisations(self.database, self.accounts, self.notices, self.taxonomies)

    @part
    def auditing(self) -> Auditing:
        """The history of everything."""
        from matchmaker.services.auditing import Auditing

        return Auditing(self.database)

    @part
    def deriver(self) -> Deriver:
        """Facets and n-grams of an entry."""
        from matchmaker.services.entries.derived import Deriver

        return Deriver(self.taxonomies, self.analyser)

    @part
    def publishing(self) -> Publishing:
        """Follows entries into the index."""
        from matchmaker.services.entries.publishing import Publishing

        return Publishing()

    @part
    def reading(self) -> EntryReading:
        """Entries through the policy."""
        from matchmaker.services.entries.reading import EntryReading

        return EntryReading(self.database)

    @part
    def catalogue(self) -> Catalogue:
        """Lists that are no search."""
        from matchmaker.services.catalogue import Catalogue

        return Catalogue(self.database)

    @part
    def keeping(self) -> Keeping:
        """Keeps what is dear to work out."""
        from matchmaker.services.keeping import KeptInMemory, KeptInRedis
        from matchmaker.services.redis_client import client_of

        if not self.settings.redis_url:
            return KeptInMemory()
        return KeptInRedis(client_of(self.settings.redis_url))

    @part
    def statistics(self) -> Statistics:
        """The figures of the home page."""
        from matchmaker.services.statistics import Statistics

        return Statistics(self.database, self.keeping)

    @part
    def editing(self) -> EntryEditing:
        """Writing entries."""
        from matchmaker.services.entries.editing import EntryEditing

        return EntryEditing(self.database, self.taxonomies, self.deriver, self.publishing)

    @part
    def steps(self) -> EntrySteps:
        """The lifecycle of entries."""
        from matchmaker.services.entries.steps import EntrySteps

        return EntrySteps(self.database, self.taxonomies, self.publishing, self.notices)

    @part
    def drafts(self) -> FormDrafts:
        """Forms that are not sent yet."""
        from matchmaker.services.entries.drafts import FormDrafts

        return FormDrafts(self.database)

    @part
    def attachments(self) -> Attachments:
        """Files of entries."""
        from matchmaker.services.files import Attachments

        most_bytes = self.settings.max_upload_mb * 1024 * 1024
        return Attachments(self.database, self.files, most_bytes)

    @part
    def files(self) -> FolderStore:
        """Contents of attachments."""
        from matchmaker.services.files import FolderStore

        return FolderStore(self.settings.files_dir)

    @part
    def saving(self) -> Saving:
        """Makes backups."""
        from matchmaker.services.backup.saving import Saving

        return Saving(self.database, self.files, self.settings.without_secrets())

    @part
    def restoring(self) -> Restoring:
        """Restores backups."""
        from matchmaker.services.backup.restoring import Restoring

        return Restoring(self.database, self.files)

    @part
    def screening(self) -> Screening:
        """The first check."""
        from matchmaker.services.screening import Screening

        return Screening(
            self.database, self.taxonomies, self.deriver, self.publishing, self.notices
        )

    @part
    def jobs(self) -> Jobs:
        """The durable job table."""
        from matchmaker.services.jobs import Jobs

        return Jobs(self.database, self.settings.lease_seconds)

    @part
    def index_source(self) -> IndexSource:
        """What the index should hold."""
        from matchmaker.services.index_source import IndexSource

        return IndexSource(self.database, self.embedder, self.taxonomies)

    @part
    def rebuilding(self) -> Rebuilding:
        """Rebuild, roll back, repair."""
        from matchmaker.services.rebuilding import Rebuilding

        return Rebuilding(self.database, self.jobs, self.index, self.index_source)

    @part
    def work(self) -> Work:
        """Background work for the operator."""
        from matchmaker.services.work import Work

        return Work(self.database)

    @part
    def attendance(self) -> Attendance:
        """Which workers are here."""
        from matchmaker.services.attendance import Attendance

        return Attendance(self.database)

    @part
    def turns(self) -> Turns:
        """What one process at a time may do."""
        from matchmaker.services.turns import Turns

        return Turns(self.database)

    @part
    def indexing(self) -> Indexing:
        """Embed and index."""
        from matchmaker.services.indexing import Indexing

        return Indexing(self.database, self.jobs, self.index, self.embedder, self.taxonomies)

    @part
    def matching(self) -> Matching:
        """Suggests matches."""
        from matchmaker.services.matching import Matching

        return Matching(self.database, self.jobs, self.assessing, self.watching)

    @part
    def assessing(self) -> Assessing:
        """Candidates and scores."""
        from matchmaker.services.assessing import Assessing

        return Assessing(
            self.database,
            self.index,
            self.embedder,
            self.analyser,
            self.taxonomies,
            self.weighing.live,
        )

    @part
    def weighing(self) -> Weighing:
        """The weights in force and those before."""
        from matchmaker.services.weighing import Weighing

        return Weighing(self.database)

    @part
    def learning(self) -> Learning:
        """Fits weights to verdicts."""
        from matchmaker.services.learning import Learning

        minimum = self.settings.learning_minimum
        return Learning(self.database, self.jobs, self.weighing, minimum)

    @part
    def advising(self) -> Advising:
        """What rejections tell a poster."""
        from matchmaker.services.advising import Advising

        return Advising(self.database, self.taxonomies)

    @part
    def unmet(self) -> Unmet:
        """What the region lacks."""
        from matchmaker.services.unmet import Unmet

        return Unmet(self.database, self.jobs, self.embedder, self.analyser, self.notices)

    @part
    def watching(self) -> Watching:
        """Watches and nearest misses."""
        from matchmaker.services.watching import Watching

        return Watching(self.database, self.notices)

    @part
    def questions(self) -> Questions:
        """Asks suppliers."""
        from matchmaker.services.questions import Questions

        return Questions(self.database, self.publishing, self.notices)

    @part
    def matches(self) -> MatchReading:
        """Matches as their sides see them."""
        from matchmaker.services.match_reading import MatchReading

        return MatchReading(self.database)

    @part
    def search(self) -> Search:
        """Public search."""
        from matchmaker.services.database_search import DatabaseSearch
        from matchmaker.services.searching import Search

        without_index = DatabaseSearch(self.database, self.analyser)
        return Search(
            self.database, self.index, self.embedder, self.analyser, without_index, self.meters
        )

    @part
    def clinic(self) -> Clinic:
        """Advice while an entry is typed."""
        from matchmaker.services.clinic import Clinic

        return Clinic(self.database, self.index, self.embedder, self.analyser, self.taxonomies)

    @part
    def review(self) -> Review:
        """The broker's verdicts."""
        from matchmaker.services.review import Review

        return Review(self.database, self.taxonomies, self.notices, self.settings.undo_seconds)

    @part
    def introductions(self) -> Introductions:
        """Both sides meet."""
        from matchmaker.services.introductions import Introductions

        return Introductions(self.database, self.jobs, self.taxonomies, self.notices)

    @part
    def periodic(self) -> Periodic:
        """What the calendar asks for."""
        from matchmaker.services.periodic import Periodic

        return Periodic(self.database, self.jobs, self.steps, self.review, self.index)

    @part
    def quality(self) -> Quality:
        """Measures itself."""
        from matchmaker.services.quality.snapshots import Quality

        return Quality(self.database, self.jobs)

    @part
    def health(self) -> Health:
        """How the engines are."""
        from matchmaker.services.health import Health

        return Health(self.database, self.index)

    @part
    def seeding(self) -> Seeding:
        """Loads the sample data."""
        from matchmaker.services.seeding import Seeding

        return Seeding(self.database, self.accounts, self.taxonomies, self.deriver)

    @part
    def runner(self) -> JobRunner:
        """Runs jobs by their kind."""
        from matchmaker.monitoring.job_watch import JobWatch
        from matchmaker.services.job_runner import JobRunner

        watch = JobWatch(self.meters, self.tracer, self.settings.slow_job_seconds)
        return JobRunner(self.jobs, self._handlers(), self._batches(), watch)

    def _batches(self) -> Mapping[JobKind, Batching]:
        from matchmaker.domain.work import JobKind
        from matchmaker.services.indexing import EMBEDDED_TOGETHER
        from matchmaker.services.job_runner import Batching

        return {JobKind.EMBED: Batching(self.indexing.embed_together, EMBEDDED_TOGETHER)}

    def _handlers(self) -> Mapping[JobKind, Handler]:
        from matchmaker.domain.work import JobKind

        return {
            JobKind.EMBED: self.indexing.embed,
            JobKind.INDEX: self.indexing.index,
            JobKind.REBUILD: self.rebuilding.rebuild_job,
            JobKind.ROLL_BACK: self.rebuilding.roll_back_job,
            JobKind.REPAIR: self.rebuilding.repair_job,
            JobKind.MATCH: self.matching.match,
            JobKind.MATCH_AGAIN: self.matching.match,
            JobKind.REMATCH: self.matching.rematch_all,
            JobKind.FIT_WEIGHTS: self.learning.learn,
            JobKind.MAP_UNMET: self.unmet.draw,
            JobKind.INTRODUCE: self.introductions.introduce,
            JobKind.SEND_MAIL: self.mailing.send,
            JobKind.EXPIRE: self.periodic.expire,
            JobKind.MEASURE: self.quality.measure,
        }


def _sending_tracer(url: str, share: float) -> Tracer:
    """A tracer that sends what it keeps.

    Raises:
        ConfigurationError: its libraries are not installed.
    """
    try:
        from matchmaker.monitoring.otlp import sending_tracer
    except ImportError:
        from matchmaker.domain.errors import ConfigurationError

        raise ConfigurationError(
            "MATCHMAKER_TRACES_URL is set, but the libraries for traces are not installed; run "
            "`tools/install.sh --only tracing`, or leave it empty."
        ) from None
    return sending_tracer(url, share)
