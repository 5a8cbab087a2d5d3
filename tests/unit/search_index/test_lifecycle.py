"""Generations: an index is rebuilt while it serves, and nothing written meanwhile is lost."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from search_index.analysis import Analyser
from search_index.backends.base import ReadOnlyError, SearchIndexError, WriterBusyError
from search_index.documents import Document, Query, passage
from search_index.embedders import Embedder, HashingEmbedder
from search_index.lifecycle import IndexHandle
from search_index.repair import Differences, differences

ANALYSER = Analyser()
SMALL, LARGE = HashingEmbedder(32), HashingEmbedder(512)
Opener = Callable[..., IndexHandle]


class Vanished:
    """An embedder whose package is gone when the index is opened again."""

    name, version, dimension, floor = "no/such/model", "1", 32, 0.2
    weight, bilingual = 0.3, False

    def encode(self, texts: list[str]) -> np.ndarray:
        return SMALL.encode(texts)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    handles: list[IndexHandle] = []

    def open_handle(embedder: Embedder = SMALL, *, writable: bool = True) -> IndexHandle:
        root = tmp_path / "index"
        handles.append(IndexHandle(root, analyser=ANALYSER, embedder=embedder, writable=writable))
        return handles[-1]

    yield open_handle
    for handle in handles:
        handle.close()


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


def generations(root: Path) -> set[str]:
    return {path.name for path in (root / "index" / "generations").iterdir()}


def test_a_first_start_serves_an_empty_index_that_waits_for_a_build(opened: Opener) -> None:
    handle = opened()
    assert handle.count() == 0
    assert not handle.current
    assert handle.status()["previous"] is None


def test_a_rebuild_replaces_all_documents_and_reports_its_progress(opened: Opener) -> None:
    handle = opened()
    handle.write([document("old")])
    done: list[int] = []
    documents = (document(f"d{n}") for n in range(1100))
    assert handle.rebuild(documents, done.append) == 1100
    assert done == [500, 1000, 1100]
    assert handle.current
    assert "old" not in dict(handle.versions())
    assert found(handle) <= {f"d{n}" for n in range(1100)}


def test_a_rebuilt_index_serves_after_a_restart(opened: Opener) -> None:
    handle = opened()
    handle.rebuild([document("a")])
    handle.close()
    assert found(opened()) == {"a"}


def test_the_old_index_serves_while_the_new_one_is_built(opened: Opener) -> None:
    handle = opened()
    handle.write([document("old")])

    def documents() -> Iterator[Document]:
        yield document("new")
        assert found(handle) == {"old"}
        assert handle.status()["rebuilding"]

    handle.rebuild(documents())
    assert found(handle) == {"new"}
    assert not handle.status()["rebuilding"]


def test_writes_and_removals_during_a_rebuild_are_in_both(opened: Opener) -> None:
    handle = opened()
    handle.write([document("edited"), document("withdrawn")])

    def documents() -> Iterator[Document]:
        handle.write([document("edited", "沙棘果油", version=2), document("posted")])
        handle.remove([("withdrawn", 2)])
        assert found(handle) == {"posted"}
        yield document("edited")
        yield document("withdrawn")

    handle.rebuild(documents())
    assert dict(handle.versions()) == {"edited": 2, "posted": 1}
    assert found(handle, "沙棘") == {"edited"}


def test_tombstones_outlive_a_rebuild(opened: Opener) -> None:
    handle = opened()
    handle.write([document("withdrawn", version=1)])
    handle.remove([("withdrawn", 3)])
    handle.rebuild([])
    assert handle.write([document("withdrawn", version=2)]) == 0
    assert handle.count() == 0


def test_a_failed_rebuild_leaves_no_trace(opened: Opener, tmp_path: Path) -> None:
    handle = opened()
    handle.write([document("old")])
    before = generations(tmp_path)

    def documents() -> Iterator[Document]:
        yield document("new")
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError, match="went away"):
        handle.rebuild(documents())
    assert generations(tmp_path) == before
    assert found(handle) == {"old"}
    assert handle.rebuild([document("again")]) == 1


def test_what_a_crash_left_half_built_is_removed_at_the_next_start(
    opened: Opener, tmp_path: Path
) -> None:
    handle = opened()
    handle.close()
    before = generations(tmp_path)
    (tmp_path / "index" / "generations" / "half-built").mkdir()
    opened()
    assert generations(tmp_path) == before


def test_two_rebuilds_at_once_are_refused(opened: Opener) -> None:
    handle = opened()

    def documents() -> Iterator[Document]:
        with pytest.raises(SearchIndexError, match="already running"):
            handle.rebuild([])
        with pytest.raises(SearchIndexError, match="already running"):
            handle.roll_back()
        yield document("a")

    assert handle.rebuild(documents()) == 1


def test_a_roll_back_serves_the_index_before(opened: Opener) -> None:
    handle = opened()
    handle.rebuild([document("first")])
    handle.rebuild([document("second")])
    handle.roll_back()
    assert found(handle) == {"first"}
    handle.write([document("third")])
    assert found(handle) == {"first", "third"}
    handle.roll_back()
    assert found(handle) == {"second"}


def test_there_is_nothing_to_roll_back_to_at_first(opened: Opener) -> None:
    with pytest.raises(SearchIndexError, match="no previous index"):
        opened().roll_back()


def test_only_the_serving_index_and_the_one_before_are_kept(opened: Opener, tmp_path: Path) -> None:
    handle = opened()
    for name in ("a", "b", "c"):
        handle.rebuild([document(name)])
    status = handle.status()
    assert generations(tmp_path) == {status["name"], status["previous"]}


def test_searches_go_on_through_swaps(opened: Opener) -> None:
    handle = opened()
    handle.write([document("a")])
    stop = threading.Event()
    seen: list[set[str]] = []

    def search() -> None:
        while not stop.is_set():
            seen.append(found(handle))

    reader = threading.Thread(target=search)
    reader.start()
    for _ in range(4):
        handle.rebuild([document("a")])
    stop.set()
    reader.join()
    assert seen
    assert all(ids == {"a"} for ids in seen)


def test_a_reader_follows_the_swap(opened: Opener) -> None:
    writer = opened()
    writer.rebuild([document("first")])
    reader = opened(writable=False)
    assert found(reader) == {"first"}
    writer.rebuild([document("second")])
    assert found(reader) == {"second"}
    with pytest.raises(ReadOnlyError):
        reader.write([document("x")])
    with pytest.raises(ReadOnlyError):
        reader.rebuild([])


def test_a_reader_needs_an_index(opened: Opener) -> None:
    with pytest.raises(SearchIndexError, match="there is no index"):
        opened(writable=False)


def test_a_second_writer_is_refused(opened: Opener) -> None:
    opened()
    with pytest.raises(WriterBusyError):
        opened()


def test_an_index_of_another_embedder_serves_until_it_is_rebuilt(opened: Opener) -> None:
    handle = opened(SMALL)
    handle.rebuild([document("a")])
    handle.close()
    changed = opened(Vanished())
    changed.write([document("b", by=LARGE)])
    assert changed.status()["current"] is False
    assert changed.metadata.embedder == "hashing"
    assert changed.similarities(SMALL.encode(["矿井水"])[0], ["a"]) == {}
    assert changed.rebuild([document("a"), document("b")]) == 2
    assert changed.status()["current"] is True
    assert found(changed, by=SMALL) == {"a", "b"}


def test_queries_are_embedded_by_the_embedder_that_serves(opened: Opener) -> None:
    default = HashingEmbedder()
    first = opened(default)
    first.rebuild([document("a", by=default)])
    first.close()
    changed = opened(SMALL)
    assert changed.embedder is not None
    assert changed.embedder.version == default.version
    query = Query("矿井水处理").for_audiences("public").near(SMALL.encode(["矿井水处理"])[0])
    (hit,) = changed.search(query).hits
    assert hit.similarity == pytest.approx(1.0, abs=0.01)
    (candidate,) = changed.candidates("矿井水处理", query.vector, query, 5)
    assert candidate.similarity == pytest.approx(1.0, abs=0.01)


def test_without_its_embedder_an_index_is_searched_by_words(opened: Opener) -> None:
    gone = Vanished()
    first = opened(gone)
    first.rebuild([document("a")])
    first.close()
    changed = opened(LARGE)
    assert changed.embedder is None
    assert found(changed, by=LARGE) == {"a"}
    assert changed.write([document("b", by=LARGE)]) == 1
    assert found(changed, by=LARGE) == {"a", "b"}


def test_a_serving_index_that_vanished_is_begun_anew(opened: Opener, tmp_path: Path) -> None:
    handle = opened()
    handle.rebuild([document("a")])
    handle.close()
    shutil.rmtree(tmp_path / "index" / "generations")
    again = opened()
    assert again.count() == 0
    assert not again.current


def test_differences_name_what_is_late_and_what_is_gone() -> None:
    wanted = [("same", 2), ("older", 5), ("missing", 1), ("ahead", 1)]
    held = [("same", 2), ("older", 4), ("ahead", 3), ("extra", 7)]
    assert differences(wanted, held) == Differences(("older", "missing"), (("extra", 8),))
