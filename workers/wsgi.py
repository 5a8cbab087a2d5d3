"""The portal for a WSGI server: `gunicorn 'workers.wsgi:portal()'`; workers run beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from workers import checks

if TYPE_CHECKING:
    from matchmaker.bootstrap import Container


def portal() -> Flask:
    """Build the portal from the environment; its commits wake workers through Redis.

    Raises:
        ConfigurationError: settings are wrong, or the database is not up to date.
    """
    from matchmaker.bootstrap import Container
    from matchmaker.cli.running import configured

    settings = configured()
    checks.refuse_default_secret(settings)
    checks.prepare_data_folder(settings.data_dir)
    container = Container(checks.with_own_secret(settings), owns_index=False, serves_web=True)
    try:
        return _portal_of(container)
    except BaseException:
        container.close()
        raise


def _portal_of(container: Container) -> Flask:
    from matchmaker import migrations
    from matchmaker.web.app import create_app

    migrations.need_newest(container.database)
    has_samples = container.accounts.has_samples()
    checks.refuse_sample_accounts(container.settings, present=has_samples)
    if container.settings.redis_url:
        from workers.app import make_app, wake_after_commits

        wake_after_commits(container, make_app(container))
    return create_app(container)
