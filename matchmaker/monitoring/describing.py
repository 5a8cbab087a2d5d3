"""Tells of exceptions without their messages, which may quote what people typed."""

from __future__ import annotations

import traceback
from collections.abc import Iterator

#: What libraries attach to their errors that is a code and nothing else.
_CODES = ("sqlstate", "sqlite_errorname", "errno", "smtp_code", "status_code")
_LONGEST_CODE = 48


def described(error: BaseException, *, with_text: bool = False) -> str:
    """An exception and its causes by type and code, the latest first.

    Args:
        error: what was raised.
        with_text: say what the exceptions say too; that may be personal.
    """
    told = [_one(held, with_text=with_text) for held in _chain(error)]
    return " < ".join(told)


def trace_of(error: BaseException, *, with_text: bool = False) -> str:
    """Where an exception and its causes came from: files, lines, code, types and codes.

    Args:
        error: what was raised.
        with_text: say what the exceptions say too; that may be personal.
    """
    parts = [
        "".join(traceback.format_tb(held.__traceback__)) + _one(held, with_text=with_text)
        for held in _chain(error)
    ]
    return "\nwhich led to\n".join(reversed(parts))


def _one(error: BaseException, *, with_text: bool) -> str:
    codes = dict.fromkeys(_codes_of(error))
    name = type(error).__name__ + (f" [{' '.join(codes)}]" if codes else "")
    return f"{name}: {error}" if with_text else name


def _codes_of(error: BaseException) -> Iterator[str]:
    """Codes of a library, and the code of an expected error of our own, which is a fixed word."""
    names = (*_CODES, "code") if type(error).__module__.startswith("matchmaker.") else _CODES
    for name in names:
        value = getattr(error, name, None)
        if isinstance(value, int | str) and len(str(value)) <= _LONGEST_CODE:
            yield str(value)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    held: BaseException | None = error
    while held is not None and id(held) not in seen:
        seen.add(id(held))
        yield held
        held = held.__cause__ or (None if held.__suppress_context__ else held.__context__)
