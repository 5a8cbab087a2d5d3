"""Generations in Elasticsearch: rebuilt while they serve, swapped by alias, shared by processes."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from threading import Barrier

import numpy as np
import pytest
from elasticsearch import Elasticsearch

from search_index.analysis import Analyser
from search_index.backends.base import ReadOnlyError, SearchIndexError
from search_index.backends.elasticsearch import AliasedGenerations, Layout, Node
from search_index.documents import Document, Query, passage
from search_index.embedders import Embedder, HashingEmbedder
from search_index.generations import new_metadata
from search_index.lifecycle import IndexHandle
from tests.support.elasticsearch import elasticsearch_prefix
from tests.support.proxy import proxy_before

pytestmark = pytest.mark.elasticsearch

ANALYSER = Analyser()
SMALL, LARGE = HashingEmbedder(32), HashingEmbedder(512)


class Cluster:
    """One prefix on the node: opens handles as processes would, and looks behind them."""

    def __init__(self, address: str, prefix: str) -> None:
        self.address, self.prefix = address, prefix
        self.client = Elasticsearch(address, request_timeout=30)
        self.handles: list[IndexHandle] = []

    def generations(self) -> AliasedGenerations:
        return AliasedGenerations(Node(self.address, timeout=30), self.prefix, Layout())

    def open(self, embedder: Embedder = SMALL, *, writable: bool = True) -> IndexHandle:
        place = self.generations()
        self.handles.append(
            IndexHandle(place, analyser=ANALYSER, embedder=embedder, writable=writable)
        )
        return self.handles[-1]

    def indexes(self) -> set[str]:
        found = self.client.indices.get(index=f"{self.prefix}-*").body
        return {name.removeprefix(f"{self.prefix}-") for name in found}

    def aliases(self) -> dict[str, str]:
        """Alias → generation, without the aliases that writes go through."""
        found = self.client.indices.get_alias(index=f"{self.prefix}-*").body
        return {
            alias.removeprefix(self.prefix): index.removeprefix(f"{self.prefix}-")
            for index, held in found.items()
            for alias in held["aliases"]
            if not alias.endswith(".write")
        }

    def close(self) -> None:
        for handle in self.handles:
            handle.close()
        self.client.close()


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with elasticsearch_prefix() as (address, prefix):
        opened = Cluster(address, prefix)
        yield opened
        opened.close()


Documents = Callable[[], Iterator[Document]]


def document(
    id_: str, title: str = "矿井水处理", version: int = 1, by: Embedder = SMALL
) -> Document:
    texts = {"title": title}
    vector = by.encode([passage(texts)])[0]
    return Document(id_, version, "demand", texts=texts, audiences=("public",), vector=vector)


def found(handle: IndexHandle, text: str = "矿井水", by: Embedder | None = None) -> set[str]:
    query = Query(text).for_audiences("public")
    if by is not None:
        query = query.near(by.encode([text])[0])
    return {hit.id for hit in handle.search(query).hits}


def test_a_first_start_serves_an_empty_index_that_waits_for_a_build(cluster: Cluster) -> None:
    handle = cluster.open()
    assert handle.count() == 0
    assert not handle.current
    assert handle.status()["previous"] is None
    assert cluster.aliases() == {"": handle.metadata.name}


def test_a_rebuild_replaces_all_documents_and_serves_after_a_restart(cluster: Cluster) -> None:
    handle = cluster.open()
    handle.write([document("old")])
    done: list[int] = []
    assert handle.rebuild((document(f"d{n}") for n in range(1100)), done.append) == 1100
    assert done == [500, 1000, 1100]
    assert handle.current
    again = cluster.open()
    assert again.count() == 1100
    assert "old" not in dict(again.versions())
    assert found(again)


def test_the_alias_moves_to_the_new_index_and_the_old_one_is_kept(cluster: Cluster) -> None:
    handle = cluster.open()
    first = handle.metadata.name
    handle.rebuild([document("a")])
    second = handle.metadata.name
    assert cluster.aliases() == {"": second, ".previous": first}
    handle.rebuild([document("b")])
    assert cluster.indexes() == {second, handle.metadata.name}


def test_the_old_index_serves_while_the_new_one_is_built(cluster: Cluster) -> None:
    handle = cluster.open()
    handle.write([document("old")])

    def documents() -> Iterator[Document]:
        yield document("new")
        assert found(handle) == {"old"}
        assert handle.status()["rebuilding"]

    handle.rebuild(documents())
    assert found(handle) == {"new"}
    assert not handle.status()["rebuilding"]


def test_writes_and_removals_during_a_rebuild_are_in_both(cluster: Cluster) -> None:
    handle = cluster.open()
    handle.write([document("edited"), document("withdrawn")])

    def documents() -> Iterator[Document]:
        assert handle.write([document("edited", "沙棘果油", version=2), document("posted")]) == 2
        assert handle.remove([("withdrawn", 2)]) == 1
        assert found(handle) == {"posted"}
        yield document("edited")
        yield document("withdrawn")

    handle.rebuild(documents())
    assert dict(handle.versions()) == {"edited": 2, "posted": 1}
    assert found(handle, "沙棘") == {"edited"}


def test_another_process_writes_into_the_index_being_built_and_follows_the_swap(
    cluster: Cluster,
) -> None:
    builder, other = cluster.open(), cluster.open()
    other.write([document("edited")])

    def documents() -> Iterator[Document]:
        assert other.status()["rebuilding"] or other.write([document("noticed")]) == 1
        other.write([document("edited", "沙棘果油", version=2), document("posted")])
        yield document("edited")

    builder.rebuild(documents())
    assert dict(builder.versions())["edited"] == 2
    assert dict(builder.versions())["posted"] == 1
    other.write([document("later")])
    assert other.metadata.name == builder.metadata.name
    assert "later" in dict(builder.versions())


def test_a_write_that_a_swap_overtakes_reaches_the_index_that_serves_now(cluster: Cluster) -> None:
    builder, other = cluster.open(), cluster.open()
    held = other._standing.held.index
    write = held.write

    def overtaken(documents: object) -> int:
        builder.rebuild([document("a")])
        return write(documents)  # type: ignore[arg-type]

    held.write = overtaken  # type: ignore[method-assign]
    assert other.write([document("b")]) == 1
    assert dict(builder.versions()) == {"a": 1, "b": 1}


def test_tombstones_outlive_a_rebuild(cluster: Cluster) -> None:
    handle = cluster.open()
    handle.write([document("withdrawn", version=1)])
    handle.remove([("withdrawn", 3)])
    handle.rebuild([])
    assert handle.write([document("withdrawn", version=2)]) == 0
    assert handle.count() == 0


def test_a_failed_rebuild_leaves_no_trace(cluster: Cluster) -> None:
    handle = cluster.open()
    handle.write([document("old")])
    before = cluster.indexes()

    def documents() -> Iterator[Document]:
        yield document("new")
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError, match="went away"):
        handle.rebuild(documents())
    assert cluster.indexes() == before
    assert found(handle) == {"old"}
    assert handle.rebuild([document("again")]) == 1


def test_a_rebuild_whose_index_lost_documents_does_not_serve(cluster: Cluster) -> None:
    handle = cluster.open()
    handle.write([document("old")])

    def documents() -> Iterator[Document]:
        yield from (document(f"d{n}") for n in range(501))
        name = cluster.aliases()[".building"]
        cluster.client.delete(index=f"{cluster.prefix}-{name}", id="d7")

    with pytest.raises(SearchIndexError, match="1 documents are missing"):
        handle.rebuild(documents())
    assert found(handle) == {"old"}


def test_what_a_killed_process_left_half_built_is_removed_once_it_is_given_up(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.open()
    before = cluster.indexes()
    leaving = cluster.generations()
    leaving.create(new_metadata(SMALL, ANALYSER))
    leaving.close()
    cluster.open()
    assert len(cluster.indexes()) == len(before) + 1  # its builder may still be alive
    monkeypatch.setattr(
        "search_index.backends.elasticsearch.generations.GIVEN_UP", timedelta(seconds=-1)
    )
    cluster.open()
    assert cluster.indexes() == before


def test_what_a_killed_process_of_this_machine_left_goes_at_the_next_start(
    cluster: Cluster,
) -> None:
    handle = cluster.open()
    handle.write([document("old")])
    before = cluster.indexes()
    killed_while_building(cluster)
    assert len(cluster.indexes()) == len(before) + 1
    again = cluster.open()
    assert cluster.indexes() == before
    assert found(again) == {"old"}
    killed_while_building(cluster)
    assert handle.rebuild([document("new")]) == 1  # one that went on meanwhile tidies up, too
    status = handle.status()
    assert cluster.indexes() == {status["name"], status["previous"]}
    assert not status["rebuilding"]


def killed_while_building(cluster: Cluster) -> None:
    """Have a process of its own begin a rebuild, and kill it with its index half built."""
    spawned = multiprocessing.get_context("spawn")
    ours, theirs = spawned.Pipe()
    process = spawned.Process(target=build_half, args=(cluster.address, cluster.prefix, theirs))
    process.start()
    assert ours.poll(60)
    process.kill()
    process.join()


def build_half(address: str, prefix: str, said: Connection) -> None:
    place = AliasedGenerations(Node(address, timeout=30), prefix, Layout())
    handle = IndexHandle(place, analyser=ANALYSER, embedder=SMALL)

    def documents() -> Iterator[Document]:
        yield from (document(f"d{n}") for n in range(501))
        said.send("half")
        threading.Event().wait()

    handle.rebuild(documents())


def test_a_half_that_could_not_be_removed_at_once_goes_later(cluster: Cluster) -> None:
    with proxy_before(cluster.address) as proxy:
        node = Node(proxy.address, timeout=30, pause=0.0)
        place = AliasedGenerations(node, cluster.prefix, Layout())
        handle = IndexHandle(place, analyser=ANALYSER, embedder=SMALL)
        cluster.handles.append(handle)
        before = cluster.indexes()

        def documents() -> Iterator[Document]:
            yield from (document(f"d{n}") for n in range(501))
            proxy.cut()

        with pytest.raises(SearchIndexError, match="no answer"):
            handle.rebuild(documents())
        assert len(cluster.indexes()) == len(before) + 1
        proxy.heal()
        handle.sweep(datetime.now(UTC))
        assert cluster.indexes() == before


def test_an_index_lost_under_a_portal_is_not_searched_before_it_is_rebuilt(
    cluster: Cluster,
) -> None:
    handle, reader = cluster.open(), cluster.open(writable=False)
    handle.rebuild([document("a"), document("b")])
    for name in cluster.indexes():
        cluster.client.indices.delete(index=f"{cluster.prefix}-{name}")
    handle.write([document("b", version=2)])
    for one in (handle, cluster.open(writable=False)):
        with pytest.raises(SearchIndexError, match="was lost"):
            found(one)
    with pytest.raises(SearchIndexError):
        found(reader)
    handle.rebuild([document("a")])
    assert found(handle) == {"a"}


def test_a_sign_of_life_keeps_a_long_build(cluster: Cluster) -> None:
    place = cluster.generations()
    metadata = new_metadata(SMALL, ANALYSER)
    place.create(metadata)
    index = f"{cluster.prefix}-{metadata.name}"

    def alive() -> datetime:
        meta = cluster.client.indices.get_mapping(index=index).body[index]["mappings"]["_meta"]
        return datetime.fromisoformat(meta["alive"])

    first = alive()
    place.keep_alive(metadata.name)
    assert first < alive() <= datetime.now(UTC)
    place.close()


def test_another_prefix_is_left_alone(cluster: Cluster) -> None:
    neighbour = IndexHandle(
        AliasedGenerations(Node(cluster.address), f"{cluster.prefix}-other"),
        analyser=ANALYSER,
        embedder=SMALL,
    )
    cluster.handles.append(neighbour)
    neighbour.write([document("theirs")])
    handle = cluster.open()
    handle.rebuild([document("a")])
    handle.rebuild([document("b")])
    cluster.open()
    assert found(neighbour) == {"theirs"}


def test_a_roll_back_serves_the_index_before(cluster: Cluster) -> None:
    handle = cluster.open()
    with pytest.raises(SearchIndexError, match="no previous index"):
        handle.roll_back()
    handle.rebuild([document("first")])
    handle.rebuild([document("second")])
    handle.roll_back()
    assert found(handle) == {"first"}
    handle.write([document("third")])
    assert found(handle) == {"first", "third"}
    handle.roll_back()
    assert found(handle) == {"second"}


def test_a_reader_follows_the_swap(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search_index.backends.elasticsearch.generations._FRESH", 0.0)
    writer = cluster.open()
    writer.rebuild([document("first")])
    reader = cluster.open(writable=False)
    assert found(reader) == {"first"}
    writer.rebuild([document("second")])
    assert found(reader) == {"second"}
    with pytest.raises(ReadOnlyError):
        reader.write([document("x")])
    with pytest.raises(ReadOnlyError):
        reader.rebuild([])


def test_a_reader_needs_an_index(cluster: Cluster) -> None:
    with pytest.raises(SearchIndexError, match="there is no index"):
        cluster.open(writable=False)


def test_a_write_to_an_index_that_was_removed_does_not_make_it_anew(cluster: Cluster) -> None:
    handle = cluster.open()
    index = f"{cluster.prefix}-{handle.metadata.name}"
    cluster.client.indices.delete(index=index)
    with pytest.raises(SearchIndexError):
        handle._standing.held.index.write([document("late")])
    assert cluster.indexes() == set()


def test_a_cluster_that_lost_everything_is_begun_anew_by_who_runs(cluster: Cluster) -> None:
    handle = cluster.open()
    handle.rebuild([document("a")])
    for name in cluster.indexes():
        cluster.client.indices.delete(index=f"{cluster.prefix}-{name}")
    assert handle.write([document("b")]) == 1
    assert not handle.current
    assert handle.rebuild([document("a"), document("b")]) == 2
    assert found(handle) == {"a", "b"}


def test_an_index_of_another_embedder_serves_until_it_is_rebuilt(cluster: Cluster) -> None:
    cluster.open(SMALL).rebuild([document("a")])
    changed = cluster.open(LARGE)
    changed.write([document("b", by=LARGE)])
    assert changed.status()["current"] is False
    assert np.array_equal(changed.metadata.dimension, SMALL.dimension)
    assert changed.rebuild([document("a", by=LARGE), document("b", by=LARGE)]) == 2
    assert changed.status()["current"] is True
    assert found(changed, by=LARGE) == {"a", "b"}


def test_processes_that_begin_at_once_begin_one_index_and_find_what_each_wrote(
    cluster: Cluster,
) -> None:
    together = Barrier(4)

    def begin_and_write(number: int) -> None:
        together.wait()
        cluster.open().write([document(f"XQ-{number}")])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(begin_and_write, range(4)))
    assert len(cluster.indexes()) == 1
    assert cluster.open(writable=False).count() == 4


def test_a_lost_index_is_begun_anew_beside_the_one_before(cluster: Cluster) -> None:
    handle = cluster.open()
    handle.rebuild([document("XQ-1")])
    assert cluster.aliases()[".previous"] == "first-1"
    cluster.client.indices.delete(index=f"{cluster.prefix}-{handle.metadata.name}")
    assert cluster.open().count() == 0
    assert cluster.aliases()[""] == "first-2"
