"""How requests talk to Redis: briefly, once, and never in the way of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from redis import Redis

#: Seconds a request may wait for Redis before it does without.
PATIENCE = 0.5


def impatient() -> Mapping[str, Any]:
    """Options of a client that gives up soon and does not try again by itself."""
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return {
        "socket_connect_timeout": PATIENCE,
        "socket_timeout": PATIENCE,
        "retry": Retry(NoBackoff(), 0),
    }


def client_of(url: str) -> Redis:
    """An impatient client; nothing is opened before its first use.

    Args:
        url: address of a Redis database.
    """
    from redis import Redis

    return Redis.from_url(url, **impatient())
