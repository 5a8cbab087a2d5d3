"""`matchmaker search`: the public search, from the command line."""

from __future__ import annotations

import click

from matchmaker.cli.printing import json_option, print_json
from matchmaker.cli.running import services
from matchmaker.domain.kinds import EntryKind


@click.command()
@click.argument("text")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([str(kind) for kind in EntryKind]),
    help="Look in this database only; may be given several times.",
)
@click.option(
    "--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="Most entries."
)
@json_option
def search(text: str, kinds: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find entries that fit TEXT, as a visitor would."""
    with services() as container:
        from matchmaker.domain.actors import VISITOR
        from matchmaker.services.searching import SearchRequest

        request = SearchRequest(text=text, kinds=kinds, per_page=limit)
        page = container.search.find(VISITOR, request)
    rows = [
        {
            "code": found.entry.code,
            "kind": found.entry.kind,
            "title": found.entry.title,
            "organisation": found.entry.organisation.name,
            "score": round(found.score, 4),
        }
        for found in page.found
    ]
    if as_json:
        print_json({"total": page.total, "degraded": page.degraded, "results": rows})
        return
    for row in rows:
        click.echo(f"{row['code']}  {row['title']}  ({row['organisation']})")
    click.echo(f"{page.total} in all." if page.total else "Nothing was found.")
    if page.degraded:
        click.echo("The index is away: the database answered in a simpler way.", err=True)
