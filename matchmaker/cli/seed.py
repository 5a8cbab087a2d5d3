"""`matchmaker seed`: the sample data."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from matchmaker.cli.printing import json_option, print_json, print_table, progress_bar
from matchmaker.cli.rebuilding import have_done, owns_writer, rebuild_here
from matchmaker.cli.running import services

if TYPE_CHECKING:
    from matchmaker.bootstrap import Container
    from matchmaker.services.seeding import SeedReport


@click.group()
def seed() -> None:
    """Fill the portal with sample data."""


@seed.command()
@click.option(
    "--accounts/--no-accounts",
    default=False,
    help="Add sample accounts, whose password everybody knows  [default: no]",
)
@json_option
def load(accounts: bool, as_json: bool) -> None:
    """Load seed_data/, then bring index and matches up to date; a second time changes nothing."""
    with services(writes_index=True) as container:
        report = container.seeding.load(with_accounts=accounts)
        if report.changed_entries:
            _follow(container)
    if as_json:
        print_json({**asdict(report), "changed_anything": report.changed_anything})
    else:
        _print(report)


def _follow(container: Container) -> None:
    """Index, then match: here, or in the portal that runs."""
    from matchmaker.domain.work import JobKind
    from matchmaker.services.jobs import enqueue

    if owns_writer(container):
        rebuild_here(container)
        with progress_bar("Matching") as show:
            container.matching.match_all(show)
        return
    have_done(container, JobKind.REBUILD)
    with container.database.write() as session:
        enqueue(session, JobKind.REMATCH, "all")
    click.echo("The running portal matches the new entries now.", err=True)


def _print(report: SeedReport) -> None:
    rows = [
        (name, tally.added, tally.changed, tally.unchanged, tally.kept)
        for name, tally in (
            ("organisations", report.organisations),
            ("entries", report.entries),
            ("accounts", report.accounts),
        )
    ]
    print_table(("", "added", "changed", "unchanged", "kept"), rows)
    if not report.changed_anything:
        click.echo("Nothing changed: the sample data was loaded already.")
