"""`matchmaker backup` and `matchmaker restore`: the whole portal in one file, and back."""

from __future__ import annotations

import fcntl
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matchmaker.cli.printing import json_option, print_json
from matchmaker.cli.rebuilding import owns_writer, rebuild_here, writer_is_busy
from matchmaker.cli.running import configured, services
from matchmaker.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from matchmaker.bootstrap import Container
    from matchmaker.config import Settings
    from matchmaker.services.backup.restoring import Restored
    from matchmaker.services.backup.saving import Saved

_FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
#: Differ from one machine to the next, and should.
_OF_A_MACHINE = {"MATCHMAKER_DATA_DIR", "MATCHMAKER_HOST", "MATCHMAKER_PORT"}
#: Held by `matchmaker serve` while it runs.
SERVE_LOCK = "serve.lock"


@click.command()
@_FILE
@json_option
def backup(file: Path, as_json: bool) -> None:
    """Save database, attachments and settings (without secrets) into FILE; the portal may run."""
    started = time.monotonic()
    with services() as container:
        saved = container.saving.save(file)
    seconds = round(time.monotonic() - started, 2)
    if as_json:
        print_json(_facts(saved, seconds))
    else:
        manifest = saved.manifest
        click.echo(
            f"Saved {manifest.rows} rows of {len(manifest.tables)} tables and "
            f"{len(manifest.files)} attachments in {file} ({saved.size / 1e6:.1f} MB, "
            f"{seconds} s)."
        )
    if saved.manifest.missing:
        click.echo(
            f"{len(saved.manifest.missing)} attachments that the database names are not in the "
            "data folder, and so not in the backup: " + ", ".join(saved.manifest.missing),
            err=True,
        )


@click.command()
@_FILE
@click.option("--replace", is_flag=True, help="Remove what the portal holds now.")
@click.option("--yes", is_flag=True, help="Do not ask before replacing.")
def restore(file: Path, replace: bool, yes: bool) -> None:
    """Fill an empty portal from FILE, migrate it, and rebuild the search index."""
    from matchmaker.bootstrap import Container

    settings = configured()
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    container = Container(settings)
    try:
        _refuse_while_running(container)
        if replace and not yes and not container.restoring.is_empty():
            click.confirm("Everything this portal holds will be removed. Go on?", abort=True)
        restored = container.restoring.restore(file, replace=replace)
        _say(restored, settings)
        _rebuild(container)
    finally:
        container.close()


def _facts(saved: Saved, seconds: float) -> dict[str, object]:
    manifest = saved.manifest
    return {
        "schema": manifest.schema_revision,
        "tables": {name: share.rows for name, share in manifest.tables.items()},
        "files": len(manifest.files),
        "missing": manifest.missing,
        "bytes": saved.size,
        "seconds": seconds,
    }


def _refuse_while_running(container: Container) -> None:
    """What runs would write beside the restore; a stopped worker is silent for half a minute."""
    settings = container.settings
    if container.database.is_sqlite:
        if _is_held(settings.data_dir / SERVE_LOCK) or writer_is_busy(settings.index_dir):
            raise ConfigurationError("The portal runs in this data folder; stop it, then restore.")
    elif container.restoring.is_running():
        raise ConfigurationError(
            "A worker gave a sign of life in the last 30 seconds; stop web, workers and beat, "
            "wait that long, then restore."
        )


def _is_held(lock: Path) -> bool:
    if not lock.exists():
        return False
    with lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def _say(restored: Restored, settings: Settings) -> None:
    manifest = restored.manifest
    click.echo(
        f"Restored {manifest.rows} rows of {len(manifest.tables)} tables and "
        f"{len(manifest.files)} attachments, as they were at {manifest.made_at}."
    )
    if manifest.missing:
        click.echo(f"{len(manifest.missing)} attachments were missing when it was made.", err=True)
    here = settings.without_secrets()
    for name, value in restored.settings.items():
        if here.get(name) != value and name not in _OF_A_MACHINE:
            click.echo(f"Saved with {name}={value}; here it is {here.get(name) or 'not set'}.")


def _rebuild(container: Container) -> None:
    """The index is no part of a backup; without its engine the restore still stands."""
    try:
        here = owns_writer(container)
        held = rebuild_here(container) if here else 0
    except Exception as error:
        raise ConfigurationError(
            f"Everything is restored but the search index ({str(error).splitlines()[0]}); when "
            "its engine answers, run `matchmaker index rebuild`."
        ) from error
    click.echo(f"The index holds {held} documents.")
