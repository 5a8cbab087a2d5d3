"""What every command needs: settings, services, and expected errors as one sentence."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matchmaker.domain.errors import ConfigurationError, InvalidInputError, MatchmakerError

if TYPE_CHECKING:
    from matchmaker.bootstrap import Container
    from matchmaker.config import Settings

_WORDS = {
    "no_index": "The search index can't be read ({error}); run `matchmaker index rebuild`.",
    "rebuild_runs": "A rebuild runs already; wait for it, then try again.",
    "no_worker": "No worker took up job {job}; start `matchmaker serve`. It waits in the table.",
    "index_job_failed": "The portal could not do it (job {job}): {error}",
    "no_previous_index": "There is no index before this one to go back to.",
    "no_entry": "There is no entry {entry}.",
    "no_person": "Nobody has this address.",
    "no_organisation": "There is no such organisation; give its name or key exactly.",
    "no_weights": "There are no weights {version}; `matchmaker weights list` names all.",
    "weights_live": "{version} is live already.",
    "weights_outdated": "{version} was fitted for other signals than this portal has.",
    "nothing_to_roll_back": "There is no version before the live one.",
    "no_dead_job": "This job is not waiting for a retry.",
    "one_demand_needed": "name one demand and one other entry",
    "required": "is required",
    "email": "is no mail address",
    "email_taken": "has an account already",
    "password_short": "is too short",
    "password_common": "is too easy to guess",
    "too_long": "is too long",
}


def configured() -> Settings:
    """The settings, with the log set up as they say.

    Raises:
        ConfigurationError: they are wrong.
    """
    from matchmaker.config import load_settings

    settings = load_settings()
    _log_as(settings, settings.log_level)
    return settings


def _log_as(settings: Settings, level: str) -> None:
    from matchmaker.monitoring.logs import configure_logging

    configure_logging(level, as_json=settings.logs_json, with_text=settings.log_exception_text)


@contextmanager
def services(*, writes_index: bool = False, quiet: bool = True) -> Iterator[Container]:
    """The portal's services for one command.

    Args:
        writes_index: whether the command itself writes the embedded index.
        quiet: show only warnings and worse in the log.

    Raises:
        ConfigurationError: settings are wrong, or the database was never migrated.
    """
    settings = configured()
    if quiet and settings.log_level == "INFO":
        _log_as(settings, "WARNING")
    from matchmaker import migrations
    from matchmaker.bootstrap import Container

    container = Container(settings, owns_index=writes_index)
    try:
        _need_file(container)
        migrations.need_newest(container.database)
        yield container
    finally:
        container.close()


def _need_file(container: Container) -> None:
    """Refuse to make an empty SQLite file where somebody mistook the folder."""
    file = Path(container.database.url.database or "")
    if container.database.is_sqlite and not file.exists():
        raise ConfigurationError(
            f"There is no database at {file}; run `matchmaker serve` or `matchmaker db upgrade` "
            "first, or set MATCHMAKER_DATA_DIR."
        )


def in_words(error: MatchmakerError) -> str:
    """An expected error as a sentence for the terminal."""
    if isinstance(error, ConfigurationError):
        return error.message
    if isinstance(error, InvalidInputError):
        return " ".join(
            f"{problem.field or 'Input'}: {_WORDS.get(problem.code, problem.code)}."
            for problem in error.problems
        )
    return _WORDS[error.code].format(**error.params) if error.code in _WORDS else str(error)


def engine_in_words(error: Exception) -> str | None:
    """A sentence for an engine that is away; None for what nobody expected.

    Told by the library's name: importing it only to compare types would slow every command.
    """
    library = type(error).__module__.partition(".")[0]
    line = str(error).strip().partition("\n")[0]
    if library == "sqlalchemy":
        return f"The database does not answer as it should: {line} (try `matchmaker doctor`)"
    if library == "search_index":
        return f"The search index or embedder can't be used: {line} (try `matchmaker doctor`)"
    return None


def exit_code(error: MatchmakerError) -> int:
    """2 where settings or the machine are wrong, 1 for all else."""
    return 2 if isinstance(error, ConfigurationError) else 1


def fail(message: str, code: int = 1) -> None:
    """Say what is wrong on standard error and end."""
    click.echo(message, err=True)
    sys.exit(code)
