"""Indexes on a real node for tests: names of their own, removed at the end."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from elasticsearch import Elasticsearch

from tests.support.services import require_elasticsearch


@contextmanager
def elasticsearch_prefix() -> Iterator[tuple[str, str]]:
    """A node's address and a prefix nobody else uses; its indexes are removed at the end."""
    address, prefix = require_elasticsearch(), f"test-{uuid.uuid4().hex[:12]}"
    try:
        yield address, prefix
    finally:
        with Elasticsearch(address, request_timeout=60) as client:
            for name in client.indices.get(index=f"{prefix}-*").body:
                client.indices.delete(index=name)
