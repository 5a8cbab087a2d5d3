"""`matchmaker clauses`: what a text requires, read as the portal reads it."""

from __future__ import annotations

from dataclasses import asdict

import click

from matchmaker.cli.printing import json_option, print_json, print_table

_COLUMNS = ("subject", "comparator", "low", "high", "unit", "condition", "text")


@click.command()
@click.argument("text")
@json_option
def clauses(text: str, as_json: bool) -> None:
    """List the requirements in TEXT that can be checked.

    Where there is one bound it stands in `low`; `+-` has the middle there and the deviation in
    `high`. Needs no portal.
    """
    from matchmaker.matching.clauses.reading import read_clauses

    read = [asdict(clause) for clause in read_clauses(text)]
    if as_json:
        print_json(read)
    elif read:
        print_table(_COLUMNS, [[_cell(row[name]) for name in _COLUMNS] for row in read])
    else:
        click.echo("Nothing in this text requires a figure.")


def _cell(value: str | float | None) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
