"""A new or former index is compared with its source before it serves, and checked by a sample."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from search_index.backends.base import SearchIndexError
from search_index.backends.embedded import EmbeddedIndex
from search_index.documents import Document, Query, Result
from search_index.lifecycle import IndexHandle
from search_index.repair import Repairable, differences
from tests.unit.search_index.test_lifecycle import ANALYSER, SMALL, document, found


@pytest.fixture
def handle(tmp_path: Path) -> Iterator[IndexHandle]:
    opened = IndexHandle(tmp_path / "index", analyser=ANALYSER, embedder=SMALL)
    yield opened
    opened.close()


class Source:
    """A database in small: what an index is compared with."""

    def __init__(self, *documents: Document) -> None:
        self.documents = {document.id: document for document in documents}

    def mend(self, index: Repairable) -> int:
        wanted = [(one.id, one.version) for one in self.documents.values()]
        found = differences(wanted, index.versions())
        index.remove(found.gone)
        return index.write([self.documents[id_] for id_ in found.late])


def test_a_rebuild_brings_in_what_the_source_changed_meanwhile_before_it_serves(
    handle: IndexHandle,
) -> None:
    handle.write([document("old")])
    source = Source(document("edited", "沙棘果油", version=2), document("posted"))
    seen = []

    def mend(index: Repairable) -> int:
        seen.append(found(handle))
        return source.mend(index)

    handle.rebuild([document("edited"), document("withdrawn")], repair=mend)
    assert dict(handle.versions()) == {"edited": 2, "posted": 1}
    assert seen == [{"old"}, {"posted"}]


def test_a_roll_back_serves_with_all_that_was_written_since(handle: IndexHandle) -> None:
    handle.rebuild([document("kept"), document("edited"), document("withdrawn")])
    handle.rebuild([document("kept"), document("edited"), document("withdrawn")])
    handle.write([document("edited", "沙棘果油", version=2), document("posted")])
    handle.remove([("withdrawn", 2)])
    source = Source(document("kept"), document("edited", "沙棘", version=2), document("posted"))
    handle.roll_back(source.mend)
    assert dict(handle.versions()) == {"kept": 1, "edited": 2, "posted": 1}
    assert found(handle) == {"kept", "posted"}
    assert handle.write([document("withdrawn", version=2)]) == 0  # late, and buried by the repair


def test_writes_during_a_roll_back_are_in_the_index_it_brings_back(handle: IndexHandle) -> None:
    handle.rebuild([document("first")])
    handle.rebuild([document("second")])

    def mend(index: Repairable) -> int:
        return handle.write([document("posted")])

    handle.roll_back(mend)
    assert dict(handle.versions()) == {"first": 1, "posted": 1}


def test_a_roll_back_that_fails_changes_nothing(handle: IndexHandle) -> None:
    handle.rebuild([document("first")])
    handle.rebuild([document("second")])

    def fail(index: Repairable) -> int:
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        handle.roll_back(fail)
    assert found(handle) == {"second"}
    handle.roll_back()
    assert found(handle) == {"first"}


def test_an_index_from_which_a_sample_cannot_be_found_does_not_serve(
    handle: IndexHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle.write([document("old")])
    monkeypatch.setattr(EmbeddedIndex, "similarities", lambda *_: {})
    with pytest.raises(SearchIndexError, match="lost its vector"):
        handle.rebuild([document("new")])
    monkeypatch.undo()
    monkeypatch.setattr(EmbeddedIndex, "candidates", lambda *_: [])
    monkeypatch.setattr(EmbeddedIndex, "search", lambda *_: Result((), 0, {}))
    with pytest.raises(SearchIndexError, match="can't be found"):
        handle.rebuild([document("new")])
    monkeypatch.undo()
    assert found(handle) == {"old"}


def test_documents_without_words_or_vectors_are_built_all_the_same(handle: IndexHandle) -> None:
    bare = Document("bare", 1, "demand", texts={"title": "的"}, audiences=("public",))
    hidden = Document("hidden", 1, "demand", texts={"title": "矿井水"})
    assert handle.rebuild([bare, hidden]) == 2


def test_an_empty_index_where_one_is_expected_is_not_searched_before_a_rebuild(
    tmp_path: Path,
) -> None:
    root = tmp_path / "index"
    handle = IndexHandle(root, analyser=ANALYSER, embedder=SMALL, expected=lambda: True)
    handle.write([document("new")])
    query = Query("矿井水").for_audiences("public")
    for ask in (lambda: handle.search(query), lambda: handle.candidates("水", None, query, 1)):
        with pytest.raises(SearchIndexError, match="was lost"):
            ask()
    handle.rebuild([document("old")])
    assert found(handle) == {"old"}
    assert handle.status()["previous"] is None
    handle.close()
