"""The Elasticsearch backend keeps the contract on a real node, and fails quickly without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from search_index.analysis import Analyser
from search_index.backends.base import SearchIndex
from search_index.backends.elasticsearch import ElasticsearchIndex, Layout, Node
from search_index.backends.elasticsearch.index import create_index
from search_index.fusion import Ranking
from tests.contracts.search_index_contract import EMBEDDER, SearchIndexContract
from tests.support.elasticsearch import elasticsearch_prefix

pytestmark = pytest.mark.elasticsearch

ANALYSER = Analyser()
Opener = Callable[..., ElasticsearchIndex]


@pytest.fixture
def opened() -> Iterator[Opener]:
    """Opens a new index; all are removed at the end."""
    with elasticsearch_prefix() as (address, prefix):
        node = Node(address, timeout=30)

        def open_index(layout: Layout | None = None) -> ElasticsearchIndex:
            name = f"{prefix}-{len(names)}"
            names.append(name)
            create_index(node, name, EMBEDDER.dimension, layout or Layout(), {})
            return ElasticsearchIndex(
                node,
                name,
                analyser=ANALYSER,
                dimension=EMBEDDER.dimension,
                ranking=Ranking(floor=EMBEDDER.floor),
            )

        names: list[str] = []
        yield open_index
        node.close()


class TestElasticsearchIndex(SearchIndexContract):
    @pytest.fixture
    def index(self, opened: Opener) -> SearchIndex:
        return opened()
