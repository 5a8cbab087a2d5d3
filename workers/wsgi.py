"""The portal for a WSGI server: `gunicorn 'workers.wsgi:portal()'`; workers run beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from matchmaker.bootstrap import Container


def portal() -> Flask:
    """Build the portal from the environment; its commits wake workers through Redis.

    Raises:
        ConfigurationError: settings are wrong, or the database is not up to date.
    """
    from matchmaker import migrations
    from matchmaker.bootstrap import Container
    from matchmaker.cli.running import configured
    from matchmaker.domain.errors import ConfigurationError
    from matchmaker.web.app import create_app
    from workers import checks

    settings = configured()
    checks.refuse_default_secret(settings)
    checks.prepare_data_folder(settings.data_dir)
    container = Container(checks.with_own_secret(settings), owns_index=False)
    if migrations.current(container.database) != migrations.head():
        raise ConfigurationError("The database is not up to date; run `matchmaker db upgrade`.")
    checks.refuse_sample_accounts(settings, present=container.accounts.has_samples())
    _ensure_index(container)
    if settings.redis_url:
        from workers.app import make_app, wake_after_commits

        wake_after_commits(container, make_app(container))
    return create_app(container)


def _ensure_index(container: Container) -> None:
    """A reader needs something to read: make an empty index where no worker has made one yet."""
    from matchmaker.bootstrap import Container
    from search_index.backends.base import SearchIndexError

    try:
        container.index.count()
    except SearchIndexError:
        writer = Container(container.settings)
        writer.index.count()
        writer.close()
