"""The command line: `matchmaker …`. Commands import what they need when they run."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

import click

from matchmaker.cli.running import engine_in_words, exit_code, fail, in_words
from matchmaker.domain.errors import MatchmakerError

#: Command → where it is defined; loaded when it is called, or listed by `--help`.
COMMANDS = {
    "db": "matchmaker.cli.database:database",
    "seed": "matchmaker.cli.seed:seed",
    "index": "matchmaker.cli.index:index",
    "match": "matchmaker.cli.matching:match",
    "explain": "matchmaker.cli.explaining:explain",
    "search": "matchmaker.cli.searching:search",
    "clauses": "matchmaker.cli.clauses:clauses",
    "evaluate": "matchmaker.cli.evaluating:evaluate",
    "jobs": "matchmaker.cli.jobs:jobs",
    "weights": "matchmaker.cli.weights:weights",
    "backup": "matchmaker.cli.backup:backup",
    "restore": "matchmaker.cli.backup:restore",
    "users": "matchmaker.cli.users:users",
    "doctor": "matchmaker.cli.doctor:doctor",
}
#: Other packages add commands under this name; `serve` and `worker` come so.
GROUP = "matchmaker.commands"


class LazyGroup(click.Group):
    """A group whose commands are imported one by one; expected errors end it with a sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, those from entry points first."""
        return [*sorted(_added()), *COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name in COMMANDS:
            module, _, name = COMMANDS[cmd_name].partition(":")
            return _load(module, name)
        added = _added().get(cmd_name)
        return added.load() if added else None

    def invoke(self, ctx: click.Context) -> Any:
        """Run; an expected error is one sentence on standard error, not a traceback."""
        try:
            return super().invoke(ctx)
        except MatchmakerError as error:
            fail(in_words(error), exit_code(error))
        except Exception as error:
            if (sentence := engine_in_words(error)) is None:
                raise
            fail(sentence, 2)


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="matchmaker")
def main() -> None:
    """The transfer platform: serve it, look after it, ask it from the command line.

    Settings are environment variables MATCHMAKER_…; docs/configuration.md lists them.
    """


def _load(module: str, name: str) -> click.Command:
    from importlib import import_module

    command: click.Command = getattr(import_module(module), name)
    return command


def _added() -> dict[str, Any]:
    return {point.name: point for point in entry_points(group=GROUP)}
