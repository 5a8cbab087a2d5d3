"""Keeps what is dear to work out, for a while: in Redis where there is one, else in memory.

Kept texts belong to a group with a version. Raising the version forgets the whole group at once, in
every process that shares the Redis; what was being worked out meanwhile is kept under the old one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

import structlog

from matchmaker.services.waking import Breaker

if TYPE_CHECKING:
    from redis import Redis

log = structlog.get_logger(__name__)

_PREFIX = "matchmaker:kept"
#: Texts kept in memory; when there are as many, all are forgotten.
MOST_KEPT = 500
Found = TypeVar("Found")


class Keeping(Protocol):
    """Keeps texts by group and name."""

    def kept(self, group: str, name: str, seconds: float, make: Callable[[], str]) -> str:
        """The text kept under a name, made and kept where there is none.

        Args:
            group: what is forgotten together.
            name: which text of the group.
            seconds: after which it is made anew.
            make: works it out.
        """

    def forget(self, group: str) -> None:
        """Have everything in a group made anew."""


class KeptInMemory:
    """Implements `Keeping` for one process.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._versions: dict[str, int] = {}
        self._texts: dict[tuple[str, str], tuple[int, float, str]] = {}

    def kept(self, group: str, name: str, seconds: float, make: Callable[[], str]) -> str:
        """See `Keeping.kept`."""
        with self._lock:
            version = self._versions.get(group, 0)
            held = self._texts.get((group, name))
        if held is not None and held[0] == version and self._clock() < held[1]:
            return held[2]
        text = make()
        with self._lock:
            if len(self._texts) >= MOST_KEPT:
                self._texts.clear()
            self._texts[group, name] = (version, self._clock() + seconds, text)
        return text

    def forget(self, group: str) -> None:
        """See `Keeping.forget`."""
        with self._lock:
            self._versions[group] = self._versions.get(group, 0) + 1


class KeptInRedis:
    """Implements `Keeping` for all processes that share a Redis, and in memory while it is away.

    Args:
        client: gives up soon; opened by its first use.
        fallback: keeps texts meanwhile.
        breaker: leaves Redis alone after a failure.
    """

    def __init__(
        self,
        client: Redis,
        fallback: KeptInMemory | None = None,
        breaker: Breaker | None = None,
    ) -> None:
        self._client = client
        self._fallback = fallback or KeptInMemory()
        self._breaker = breaker or Breaker()

    def kept(self, group: str, name: str, seconds: float, make: Callable[[], str]) -> str:
        """See `Keeping.kept`."""
        found = self._tried(lambda: self._look(group, name))
        if found is None:
            return self._fallback.kept(group, name, seconds, make)
        key, text = found
        if text is None:
            text = made = make()
            self._tried(lambda: self._client.set(key, made, px=max(1, round(seconds * 1000))))
        return text

    def forget(self, group: str) -> None:
        """See `Keeping.forget`; while Redis is away, others learn of it when their time is up."""
        self._fallback.forget(group)
        self._tried(lambda: self._client.incr(_version_key(group)))

    def _look(self, group: str, name: str) -> tuple[str, str | None]:
        """The key under the group's present version, and the text kept there."""
        version = self._client.get(_version_key(group))
        key = f"{_PREFIX}:{group}:{_text(version) or 0}:{name}"
        return key, _text(self._client.get(key))

    def _tried(self, deed: Callable[[], Found]) -> Found | None:
        from redis.exceptions import RedisError

        if not self._breaker.lets_through():
            return None
        try:
            found = deed()
        except (RedisError, OSError) as error:
            self._breaker.failed()
            log.warning("kept_in_memory", error=error)
            return None
        self._breaker.succeeded()
        return found


def _version_key(group: str) -> str:
    return f"{_PREFIX}:{group}:version"


def _text(value: object) -> str | None:
    return value.decode() if isinstance(value, bytes) else None
