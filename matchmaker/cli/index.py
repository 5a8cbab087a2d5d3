"""`matchmaker index`: the search index."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import click

from matchmaker.cli.printing import json_option, print_json, print_table
from matchmaker.cli.rebuilding import have_done, need_index, owns_writer, rebuild_here
from matchmaker.cli.running import services
from matchmaker.domain.work import JobKind


@click.group()
def index() -> None:
    """Look after the search index."""


@index.command()
@json_option
def rebuild(as_json: bool) -> None:
    """Build a fresh index from the database and swap it in while the old one serves.

    Where the portal runs, it does the work and this command waits for it.
    """
    started = time.monotonic()
    with services(writes_index=True) as container:
        here = owns_writer(container)
        if here:
            rebuild_here(container)
        else:
            have_done(container, JobKind.REBUILD)
    with services() as container:
        held = container.index.count()
    seconds = round(time.monotonic() - started, 2)
    if as_json:
        print_json({"documents": held, "seconds": seconds, "by": "command" if here else "portal"})
    else:
        click.echo(f"The index holds {held} documents; built in {seconds} s.")


@index.command()
@json_option
def rollback(as_json: bool) -> None:
    """Let the index before serve again, with all that was written since.

    Where the portal runs, it does the work and this command waits for it. A second roll back
    goes forth again.
    """
    with services(writes_index=True) as container:
        here = owns_writer(container)
        if here:
            container.rebuilding.roll_back()
        else:
            with services() as reader:
                before = reader.rebuilding.previous()
            have_done(container, JobKind.ROLL_BACK, before)
    with services() as container:
        facts = container.index.status()
    if as_json:
        print_json({**facts, "by": "command" if here else "portal"})
    else:
        click.echo(f"The index of {facts['created']} serves again, with {_holdings(facts)}.")


@index.command()
@json_option
def status(as_json: bool) -> None:
    """Say what the serving index was made with, and what waits to be indexed."""
    with services() as container:
        need_index(container)
        facts = dict(container.index.status())
        facts["behind"] = container.index_source.behind()
    if as_json:
        print_json(facts)
    else:
        print_table(("what", "value"), sorted(facts.items()))


def _holdings(facts: Mapping[str, Any]) -> str:
    held = f"{facts['documents']} documents"
    return held if facts["current"] else f"{held}; it was made by other settings or versions"
