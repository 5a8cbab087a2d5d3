"""Fills a portal at its first start, and finishes what an interrupted first start left undone."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import click
from sqlalchemy import exists, func, select

from matchmaker.bootstrap import Container
from matchmaker.cli.rebuilding import owns_writer
from matchmaker.domain.errors import ConfigurationError
from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.policy import SHOWN_STATES
from matchmaker.domain.work import JobKind
from matchmaker.models import Demand, Entry, Job
from matchmaker.services.jobs import enqueue
from search_index.backends.base import SearchIndexError

Progress = Callable[[int, int], None]
#: Long work that tells how far it is and returns how many it did.
Work = Callable[[Progress], int]


def load_samples(container: Container) -> None:
    """Load the sample data with its accounts into an empty portal."""
    started = time.monotonic()
    report = container.seeding.load(with_accounts=True)
    click.echo(
        f"Loaded {report.entries.added} sample entries of {report.organisations.added} "
        f"organisations in {time.monotonic() - started:.1f} s."
    )


def bring_up(container: Container) -> None:
    """Build what can be rebuilt, where it is missing: the search index and the matches.

    What other settings or other weights made serves until it is made anew in the background.

    Raises:
        ConfigurationError: another process writes the index.
    """
    if not owns_writer(container):
        raise ConfigurationError(
            f"Another process writes the search index in {container.settings.index_dir}; stop it."
        )
    index = container.index
    shown = _shown(container)
    if container.settings.search_url and not _answers(container):
        # The portal serves without it; the job is tried again until the engine is back.
        with container.database.write() as session:
            enqueue(session, JobKind.REBUILD, "index")
        return
    if shown and not index.count():
        _with_progress("Building the search index", container.rebuilding.rebuild)
    elif not index.current and shown:
        with container.database.write() as session:
            enqueue(session, JobKind.REBUILD, "index")
    if container.matching.outdated():
        with container.database.write() as session:
            enqueue(session, JobKind.REMATCH, "all")
    if _never_matched(container):
        _with_progress("Matching", container.matching.match_all)


def _answers(container: Container) -> bool:
    """Whether the index can be read; says so where it can't."""
    try:
        container.index.count()
    except SearchIndexError as error:
        click.echo(f"The search index is away: {error}. The database answers searches.", err=True)
        return False
    return True


def _with_progress(title: str, work: Work) -> None:
    """Do long work with one line that counts up, where somebody watches."""
    watched = sys.stdout.isatty()
    started = time.monotonic()

    def show(done: int, total: int) -> None:
        if watched:
            click.echo(f"\r{title}: {done} of {total} ", nl=False)

    result = work(show)
    lead, tail = ("\r", "      ") if watched else ("", "")
    click.echo(f"{lead}{title}: {result} in {time.monotonic() - started:.1f} s.{tail}")


def _shown(container: Container) -> int:
    with container.database.read() as session:
        query = select(func.count(Entry.id)).where(Entry.status.in_(SHOWN_STATES))
        return session.scalar(query) or 0


def _never_matched(container: Container) -> int:
    """Published demands that were never matched and have no job that would do it."""
    with container.database.read() as session:
        query = select(func.count(Demand.id)).where(
            Demand.status == EntryState.PUBLISHED,
            Demand.matched_version == 0,
            ~exists().where(Job.subject == Demand.code),
        )
        return session.scalar(query) or 0
