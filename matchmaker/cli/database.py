"""`matchmaker db`: the schema."""

from __future__ import annotations

import click

from matchmaker.cli.running import configured


@click.group("db")
def database() -> None:
    """Look after the database."""


@database.command()
def upgrade() -> None:
    """Bring the schema to the newest revision; does nothing where it is there already."""
    settings = configured()
    from matchmaker import migrations
    from matchmaker.models.database import Database

    if not settings.database_url:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = Database(settings.database, settings.pool)
    changed = migrations.upgrade(held)
    held.close()
    word = "Migrated to" if changed else "Already at"
    click.echo(f"{word} revision {migrations.head()}.")
