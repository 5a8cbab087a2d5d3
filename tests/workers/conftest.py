"""What tests of workers share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.services import require_redis


@pytest.fixture
def redis_url() -> Iterator[str]:
    """An empty Redis database."""
    import redis

    url = require_redis()
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        yield url
        client.flushdb()
