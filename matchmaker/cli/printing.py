"""How commands print: data as JSON, rows as columns, long work as a bar."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def json_option(command: Command) -> Command:
    """Add the switch `--json` as the argument `as_json`."""
    decorate: Callable[[Command], Command] = click.option(
        "--json", "as_json", is_flag=True, help="Print JSON."
    )
    return decorate(command)


def print_json(data: Any) -> None:
    """Print data as JSON with Chinese left readable."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=_plain))


def print_table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows in columns that line up, also where they hold Chinese."""
    texts = [[str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(_width(row[column]) for row in texts) for column in range(len(header))]
    for row in texts:
        cells = (
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        )
        click.echo("  ".join(cells).rstrip())


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error; yields what long work calls with (done, in all)."""
    with click.progressbar(length=1, label=title, file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield show


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _width(text: str) -> int:
    """Columns a text takes on a terminal; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
