"""What ties lines, history rows, jobs and spans of one request together."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: The request that is being served, or on whose behalf a job runs; "" outside both.
request_id: ContextVar[str] = ContextVar("request_id", default="")
#: The span that jobs queued now continue, as a W3C `traceparent`; "" where nothing is traced.
trace_parent: ContextVar[str] = ContextVar("trace_parent", default="")

#: Long enough not to meet its like by chance, and fits its column.
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{7,39}")


def request_name(given: str, *, trusted: bool) -> str:
    """The name of a request.

    Args:
        given: what came with it, in `X-Request-ID`; "" where nothing did.
        trusted: whether a proxy of ours stands between, whose word is taken.

    Returns:
        The given name where it is well-formed and trusted, else a new one of 16 characters.
    """
    return given if trusted and _WELL_FORMED.fullmatch(given) else secrets.token_hex(8)


@contextmanager
def following(name: str, parent: str = "") -> Iterator[None]:
    """Let whatever happens within belong to a request.

    Args:
        name: the request's.
        parent: the span that jobs queued within continue, as a `traceparent`.
    """
    marks = request_id.set(name), trace_parent.set(parent)
    try:
        yield
    finally:
        request_id.reset(marks[0])
        trace_parent.reset(marks[1])


def pseudonym(person_id: int, key: str) -> str:
    """A person's name in the log: the same for as long as the key is, and telling nothing.

    Args:
        person_id: their number.
        key: a secret of this installation; who does not have it can't count through the numbers.
    """
    digest = hmac.new(key.encode(), f"actor:{person_id}".encode(), hashlib.sha256)
    return digest.hexdigest()[:12]
