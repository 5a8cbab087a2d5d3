"""Workers and the schedule in processes of their own, woken through Redis."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from matchmaker.config import PREFIX, Settings
from matchmaker.domain.errors import ConfigurationError
from matchmaker.domain.work import WorkQueue

if TYPE_CHECKING:
    from matchmaker.bootstrap import Container

_END_WITHIN = 30.0
#: Queues whose work never writes the search index.
_AWAY_FROM_INDEX = frozenset({WorkQueue.MAIL})


@dataclass(frozen=True, slots=True)
class Plan:
    """How a worker works.

    Attributes:
        queues: what it listens to.
        with_schedule: whether it sends the periodic tasks.
        threads: threads that work on tasks; None: as the settings say.
        processes: processes that do, in place of threads; None: threads.
    """

    queues: Collection[WorkQueue] = tuple(WorkQueue)
    with_schedule: bool = False
    threads: int | None = None
    processes: int | None = None

    @property
    def writes_index(self) -> bool:
        """Whether jobs of its queues write the search index."""
        return not _AWAY_FROM_INDEX.issuperset(self.queues)


def work(settings: Settings, plan: Plan) -> None:
    """Work until Ctrl-C or SIGTERM.

    Args:
        settings: what the operator chose.
        plan: how to work.

    Raises:
        ConfigurationError: there is no Redis to be woken through, the database was never
            migrated, or processes can't share what is set.
    """
    _need_redis(settings)
    if plan.processes:
        _allow_processes(settings, plan)
    container = _container(settings, owns_index=plan.writes_index)
    if plan.processes:
        _run_processes(container, plan, plan.processes)
    else:
        _run_threads(container, plan, plan.threads or settings.worker_threads)


def keep_time(settings: Settings) -> None:
    """Send the periodic tasks until Ctrl-C or SIGTERM; several may run, of which one sends.

    Args:
        settings: what the operator chose.

    Raises:
        ConfigurationError: there is no Redis, or the database was never migrated.
    """
    from workers.app import make_app
    from workers.keeping_time import TimeKeeper

    _need_redis(settings)
    container = _container(settings, owns_index=False)
    stop = _stop_on_signals()
    keeper = TimeKeeper(make_app(container), container.turns)
    keeper.start()
    click.echo("Keeping the schedule, or standing by; stop with Ctrl-C.")
    while keeper.is_alive() and not stop.wait(1.0):
        pass
    keeper.stop()
    container.close()
    _end(well=stop.is_set())


def _need_redis(settings: Settings) -> None:
    if not settings.redis_url:
        raise ConfigurationError(
            f"A worker of its own is woken through Redis; set {PREFIX}REDIS_URL. Without it, "
            "`matchmaker serve` works through jobs itself."
        )


def _allow_processes(settings: Settings, plan: Plan) -> None:
    if settings.database.startswith("sqlite"):
        raise ConfigurationError(
            "SQLite does not survive that a process forks, so its worker uses threads; leave out "
            f"--processes, or set {PREFIX}DATABASE_URL to a PostgreSQL."
        )
    if plan.writes_index and not settings.search_url:
        raise ConfigurationError(
            "The search index in the data folder has one writer, so its worker uses threads; "
            f"leave out --processes, or set {PREFIX}SEARCH_URL to an Elasticsearch."
        )


def _container(settings: Settings, *, owns_index: bool) -> Container:
    from matchmaker import migrations
    from matchmaker.bootstrap import Container
    from matchmaker.monitoring.logs import tell_of_threads

    tell_of_threads()
    container = Container(settings, owns_index=owns_index)
    migrations.need_newest(container.database)
    return container


def _run_processes(container: Container, plan: Plan, processes: int) -> None:
    from workers.app import make_app
    from workers.processes import WorkerProcesses

    worker = WorkerProcesses(
        make_app(container), processes, with_schedule=plan.with_schedule, queues=plan.queues
    )
    click.echo(f"Working with {processes} processes on {_named(plan)}; stop with Ctrl-C.")
    asked_to_end = worker.run(_END_WITHIN)
    container.close()
    _end(well=asked_to_end)


def _run_threads(container: Container, plan: Plan, threads: int) -> None:
    from workers.app import make_app, wake_after_commits
    from workers.metrics_port import show_metrics
    from workers.running import WorkerThreads

    stop = _stop_on_signals()
    app = make_app(container)
    waker = wake_after_commits(container, app)
    worker = WorkerThreads(app, threads, with_schedule=plan.with_schedule, queues=plan.queues)
    worker.start()
    show_metrics(container)
    click.echo(f"Working with {threads} threads on {_named(plan)}; stop with Ctrl-C.")
    while worker.is_alive() and not stop.wait(1.0):
        pass
    waker.close(timeout=0.5)
    if not worker.stop(_END_WITHIN):
        # A thread that does not listen would hold the interpreter; its job is handed back.
        os._exit(0)
    app.container.close()
    _end(well=stop.is_set())


def _named(plan: Plan) -> str:
    return ", ".join(plan.queues)


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _end(*, well: bool) -> None:
    """Leave at once where the process was not asked to end, so that its supervisor notices."""
    if not well:
        click.echo("It ended by itself; the log says why.", err=True)
        os._exit(1)
