"""`matchmaker weights`: the weights of matching."""

from __future__ import annotations

import click

from matchmaker.cli.printing import json_option, print_json, print_table
from matchmaker.cli.running import services
from matchmaker.domain.actors import SYSTEM


@click.group()
def weights() -> None:
    """Look after the weights of matching."""


@weights.command("list")
@json_option
def list_weights(as_json: bool) -> None:
    """List the versions, newest first."""
    with services() as container:
        rows = [standing.row for standing in container.weighing.versions()]
    if as_json:
        names = ("version", "state", "parent", "fitted_on", "held_out", "figures", "weights")
        print_json([{name: getattr(row, name) for name in names} for row in rows])
        return
    header = ("version", "state", "from", "fitted on", "figures on held-out verdicts")
    print_table(header, [[r.version, r.state, r.parent, r.fitted_on, _figures(r)] for r in rows])


@weights.command()
def fit() -> None:
    """Queue a fit to the verdicts; a worker does it."""
    with services() as container:
        container.weighing.queue_fit()
        judged = len(container.learning.judged())
        minimum = container.settings.learning_minimum
    click.echo(f"Queued. {judged} verdicts teach something; it takes {minimum}.")


@weights.command()
@click.argument("version")
def activate(version: str) -> None:
    """Make VERSION live; everything is matched again."""
    with services() as container:
        container.weighing.activate(SYSTEM, version)
    click.echo(f"{version} is live.")


@weights.command()
def rollback() -> None:
    """Bring the version back from which the live one was fitted."""
    with services() as container:
        version = container.weighing.roll_back(SYSTEM)
    click.echo(f"{version} is live again.")


def _figures(row: object) -> str:
    held = getattr(row, "figures", [])
    return ", ".join(f"{f['name']} {f['old']:.3f} → {f['new']:.3f}" for f in held)
