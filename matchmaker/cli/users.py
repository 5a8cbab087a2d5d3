"""`matchmaker users`: people, where there is no admin yet or a password is lost."""

from __future__ import annotations

import sys

import click

from matchmaker.cli.printing import json_option, print_json
from matchmaker.cli.running import services
from matchmaker.domain.actors import Role


@click.group()
def users() -> None:
    """Add people and set passwords."""


@users.command()
@click.argument("email")
@click.option("--name", prompt=True, help="How the person is called.")
@click.option(
    "--role", type=click.Choice([str(role) for role in Role]), prompt=True, help="What they may do."
)
@click.option("--organisation", prompt=True, help="Name or key of the organisation of the role.")
@click.option("--region", help="GB/T 2260 code that limits a broker or official.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@json_option
def create(
    email: str,
    name: str,
    role: str,
    organisation: str,
    region: str | None,
    language: str,
    as_json: bool,
) -> None:
    """Add the person with the address EMAIL; the password is asked for, or read from a pipe."""
    with services() as container:
        from matchmaker.services.accounts import SignUp

        sign_up = SignUp(name, email, _password(), language)
        person = container.accounts.create_with_role(sign_up, Role(role), organisation, region)
    if as_json:
        print_json({"id": person.id, "email": person.email, "name": person.name, "role": role})
    else:
        click.echo(f"Added {person.email} as {role}.")


@users.command("set-password")
@click.argument("email")
def set_password(email: str) -> None:
    """Set the password of EMAIL; it is asked for, or read from a pipe."""
    with services() as container:
        person = container.accounts.set_password(email, _password())
    click.echo(f"The password of {person.email} is set; sessions opened before have ended.")


def _password() -> str:
    """Ask twice on a terminal; a pipe gives it as its first line."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
