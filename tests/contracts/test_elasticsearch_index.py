"""The Elasticsearch backend keeps the contract on a real node, and fails quickly without one."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from search_index.analysis import Analyser
from search_index.backends.base import SearchIndex, SearchIndexError
from search_index.backends.elasticsearch import ElasticsearchIndex, Layout, Node
from search_index.backends.elasticsearch.breaker import Breaker
from search_index.backends.elasticsearch.index import create_index
from search_index.backends.elasticsearch.writing import indexed, send
from search_index.fusion import Ranking
from tests.contracts.search_index_contract import (
    EMBEDDER,
    TITLES,
    SearchIndexContract,
    asking,
    document,
    found,
)
from tests.support.crowded_node import CrowdedNode, crowded_node
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


@pytest.fixture
def crowded() -> Iterator[CrowdedNode]:
    with crowded_node(rejected_once={"b"}) as node:
        yield node


class TestElasticsearchIndex(SearchIndexContract):
    @pytest.fixture
    def index(self, opened: Opener) -> SearchIndex:
        return opened()


@pytest.mark.parametrize("layout", [Layout(shards=3), Layout(vectors="flat")])
def test_every_layout_finds_and_ranks_alike(opened: Opener, layout: Layout) -> None:
    index, other = opened(), opened(layout)
    for one in (index, other):
        one.write([document(id_) for id_ in TITLES])
    vector = EMBEDDER.encode(["煤矿疏干水净化"])[0]
    query = asking("矿井水处理").near(vector)
    assert found(other, query) == found(index, query)


def test_the_first_page_is_the_head_of_the_whole_ranking(opened: Opener) -> None:
    index = opened(Layout(vectors="flat"))
    others = list(TITLES.values())
    crowd = [
        document(f"n{n}", f"矿井水{'处理' * (n % 7)}{others[n % 5][: n % 11]}{n}")
        for n in range(900)
    ]
    index.write(crowd)
    query = asking("矿井水").near(EMBEDDER.encode([TITLES["membrane"] + "矿井水"])[0])
    whole = found(index, query.page(0, 900))
    assert len(whole) == 900
    assert found(index, query.page(0, 10)) == whole[:10]
    assert found(index, query.page(450, 10)) == whole[450:460]


def test_words_longer_than_a_token_are_found(opened: Opener) -> None:
    index = opened()
    index.write([document("water", "A" * 300)])
    assert found(index, asking("a" * 300)) == ["water"]


def test_without_a_node_every_use_fails_quickly_and_says_so() -> None:
    with closing(Node("http://127.0.0.1:9")) as node:
        with pytest.raises(SearchIndexError, match=r"no answer from Elasticsearch at 127.0.0.1:9"):
            node.call(lambda client: client.info())
        started = time.perf_counter()
        for _ in range(100):
            with pytest.raises(SearchIndexError, match="left alone"):
                node.call(lambda client: client.info())
        assert time.perf_counter() - started < 0.5


def test_a_node_that_hangs_holds_up_only_who_asks_first() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        node = Node(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.2)
        with closing(node):
            with pytest.raises(SearchIndexError, match="ConnectionTimeout"):
                node.call(lambda client: client.info())
            started = time.perf_counter()
            with pytest.raises(SearchIndexError, match="left alone"):
                node.call(lambda client: client.info())
            assert time.perf_counter() - started < 0.01


def test_an_address_keeps_its_password_to_itself() -> None:
    node = Node("http://portal:geheim@127.0.0.1:9")
    with closing(node), pytest.raises(SearchIndexError) as caught:
        node.call(lambda client: client.info())
    assert "geheim" not in str(caught.value)


def test_a_refusal_is_no_reason_to_leave_the_node_alone(opened: Opener) -> None:
    index = opened()
    with pytest.raises(SearchIndexError, match="index_not_found"):
        index._node.call(lambda client: client.indices.get(index="not-there"))
    assert index.count() == 0


def test_a_full_disk_is_told_and_loses_nothing_written_before(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search_index.backends.elasticsearch.writing._TRIES", 1)
    index = opened()
    index.write([document("water")])
    block = {"index.blocks.read_only_allow_delete": True}  # what the node does by itself then
    index._node.call(lambda client: client.indices.put_settings(index=index._name, settings=block))
    with pytest.raises(SearchIndexError, match="read-only"):
        index.write([document("wind")])
    assert found(index, asking("矿井水")) == ["water"]


def test_only_what_was_rejected_is_sent_again(crowded: CrowdedNode) -> None:
    with closing(Node(crowded.address)) as node:
        actions = [indexed("target", id_, 1, {}) for id_ in ("a", "b", "c")]
        assert send(node, actions, refresh=True) == 3
    assert crowded.asked == [["a", "b", "c"], ["b"]]


def test_a_breaker_lets_one_caller_try_after_its_pause() -> None:
    now = [0.0]
    breaker = Breaker(5.0, lambda: now[0])
    breaker.failed("gone")
    now[0] = 5.1
    breaker.check()
    with pytest.raises(SearchIndexError, match="gone"):
        breaker.check()
    breaker.succeeded()
    breaker.check()
