"""Web, worker and schedule in one process: checks, first start, serving, an orderly end."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from matchmaker.config import Profile, Settings
from workers import checks

if TYPE_CHECKING:
    from matchmaker.bootstrap import Container

_END_WITHIN = 3.5
#: Seconds the announcement waits for the worker; the portal would serve without it too.
_READY_WITHIN = 3.0


def serve(settings: Settings, *, samples: bool | None) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Args:
        settings: what the operator chose.
        samples: whether a first start loads the sample data; None: on loopback in the embedded
            profile.

    Raises:
        ConfigurationError: it can't start; the message says what to do.
    """
    checks.refuse_default_secret(settings)
    if samples is None:
        samples = settings.on_loopback and settings.profile is Profile.EMBEDDED
    checks.refuse_sample_accounts(settings, present=samples)
    checks.prepare_data_folder(settings.data_dir)
    with checks.only_here(settings.data_dir):
        taken = checks.bind(settings.host, settings.port)
        settings = checks.with_own_secret(settings)
        settings = settings.model_copy(update={"port": taken.getsockname()[1]})
        _serve_on(taken, settings, samples=samples)


def _serve_on(taken: socket.socket, settings: Settings, *, samples: bool) -> None:
    from matchmaker import migrations
    from matchmaker.bootstrap import Container
    from matchmaker.monitoring.logs import tell_of_threads
    from workers.first_start import bring_up, load_samples

    # A shell that starts it in the background has Ctrl-C ignored; here it always ends the portal.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)
    tell_of_threads()
    container = Container(settings)
    migrations.upgrade(container.database)
    if container.seeding.is_empty() and samples:
        load_samples(container)
    has_samples = container.accounts.has_samples()
    checks.refuse_sample_accounts(settings, present=has_samples)
    if not settings.redis_url and container.database.is_sqlite:
        container.jobs.release_all()
    bring_up(container)
    _run(taken, container, has_samples=has_samples)


def _run(taken: socket.socket, container: Container, *, has_samples: bool) -> None:
    from waitress.server import create_server  # type: ignore[import-untyped]

    from matchmaker.web.app import create_app
    from workers.app import make_app, wake_after_commits
    from workers.metrics_port import show_metrics
    from workers.running import WorkerThreads

    # Before any thread starts: what they import meanwhile would be half there for the limiter.
    web = create_app(container)
    app = make_app(container)
    waker = wake_after_commits(container, app)
    worker = WorkerThreads(app, container.settings.worker_threads)
    worker.start()
    show_metrics(container)
    server: Any = create_server(
        web,
        sockets=[taken],
        threads=container.settings.web_threads,
        max_request_body_size=(container.settings.max_upload_mb + 2) * 1024 * 1024,
        clear_untrusted_proxy_headers=not container.settings.trusted_proxies,
        ident=None,
    )
    worker.wait_until_ready(_READY_WITHIN)
    _announce(container, has_samples=has_samples)
    with suppress(KeyboardInterrupt):
        server.run()
    _end(server, worker, waker, container)


def _announce(container: Container, *, has_samples: bool) -> None:
    settings = container.settings
    click.echo(f"\nThe portal is at {settings.address}/ (English: {settings.address}/en/).")
    if has_samples:
        from matchmaker.services.seeding import SAMPLE_ACCOUNTS, SAMPLE_PASSWORD

        click.echo(f"Sample accounts, all with the password {SAMPLE_PASSWORD}:")
        for account in SAMPLE_ACCOUNTS:
            click.echo(f"  {account.email:<24} {account.role:<9} {account.name}")
    click.echo(f"Data: {settings.data_dir.absolute()}")
    click.echo("Stop with Ctrl-C.")


def _end(server: Any, worker: Any, waker: Any, container: Container) -> None:
    """Close everything within seconds; what is cut off is in the job table and taken up again."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    click.echo("\nStopping …")
    started = time.monotonic()
    waker.close(timeout=0.5)
    ended = worker.stop(_END_WITHIN)
    server.close()
    if ended:
        container.close()
    click.echo(f"Stopped after {time.monotonic() - started:.1f} s; nothing is lost.")
    if not ended or _others_alive():
        # A thread that does not listen would hold the interpreter; its job is leased, not lost.
        os._exit(0)


def _others_alive() -> bool:
    main = threading.main_thread()
    return any(not t.daemon and t is not main for t in threading.enumerate())


def _interrupt(number: int, frame: object) -> None:
    """End as with Ctrl-C."""
    raise KeyboardInterrupt
