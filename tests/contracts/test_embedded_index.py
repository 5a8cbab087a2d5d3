"""The embedded backend keeps the contract, and survives what happens to files and processes."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from search_index.analysis import Analyser
from search_index.backends.base import (
    ReadOnlyError,
    SearchIndex,
    SearchIndexError,
    WriterBusyError,
)
from search_index.backends.embedded import EmbeddedIndex
from search_index.fusion import Ranking
from tests.contracts.search_index_contract import (
    EMBEDDER,
    TITLES,
    SearchIndexContract,
    asking,
    document,
    found,
)

ANALYSER = Analyser()
Opener = Callable[..., EmbeddedIndex]

# Writes documents forever and says after each commit which one is safe.
WRITER = """
import sys
from pathlib import Path
from search_index.analysis import Analyser
from search_index.backends.embedded import EmbeddedIndex
from search_index.documents import Document

index = EmbeddedIndex(Path(sys.argv[1]), analyser=Analyser(), dimension=16)
first = int(sys.argv[2])
for number in range(first, first + 100_000):
    index.write(
        Document(id_, number + 1, "demand", texts={"title": title}, audiences=("public",))
        for id_, title in ((f"d{number}", "矿井水处理"), ("again", "反复修改"))
    )
    print(number, flush=True)
"""


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    """Opens the index of this test's folder; closes all at the end."""
    indexes: list[EmbeddedIndex] = []

    def open_index(
        *, read_only: bool = False, dimension: int = EMBEDDER.dimension
    ) -> EmbeddedIndex:
        indexes.append(
            EmbeddedIndex(
                tmp_path / "index",
                analyser=ANALYSER,
                dimension=dimension,
                ranking=Ranking(floor=EMBEDDER.floor),
                read_only=read_only,
            )
        )
        return indexes[-1]

    yield open_index
    for index in indexes:
        index.close()


class TestEmbeddedIndex(SearchIndexContract):
    @pytest.fixture
    def index(self, opened: Opener) -> SearchIndex:
        return opened()


def test_a_reopened_index_holds_what_was_written_and_removed(opened: Opener) -> None:
    with closing(opened()) as index:
        index.write([document(id_) for id_ in TITLES])
        index.write([document("wind", "换了一个题目", version=2)])
        index.remove([("water", 2)])
    again = opened()
    assert again.count() == len(TITLES) - 1
    assert found(again, asking("换了一个题目")) == ["wind"]
    assert again.write([document("water", version=1)]) == 0
    again.verify()


def test_a_second_writer_is_refused_and_told_who_writes(opened: Opener) -> None:
    opened()
    with pytest.raises(WriterBusyError, match=r"being written by process \d+"):
        opened()


def test_the_writer_s_place_is_free_again_after_close(opened: Opener) -> None:
    opened().close()
    assert opened().count() == 0


def test_a_reader_sees_what_the_writer_commits(opened: Opener) -> None:
    writer, reader = opened(), opened(read_only=True)
    assert found(reader, asking("矿井水")) == []
    writer.write([document("water"), document("wind")])
    assert found(reader, asking("矿井水")) == ["water"]
    writer.write([document("water", "沙棘果油", version=2)])
    writer.remove([("wind", 2)])
    assert found(reader, asking("矿井水")) == []
    assert found(reader, asking("沙棘")) == ["water"]
    assert dict(reader.versions()) == {"water": 2}


def test_a_reader_notices_a_removal_whose_tombstone_was_swept(opened: Opener) -> None:
    writer, reader = opened(), opened(read_only=True)
    writer.write([document("water")])
    assert reader.count() == 1
    writer.remove([("water", 2)])
    writer.sweep(datetime.now(UTC) + timedelta(seconds=1))
    assert reader.count() == 0


def test_a_reader_can_not_write(opened: Opener) -> None:
    opened().close()
    reader = opened(read_only=True)
    with pytest.raises(ReadOnlyError):
        reader.write([document("water")])
    with pytest.raises(ReadOnlyError):
        reader.remove([("water", 1)])


def test_a_reader_needs_an_index(opened: Opener) -> None:
    with pytest.raises(SearchIndexError, match="no index"):
        opened(read_only=True)


@pytest.mark.parametrize("damage", ["gone", "garbled"])
def test_a_damaged_lexical_folder_is_rebuilt_from_the_store(
    opened: Opener, tmp_path: Path, damage: str
) -> None:
    with closing(opened()) as index:
        index.write([document(id_) for id_ in TITLES])
    lexical = tmp_path / "index" / "lexical"
    if damage == "gone":
        shutil.rmtree(lexical)
    else:
        (lexical / "meta.json").write_text("{", encoding="utf-8")
    again = opened()
    assert found(again, asking("矿井水处理"))[0] == "water"
    again.verify()


def test_a_lexical_folder_that_lags_behind_or_runs_ahead_is_mended(
    opened: Opener, tmp_path: Path
) -> None:
    folder = tmp_path / "index"
    with closing(opened()) as index:
        index.write([document("water"), document("wind")])
    shutil.copytree(folder / "lexical", tmp_path / "earlier")
    with closing(opened()) as index:
        index.write([document("wind", "风电叶片", version=2), document("cashmere")])
        index.remove([("water", 2)])
    shutil.rmtree(folder / "lexical")
    (tmp_path / "earlier").rename(folder / "lexical")
    again = opened()
    again.verify()
    assert found(again, asking("矿井水")) == []
    assert found(again, asking("风电叶片")) == ["wind"]
    assert found(again, asking("羊绒")) == ["cashmere"]


def test_many_rewrites_of_few_documents_are_packed(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search_index.backends.embedded.index._DEAD_BEFORE_PACKING", 10)
    index = opened()
    for version in range(1, 40):
        index.write([document("water", version=version), document("wind", version=version)])
    assert index.count() == 2
    assert found(index, asking("矿井水")) == ["water"]
    vector = EMBEDDER.encode([TITLES["wind"]])[0]
    assert index.similarities(vector, ["wind"])["wind"] == pytest.approx(1.0, abs=0.01)


def test_a_failed_commit_is_told_and_mended_by_the_next_one(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = opened()
    lexical = index._lexical
    with monkeypatch.context() as patched:
        patched.setattr(lexical, "searcher", _disk_full)
        with pytest.raises(SearchIndexError, match="disk full"):
            index.write([document("water")])
    index.write([document("wind")])
    assert found(index, asking("矿井水")) == ["water"]
    index.verify()


def _disk_full() -> None:
    raise OSError("disk full")


def test_writing_to_a_closed_index_fails_clearly(opened: Opener) -> None:
    index = opened()
    index.close()
    with pytest.raises(SearchIndexError, match="closed"):
        index.write([document("water")])


@pytest.mark.faults
def test_a_killed_writer_loses_nothing_it_had_promised(tmp_path: Path) -> None:
    promised = -1
    for line_to_die_at in (3, 17, 30):
        promised = _write_until_killed(tmp_path, promised + 1, line_to_die_at)
        index = EmbeddedIndex(tmp_path, analyser=ANALYSER, dimension=16)
        with closing(index):
            index.verify()
            held = dict(index.versions())
            assert {f"d{n}" for n in range(promised + 1)} <= held.keys()
            assert held["again"] > promised
            assert index.search(asking("矿井水")).total == len(held) - 1
            assert index.search(asking("反复修改")).total == 1


def _write_until_killed(folder: Path, first: int, lines: int) -> int:
    """Let a process write, kill it in the middle, and return the last number it had promised."""
    command = [sys.executable, "-c", WRITER, str(folder), str(first)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as writer:
        assert writer.stdout is not None
        said = [int(writer.stdout.readline()) for _ in range(lines)]
        writer.send_signal(signal.SIGKILL)
        said += [int(line) for line in writer.stdout if line.endswith("\n")]
    return said[-1]
