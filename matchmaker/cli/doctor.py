"""`matchmaker doctor`: tries each setting and engine, says what is wrong and how to mend it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from matchmaker.cli.printing import json_option, print_json
from matchmaker.cli.running import configured
from matchmaker.domain.errors import MatchmakerError

if TYPE_CHECKING:
    from matchmaker.config import Settings

_OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True, slots=True)
class Finding:
    """What trying one thing showed; `mend` says what to do where it is not right."""

    subject: str
    right: bool
    detail: str
    mend: str = ""


class WrongError(Exception):
    """Something is not as it should be.

    Args:
        detail: what is wrong.
        mend: what to do.
    """

    def __init__(self, detail: str, mend: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.mend = mend


Check = Callable[["Settings"], str]


@click.command()
@click.option("--only", multiple=True, help="Try this alone; may be given several times.")
@json_option
def doctor(only: tuple[str, ...], as_json: bool) -> None:
    """Try each setting and engine; say what is wrong and how to mend it."""
    findings = list(_findings(only))
    if as_json:
        print_json(
            [
                {"subject": f.subject, "right": f.right, "detail": f.detail, "mend": f.mend}
                for f in findings
            ]
        )
    else:
        for finding in findings:
            click.echo(
                f"{'ok   ' if finding.right else 'WRONG'} {finding.subject}: {finding.detail}"
            )
            if finding.mend:
                click.echo(f"      {finding.mend}")
    if not all(finding.right for finding in findings):
        sys.exit(1)


def _findings(only: Collection[str]) -> Iterator[Finding]:
    """Everything in turn, or what is named; settings that are wrong are always told."""
    if not only:
        yield _python()
    try:
        settings = configured()
    except MatchmakerError as error:
        yield Finding("settings", False, str(error), "Correct these variables and try again.")
        return
    if not only:
        yield Finding("settings", True, f"profile {settings.profile}, address {settings.address}")
    from matchmaker.cli.examining import CHECKS

    if unknown := set(only) - set(CHECKS):
        raise click.BadParameter(f"{', '.join(sorted(unknown))}; there are: {', '.join(CHECKS)}")
    for subject, check in CHECKS.items():
        if not only or subject in only:
            yield _tried(subject, check, settings)


def _tried(subject: str, check: Check, settings: Settings) -> Finding:
    """A check that breaks in a way nobody thought of is a finding, too."""
    try:
        return Finding(subject, True, check(settings))
    except WrongError as error:
        return Finding(subject, False, error.detail, error.mend)
    except Exception as error:
        return Finding(subject, False, f"{type(error).__name__}: {error}", "See the message.")


def _python() -> Finding:
    version = sys.version_info[:3]
    text = ".".join(str(part) for part in version)
    if version >= _OLDEST_PYTHON:
        return Finding("python", True, text)
    return Finding("python", False, text, "Install Python 3.11 or later.")
