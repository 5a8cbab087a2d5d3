"""An index in a cluster for a measurement: made, filled, asked and removed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from search_index.analysis import Analyser
from search_index.backends.elasticsearch.generations import AliasedGenerations
from search_index.backends.elasticsearch.index import ElasticsearchIndex
from search_index.backends.elasticsearch.mapping import Layout
from search_index.backends.elasticsearch.node import LONG, Node
from search_index.embedders import Embedder
from search_index.fusion import Ranking
from search_index.generations import new_metadata


@contextmanager
def trial_index(
    address: str, prefix: str, layout: Layout, analyser: Analyser, embedder: Embedder
) -> Iterator[ElasticsearchIndex]:
    """Yield an empty index at ``address`` that ranks as one of the portal would.

    It is named ``PREFIX-trial-…``, is searchable after ``refresh``, and is removed at the end;
    what a killed trial left goes at the next one. Nobody waits, so requests may take long.
    """
    place = AliasedGenerations(Node(address, timeout=LONG), f"{prefix}-trial", layout)
    metadata = new_metadata(embedder, analyser)
    try:
        place.keep_only(())
        place.create(metadata)
        yield place.open(metadata, analyser, Ranking.by(embedder), read_only=False)
    finally:
        place.discard(metadata.name)
        place.close()
