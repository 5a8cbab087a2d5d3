"""Every rule that can break and every expected error has a sentence for the person it meets."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import matchmaker
from matchmaker.domain import errors
from matchmaker.domain.errors import ConfigurationError, InvalidInputError, MatchmakerError
from matchmaker.web import problems
from matchmaker.web.errors import STATUS, status_of

SOURCE = Path(matchmaker.__file__).parent
#: Speaks English on the terminal, in words of its own.
TERMINAL = SOURCE / "cli"
#: Errors that carry their own message, or no code of their own.
WITH_OWN_WORDS = {"ArchiveError", "ConfigurationError", "InvalidInputError", "StaleVersionError"}
#: Codes that never reach a page.
INTERNAL = {
    "lease_lost",  # ends a job whose work somebody else does
    "undeclared_route",  # a mistake of ours, which an architecture test finds
}


def expected_errors() -> set[str]:
    """The names of all classes of the tree of expected errors."""
    found, waiting = set(), [MatchmakerError]
    while waiting:
        kind = waiting.pop()
        found.add(kind.__name__)
        waiting += kind.__subclasses__()
    return found


@cache
def calls() -> tuple[tuple[str, str, str], ...]:
    """(place, class, code) of every call that makes a problem or an expected error."""
    return tuple(
        (f"{path.relative_to(SOURCE)}:{node.lineno}", name, code)
        for path in sorted(SOURCE.rglob("*.py"))
        if TERMINAL not in path.parents
        for node, name in named_calls(path)
        for code in codes_of(node, name)
    )


def named_calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """Calls of a plain name in a file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node, node.func.id


def codes_of(call: ast.Call, name: str) -> Iterator[str]:
    """The codes written in a call: the second argument of a problem, the first of an error."""
    if name == "Problem":
        place = 1
    elif name in expected_errors() | {"LeaseLostError"} and name not in WITH_OWN_WORDS:
        place = 0
    else:
        return
    if len(call.args) > place and isinstance(call.args[place], ast.Constant):
        yield str(call.args[place].value)  # type: ignore[attr-defined]


def without_sentence(names: set[str], known: set[str]) -> list[str]:
    """Places whose code has no sentence."""
    return [
        f"{place} {code}"
        for place, name, code in calls()
        if name in names and code not in known | INTERNAL
    ]


def test_the_source_is_read() -> None:
    assert {"NotFoundError", "Problem", "ConflictError"} <= {name for _, name, _ in calls()}


def test_every_broken_rule_has_a_sentence() -> None:
    assert without_sentence({"Problem"}, set(problems.known_problem_codes())) == []


def test_every_expected_error_has_a_sentence() -> None:
    assert without_sentence(expected_errors(), set(problems.known_error_codes())) == []


def test_no_sentence_is_left_over() -> None:
    # Codes that are passed on by name stand anywhere in the source as a text of their own.
    written = {
        node.value
        for path in SOURCE.rglob("*.py")
        if path != Path(problems.__file__)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert (problems.known_problem_codes() | problems.known_error_codes()) - written == set()


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, MatchmakerError)
    ],
    ids=lambda kind: kind.__name__,
)
def test_every_kind_of_error_has_a_status(kind: type[MatchmakerError]) -> None:
    if kind in (MatchmakerError, ConfigurationError):
        return
    error = InvalidInputError([]) if kind is InvalidInputError else kind.__new__(kind)
    assert status_of(error) in STATUS.values()


def test_an_error_shows_its_code_and_its_values_in_the_log() -> None:
    assert str(errors.NotFoundError("no_entry", entry="XQ")) == "no_entry {'entry': 'XQ'}"
