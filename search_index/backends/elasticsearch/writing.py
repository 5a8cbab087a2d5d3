"""Bulk writes: versions decide, what the node rejects for want of room is sent again."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterable
from typing import Any

from elasticsearch.helpers import streaming_bulk

from search_index.backends.base import Fault, SearchIndexError
from search_index.backends.elasticsearch.faults import fault_told, told
from search_index.backends.elasticsearch.node import LONG, Node

_AT_ONCE = 500  # documents
_BYTES = 5 * 1024 * 1024
_TRIES = 6
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0  # seconds between tries, doubled each time
_SHORT = 15.0  # seconds a write may take that is searchable when it returns
_CONFLICT, _NOT_FOUND, _CROWDED = 409, 404, 429


class Clock:
    """Numbers that grow with every write, by time across processes."""

    def __init__(self) -> None:
        self._guard, self._last = threading.Lock(), 0

    def next(self) -> int:
        """Return a number above all that were given before: nanoseconds since 1970."""
        with self._guard:
            self._last = max(self._last + 1, time.time_ns())
            return self._last


def indexed(target: str, id_: str, version: int, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the action that writes a document, unless the index has it as new or newer."""
    return {**_versioned(target, "index", id_, version), "_source": fields}


def forgotten(target: str, id_: str, version: int) -> dict[str, Any]:
    """Return the action that deletes what is held, unless it is newer than ``version``."""
    action = _versioned(target, "delete", id_, version)
    return {**action, "version_type": "external_gte"}


def send(node: Node, actions: Iterable[dict[str, Any]], *, refresh: bool) -> int:
    """Send actions; return how many changed the index.

    ``refresh`` makes them searchable before this returns. What the node rejects because its
    queue is full is sent again, that part alone, with growing pauses. Raises SearchIndexError
    when anything but its version kept a document out.
    """
    rest, changed = iter(actions), 0
    while batch := list(itertools.islice(rest, _AT_ONCE)):
        changed += _sent(node, batch, refresh)
    return changed


def _sent(node: Node, batch: list[dict[str, Any]], refresh: bool) -> int:
    """Send a batch until nothing of it is rejected any more; return how many were accepted."""
    accepted, pause = 0, _FIRST_PAUSE
    for tries_left in reversed(range(_TRIES)):
        answers = _answers(node, batch, refresh)
        rejected = [
            action
            for action, (fine, answer) in zip(batch, answers, strict=True)
            if not fine and tries_left and _is_rejection(answer)
        ]
        accepted += sum(_done(answer, fine, tries_left) for fine, answer in answers)
        if not rejected:
            break
        # The node says that it is crowded: each pause gives it twice the time.
        time.sleep(pause)
        batch, pause = rejected, min(2 * pause, _LONGEST_PAUSE)
    return accepted


def _answers(
    node: Node, batch: list[dict[str, Any]], refresh: bool
) -> list[tuple[bool, dict[str, Any]]]:
    return node.call(
        lambda client: list(
            streaming_bulk(
                client,
                batch,
                chunk_size=_AT_ONCE,
                max_chunk_bytes=_BYTES,
                raise_on_error=False,
                refresh=refresh,
                # Else a late write would make an index that was removed anew, without a mapping.
                require_alias=True,
            )
        ),
        _SHORT if refresh else LONG,
    )


def _is_rejection(answer: dict[str, Any]) -> bool:
    """Whether sending it again can help; a block for want of disk stays for longer."""
    [facts] = answer.values()
    crowded = facts.get("status") == _CROWDED
    return crowded and fault_told(facts.get("error"), _CROWDED) is Fault.SLOW


def _done(answer: dict[str, Any], fine: bool, tries_left: int) -> bool:
    """Whether an action changed the index; raises SearchIndexError when it could not be done."""
    [(operation, facts)] = answer.items()
    if fine or _harmless(operation, facts) or (tries_left and _is_rejection(answer)):
        return fine
    cause = facts.get("error")
    raise SearchIndexError(
        f"{facts.get('_id')} could not be written: {told(cause)}",
        fault_told(cause, int(facts.get("status", 0))),
    )


def _harmless(operation: str, facts: dict[str, Any]) -> bool:
    status = facts.get("status")
    gone = operation == "delete" and status == _NOT_FOUND and "error" not in facts
    return status == _CONFLICT or gone


def _versioned(target: str, operation: str, id_: str, version: int) -> dict[str, Any]:
    return {
        "_op_type": operation,
        "_index": target,
        "_id": id_,
        "version": version,
        "version_type": "external",
    }
