"""The tree of errors raised on purpose; one table in `web/errors.py` maps it to HTTP."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field.

    Attributes:
        field: name of the field, or "" for the whole form.
        code: which rule is broken; the page turns it into a sentence.
        params: figures for that sentence, such as the longest length allowed.
    """

    field: str
    code: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class MatchmakerError(Exception):
    """Root of all expected errors.

    Args:
        code: names the case for the page that explains it.
        params: values the explanation may quote.
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code + (f" {params}" if params else ""))
        self.code = code
        self.params = params


class NotFoundError(MatchmakerError):
    """There is no such thing, or the person asking may not know of it."""


class ForbiddenError(MatchmakerError):
    """The person may know of the thing but may not do this to it."""


class InvalidInputError(MatchmakerError):
    """What was entered breaks rules; `problems` says which, field by field."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("invalid_input", fields=[problem.field for problem in problems])
        self.problems = tuple(problems)


class ConflictError(MatchmakerError):
    """Somebody else was first; nothing was overwritten."""


class StaleVersionError(ConflictError):
    """The record changed since it was read.

    Args:
        current: version that stands now.
        expected: version the person had before them.
    """

    def __init__(self, current: int, expected: int) -> None:
        super().__init__("stale_version", current=current, expected=expected)


class IllegalTransitionError(ConflictError):
    """A lifecycle has no such step from the present state."""


class TooLargeError(MatchmakerError):
    """What was sent is larger than allowed."""


class UnavailableError(MatchmakerError):
    """An engine is missing and there is no way round it."""


class ConfigurationError(MatchmakerError):
    """Settings or the machine do not allow a start; the message says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__("configuration")
        self.message = message

    def __str__(self) -> str:
        return self.message
