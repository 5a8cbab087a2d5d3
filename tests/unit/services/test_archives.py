"""An archive that was damaged, cut, forged or made by somebody else is refused as a whole."""

from __future__ import annotations

import gzip
import hashlib
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from matchmaker import migrations
from matchmaker.bootstrap import Container
from matchmaker.domain.kinds import EntryKind
from matchmaker.models import Base
from matchmaker.services.backup.archive import line_of
from matchmaker.services.backup.errors import ArchiveError
from matchmaker.services.backup.reading import open_archive
from matchmaker.services.backup.tables import tables_of
from matchmaker.services.backup.values import kind_of
from tests.support.archives import add, attach, files_of, portal_in, rewritten
from tests.support.world import World, populate

# One archive serves all examples of a property: it is only read.
TRIES = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PEOPLE = "tables/people/000001.jsonl.gz"


@pytest.fixture(scope="module")
def archive(shared: Container, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    with portal_in(folder / "data", "sqlite", shared) as container:
        migrations.upgrade(container.database)
        populate(container)
        World(container).draft("firm", EntryKind.DEMAND)
        attach(container)
        container.saving.save(folder / "good.backup")
    return folder / "good.backup"


@pytest.fixture
def target(shared: Container, tmp_path: Path) -> Iterator[Container]:
    with portal_in(tmp_path / "target", "sqlite", shared) as container:
        yield container


def refused(target: Container, file: Path, words: str) -> None:
    """A restore says why it does nothing, and does nothing."""
    with pytest.raises(ArchiveError, match=words):
        target.restoring.restore(file)
    assert migrations.current(target.database) == ""
    assert files_of(target) == {}


def with_manifest(archive: Path, copy: Path, **changes: object) -> Path:
    def rewrite(name: str, content: bytes) -> tuple[str, bytes]:
        if name == "manifest.json":
            content = json.dumps({**json.loads(content), **changes}).encode()
        return name, content

    return rewritten(archive, copy, rewrite)


def forged(archive: Path, copy: Path, row: list[object]) -> Path:
    """An archive whose table of people holds one other row, with a digest that agrees."""
    line = line_of(row)

    def rewrite(name: str, content: bytes) -> tuple[str, bytes]:
        if name == PEOPLE:
            return name, gzip.compress(line)
        if name == "manifest.json":
            manifest = json.loads(content)
            share = manifest["tables"]["people"]
            share["rows"] = 1
            header = line_of(["people", *share["columns"]])
            share["sha256"] = hashlib.sha256(header + line).hexdigest()
            return name, json.dumps(manifest).encode()
        return name, content

    return rewritten(archive, copy, rewrite)


def test_the_archive_itself_is_good(archive: Path) -> None:
    with open_archive(archive) as held:
        held.verify()


@pytest.mark.parametrize(
    "name",
    ["../../outside", "/etc/passwd", "tables/../../outside", "files/../x", "tables/people/1.gz",
     "files/" + "g" * 64, "files/" + "0" * 64, "tables/unknown/000001.jsonl.gz",
     "tables/people/000009.jsonl.gz", "manifest.json", "settings.json"],
)  # fmt: skip
def test_a_member_that_no_backup_holds_is_refused(
    archive: Path, target: Container, tmp_path: Path, name: str
) -> None:
    copy = rewritten(archive, tmp_path / "copy", lambda name, content: (name, content))
    with tarfile.open(copy, "a") as tar:
        add(tar, name, b"anything")
    refused(target, copy, "damaged or was altered")
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE]
)
def test_a_member_that_is_no_plain_file_is_refused(
    archive: Path, target: Container, tmp_path: Path, kind: bytes
) -> None:
    copy = rewritten(archive, tmp_path / "copy", lambda name, content: (name, content))
    with tarfile.open(copy, "a") as tar:
        add(tar, "files/" + "0" * 64, b"", kind)
    refused(target, copy, "damaged or was altered")


@pytest.mark.parametrize("start", ["tables/people/", "files/", "settings.json"])
def test_altered_content_is_refused(
    archive: Path, target: Container, tmp_path: Path, start: str
) -> None:
    def alter(name: str, content: bytes) -> tuple[str, bytes]:
        if not name.startswith(start):
            return name, content
        if name.endswith(".gz"):
            return name, gzip.compress(gzip.decompress(content).replace(b"firm", b"evil"))
        return name, content + b" "

    refused(target, rewritten(archive, tmp_path / "copy", alter), "not what the manifest says")


@pytest.mark.parametrize("start", ["tables/people/", "files/", "settings.json"])
def test_a_missing_member_is_refused(
    archive: Path, target: Container, tmp_path: Path, start: str
) -> None:
    copy = rewritten(
        archive, tmp_path / "copy", lambda name, c: None if name.startswith(start) else (name, c)
    )
    refused(target, copy, "not what the manifest says")


def test_an_archive_without_its_end_is_told_to_be_cut_off(
    archive: Path, target: Container, tmp_path: Path
) -> None:
    copy = rewritten(
        archive, tmp_path / "copy", lambda name, c: None if name == "manifest.json" else (name, c)
    )
    refused(target, copy, "cut off")


def test_what_a_newer_version_made_is_told_to_be_newer(
    archive: Path, target: Container, tmp_path: Path
) -> None:
    refused(target, with_manifest(archive, tmp_path / "a", format=2), "newer version")
    newer = with_manifest(archive, tmp_path / "b", schema_revision="9999_later")
    refused(target, newer, "newer version.*9999_later")


def test_what_is_no_backup_is_told_to_be_none(
    archive: Path, target: Container, tmp_path: Path
) -> None:
    (tmp_path / "text").write_text("a letter", encoding="utf-8")
    (tmp_path / "nothing").write_bytes(b"")
    refused(target, tmp_path / "text", "no backup of this portal")
    refused(target, tmp_path / "nothing", "no backup of this portal")
    with tarfile.open(tmp_path / "other.tar", "w") as tar:
        add(tar, "photos/1.jpg", b"x")
    refused(target, tmp_path / "other.tar", "no backup of this portal")
    other = with_manifest(archive, tmp_path / "other", what="something-else")
    refused(target, other, "no backup of this portal")
    unknown = with_manifest(archive, tmp_path / "unknown", schema_revision="0000_of_others")
    refused(target, unknown, "no backup of this portal")
    refused(target, tmp_path / "absent", "can't be read")


def test_rows_that_are_none_are_refused_although_their_digest_agrees(
    archive: Path, target: Container, tmp_path: Path
) -> None:
    with open_archive(archive) as held:
        [row, *_] = held.rows("people")
        columns = held.manifest.tables["people"].columns
    refused(target, forged(archive, tmp_path / "short", row[:-1]), "damaged")
    wrong = [*row]
    wrong[columns.index("email")] = 5
    refused(target, forged(archive, tmp_path / "type", wrong), "damaged")
    wrong[columns.index("email")] = None
    refused(target, forged(archive, tmp_path / "null", wrong), "database refused its rows")


def test_rows_that_point_nowhere_are_refused(
    archive: Path, target: Container, tmp_path: Path
) -> None:
    with open_archive(archive) as held:
        [row, *_] = held.rows("people")
    with pytest.raises(Exception, match="point to rows that are not there"):
        target.restoring.restore(forged(archive, tmp_path / "copy", row))
    assert migrations.current(target.database) == ""


@TRIES
@given(share=st.floats(0, 1, exclude_max=True))
@example(share=0.0)
def test_wherever_it_is_cut_it_is_refused(archive: Path, tmp_path: Path, share: float) -> None:
    with tarfile.open(archive) as tar:
        end = tar.getmembers()[-1]
        whole = end.offset_data + end.size
    cut = tmp_path / "cut"
    cut.write_bytes(archive.read_bytes()[: int(whole * share)])
    with pytest.raises(ArchiveError), open_archive(cut) as held:
        held.verify()


@TRIES
@given(share=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_is_found_or_changes_nothing(
    archive: Path, tmp_path: Path, share: float, bit: int
) -> None:
    content = bytearray(archive.read_bytes())
    content[int(len(content) * share)] ^= 1 << bit
    flipped = tmp_path / "flipped"
    flipped.write_bytes(content)
    try:
        with open_archive(flipped) as held:
            held.verify()
            with open_archive(archive) as good:
                assert held.manifest.tables == good.manifest.tables
    except ArchiveError:
        pass


def test_every_column_can_be_saved(target: Container) -> None:
    migrations.upgrade(target.database)
    with target.database.engine.connect() as connection:
        tables = tables_of(connection, frozenset())
        assert {table.name for table in tables} == set(Base.metadata.tables)
        assert all(kind_of(column.type) for table in tables for column in table.columns)


def test_no_tables_point_to_each_other_in_a_circle() -> None:
    # A restore loads parents before children; a circle would need its constraints put off.
    assert len(Base.metadata.sorted_tables) == len(Base.metadata.tables)
    for table in Base.metadata.tables.values():
        assert all(key.column.table is not table for key in table.foreign_keys), table.name
