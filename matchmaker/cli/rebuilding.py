"""Works on the index from a command: itself, or through the running portal, which owns it."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matchmaker.cli.printing import progress_bar
from matchmaker.domain.errors import UnavailableError
from matchmaker.domain.work import JobKind, JobState

if TYPE_CHECKING:
    from matchmaker.bootstrap import Container
    from matchmaker.models import Job

_LOCK = "writer.lock"
_LOOK_EVERY = 0.3
#: Seconds a queued rebuild may wait before somebody should look for the worker.
_PATIENCE = 60.0


def owns_writer(container: Container) -> bool:
    """Whether this process can write the index; else a running portal does.

    An index in the data folder that can't be opened although nobody writes it is laid aside for a
    new, empty one. Elasticsearch may be written by any process.
    """
    if container.settings.search_url:
        return True
    folder = container.settings.index_dir
    if writer_is_busy(folder):
        return False
    try:
        container.index.count()
    except Exception as error:
        if writer_is_busy(folder):
            return False
        _lay_aside(folder, error)
        container.index.count()
    return True


def writer_is_busy(folder: Path) -> bool:
    """Whether another process, or another part of this one, owns the writer of an index."""
    from search_index.backends.base import WriterBusyError
    from search_index.backends.embedded.lock import WriterLock

    if not (folder / _LOCK).exists():
        return False
    try:
        WriterLock(folder / _LOCK).release()
    except WriterBusyError:
        return True
    return False


def _lay_aside(folder: Path, error: Exception) -> None:
    from search_index.opening import PAUSE

    aside = folder.with_name(folder.name + "-broken")
    shutil.rmtree(aside, ignore_errors=True)
    folder.rename(aside)
    click.echo(f"The index could not be opened ({error}); it lies in {aside} now.", err=True)
    # A handle that failed to open leaves the index alone for as long.
    time.sleep(PAUSE)


def need_index(container: Container) -> None:
    """See that the index can be read.

    Raises:
        UnavailableError: it can't; the message says what to do.
    """
    try:
        container.index.count()
    except Exception as error:
        raise UnavailableError("no_index", error=str(error)) from None


def rebuild_here(container: Container) -> int:
    """Rebuild in this process with a progress bar; how many documents the new index holds."""
    with progress_bar("Building the index") as show:
        return container.rebuilding.rebuild(show)


def have_done(container: Container, kind: JobKind, subject: str = "index") -> None:
    """Have the running portal do something to the index, and wait until it has.

    Args:
        container: the services of this command.
        kind: `rebuild` or `roll_back`.
        subject: what the job is about.

    Raises:
        UnavailableError: no worker took it up, or it failed; the job stays in the table.
    """
    job_id = container.rebuilding.queue(kind, subject)
    started = time.monotonic()
    while (job := _job(container, job_id)).status in (JobState.PENDING, JobState.RUNNING):
        waited = time.monotonic() - started
        _show(job, waited)
        if job.status is JobState.PENDING and waited > _PATIENCE:
            raise UnavailableError("no_worker", job=job_id)
        time.sleep(_LOOK_EVERY)
    click.echo("", err=True)
    if job.status is JobState.DEAD:
        raise UnavailableError("index_job_failed", job=job_id, error=job.error)


def _job(container: Container, job_id: int) -> Job:
    from matchmaker.models import Job

    with container.database.read() as session:
        return session.get_one(Job, job_id)


def _show(job: Job, waited: float) -> None:
    state = "at work" if job.status is JobState.RUNNING else "waiting for a worker"
    if sys.stderr.isatty():
        click.echo(f"\rThe running portal does it: {state}, {waited:.0f} s ", nl=False, err=True)
