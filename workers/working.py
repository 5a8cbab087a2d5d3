"""A worker in a process of its own, woken through Redis."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

import click

from matchmaker.config import PREFIX, Settings
from matchmaker.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from matchmaker.bootstrap import Container

_END_WITHIN = 30.0


def work(settings: Settings, *, with_schedule: bool, threads: int | None = None) -> None:
    """Work until Ctrl-C or SIGTERM.

    Args:
        settings: what the operator chose.
        with_schedule: whether to send the periodic tasks.
        threads: in place of the setting.

    Raises:
        ConfigurationError: there is no Redis to be woken through, or the database was never
            migrated.
    """
    if not settings.redis_url:
        raise ConfigurationError(
            f"A worker of its own is woken through Redis; set {PREFIX}REDIS_URL. Without it, "
            "`matchmaker serve` works through jobs itself."
        )
    from matchmaker import migrations
    from matchmaker.bootstrap import Container
    from matchmaker.monitoring.logs import tell_of_threads

    tell_of_threads()
    container = Container(settings)
    migrations.need_newest(container.database)
    _run(container, with_schedule=with_schedule, threads=threads or settings.worker_threads)


def _run(container: Container, *, with_schedule: bool, threads: int) -> None:
    from workers.app import make_app, wake_after_commits
    from workers.metrics_port import show_metrics
    from workers.running import WorkerThreads

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    app = make_app(container)
    waker = wake_after_commits(container, app)
    worker = WorkerThreads(app, threads, with_schedule=with_schedule)
    worker.start()
    show_metrics(container)
    click.echo(f"Working with {threads} threads; stop with Ctrl-C.")
    while worker.is_alive() and not stop.wait(1.0):
        pass
    waker.close(timeout=0.5)
    ended = worker.stop(_END_WITHIN)
    if not stop.is_set() or not ended:
        click.echo("The worker ended by itself; the log says why.", err=True)
        os._exit(1)
    app.container.close()
