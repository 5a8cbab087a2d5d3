"""What was saved comes back row by row and file by file, whatever database it goes into."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from matchmaker import migrations
from matchmaker.bootstrap import Container
from matchmaker.domain.actors import VISITOR
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.work import JobKind
from matchmaker.models import Entry, Job, Organisation
from matchmaker.services.backup.errors import ArchiveError
from matchmaker.services.backup.saving import snapshot
from matchmaker.services.backup.tables import digest_of, tables_of
from matchmaker.services.jobs import enqueue
from matchmaker.services.searching import SearchRequest
from tests.support.archives import attach, files_of, portal_in, rows_of
from tests.support.processes import run
from tests.support.world import World

ON_POSTGRES = pytest.param("postgresql", marks=pytest.mark.postgres)


@pytest.fixture(scope="module")
def full(
    seeded: Container, shared: Container, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Container]:
    """A portal of its own with the sample data and two attachments, one of them taken off again."""
    folder = tmp_path_factory.mktemp("full")
    seeded.saving.save(folder / "seeded.backup")
    with portal_in(folder / "data", "sqlite", shared) as container:
        container.restoring.restore(folder / "seeded.backup")
        attach(container)
        attach(container, b"%PDF-1.4\n% another\n%%EOF\n")
        yield container


@pytest.fixture(params=["sqlite", ON_POSTGRES])
def source(
    request: pytest.FixtureRequest, full: Container, shared: Container, tmp_path: Path
) -> Iterator[Container]:
    """The full portal on either database."""
    if request.param == "sqlite":
        yield full
        return
    full.saving.save(tmp_path / "full.backup")
    with portal_in(tmp_path / "source", "postgresql", shared) as container:
        container.restoring.restore(tmp_path / "full.backup")
        yield container


@pytest.fixture(params=["sqlite", ON_POSTGRES])
def target(
    request: pytest.FixtureRequest, shared: Container, tmp_path: Path
) -> Iterator[Container]:
    """A portal that was never started."""
    with portal_in(tmp_path / "target", request.param, shared) as container:
        yield container


def test_every_row_and_file_comes_back_and_can_be_found(
    source: Container, target: Container, tmp_path: Path
) -> None:
    file = tmp_path / "portal.backup"
    saved = source.saving.save(file)
    target.restoring.restore(file)

    before, after = rows_of(source), rows_of(target)
    assert sum(map(len, before.values())) == saved.manifest.rows > 1000
    for name, rows in before.items():
        assert after[name] == rows, name
    assert files_of(target) == files_of(source)
    assert len(files_of(target)) == 2

    target.rebuilding.rebuild()
    found = target.search.find(VISITOR, SearchRequest(text="高盐矿井水分质结晶"))
    assert found.total > 0


def test_a_restored_portal_numbers_new_rows_behind_the_old(
    full: Container, target: Container, tmp_path: Path
) -> None:
    full.saving.save(tmp_path / "portal.backup")
    target.restoring.restore(tmp_path / "portal.backup")
    attach(target, b"%PDF-1.4\n% after the restore\n%%EOF\n")
    assert len(files_of(target)) == 3


def test_a_backup_sees_one_moment_whoever_writes_meanwhile(source: Container) -> None:
    with snapshot(source.database) as connection:
        tables = {table.name: table for table in tables_of(connection)}
        before = digest_of(connection, tables["jobs"])
        with source.database.write() as session:
            enqueue(session, JobKind.REBUILD, "written meanwhile")
        assert digest_of(connection, tables["jobs"]) == before
    with source.database.write() as session:
        written = session.scalars(select(Job).where(Job.subject == "written meanwhile")).all()
        assert len(written) == 1
        session.delete(written[0])


def test_a_portal_that_holds_data_is_left_alone_unless_it_shall_be_replaced(
    container: Container, full: Container, tmp_path: Path
) -> None:
    file = tmp_path / "portal.backup"
    full.saving.save(file)
    World(container).draft("firm", EntryKind.DEMAND)
    attach(container, b"%PDF-1.4\n% only here\n%%EOF\n")
    before = rows_of(container)
    with pytest.raises(ArchiveError, match="holds data already"):
        container.restoring.restore(file)
    assert rows_of(container) == before

    container.restoring.restore(file, replace=True)
    assert rows_of(container) == rows_of(full)
    assert files_of(container) == files_of(full)


def test_an_archive_of_an_earlier_schema_is_restored_and_migrated(
    shared: Container, target: Container, tmp_path: Path
) -> None:
    first = min(migrations.revisions())
    with portal_in(tmp_path / "old", "sqlite", shared) as old:
        with migrations.changing(old.database) as connection:
            migrations.upgrade_in(connection, first)
            tables = {table.name: table for table in tables_of(connection)}
            values = {"id": 7, "name": "示例甲企业", "kind": "firm", "region": "150603"}
            values |= {"status": "active", "created_at": func.now()}
            missing = {
                column.name: column.type.python_type()
                for column in tables["organisations"].columns
                if not column.nullable and column.name not in values
            }
            connection.execute(tables["organisations"].insert().values(**values, **missing))
        saved = old.saving.save(tmp_path / "old.backup")
    assert saved.manifest.schema_revision == first

    migrations.upgrade(target.database)
    target.restoring.restore(tmp_path / "old.backup")
    assert migrations.current(target.database) == migrations.head()
    with target.database.read() as session:
        assert session.scalars(select(Organisation.name)).all() == ["示例甲企业"]


def test_an_attachment_that_is_gone_is_named_and_the_rest_is_saved(
    full: Container, shared: Container, tmp_path: Path
) -> None:
    full.saving.save(tmp_path / "first.backup")
    with portal_in(tmp_path / "holed", "sqlite", shared) as holed:
        holed.restoring.restore(tmp_path / "first.backup")
        gone = holed.files.names()[0]
        holed.files.remove(gone)
        saved = holed.saving.save(tmp_path / "second.backup")
    assert saved.manifest.missing == [gone]
    assert len(saved.manifest.files) == 1


def test_an_attachment_that_was_altered_on_disk_stops_the_backup(
    full: Container, shared: Container, tmp_path: Path
) -> None:
    full.saving.save(tmp_path / "first.backup")
    with portal_in(tmp_path / "holed", "sqlite", shared) as holed:
        holed.restoring.restore(tmp_path / "first.backup")
        name = holed.files.names()[0]
        [path] = (tmp_path / "holed").rglob(name)
        path.write_bytes(b"%PDF something else")
        with pytest.raises(ArchiveError, match="not what it was"):
            holed.saving.save(tmp_path / "second.backup")
    assert not (tmp_path / "second.backup").exists()
    assert list(tmp_path.glob("*.partial-*")) == []


def test_a_backup_holds_no_secret_and_only_its_owner_reads_it(
    full: Container, tmp_path: Path
) -> None:
    file = tmp_path / "portal.backup"
    full.saving.save(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert full.settings.secret_key.get_secret_value().encode() not in file.read_bytes()
    with pytest.raises(ArchiveError, match="exists already"):
        full.saving.save(file)


@pytest.mark.slow
def test_the_commands_save_and_restore_and_say_so(full: Container, tmp_path: Path) -> None:
    file = tmp_path / "portal.backup"
    saved = run(full.settings.data_dir, "backup", str(file), "--json")
    assert saved.returncode == 0, saved.stderr
    facts = json.loads(saved.stdout)
    assert facts["files"] == 2

    restored = run(tmp_path / "new", "restore", str(file), MATCHMAKER_SITE_NAME="另一平台")
    assert restored.returncode == 0, restored.stderr
    assert "Restored" in restored.stdout
    assert "MATCHMAKER_SITE_NAME" in restored.stdout
    assert "The index holds" in restored.stdout
    again = run(tmp_path / "new", "restore", str(file))
    assert again.returncode == 2
    assert "--replace" in again.stderr
    unsure = run(tmp_path / "new", "restore", str(file), "--replace")
    assert unsure.returncode == 1
    sure = run(tmp_path / "new", "restore", str(file), "--replace", "--yes")
    assert sure.returncode == 0, sure.stderr


def test_a_portal_whose_worker_lives_is_not_restored_into(container: Container) -> None:
    assert not container.restoring.is_running()
    container.jobs.beat("worker")
    assert container.restoring.is_running()


def test_entries_are_what_makes_a_portal_full(container: Container) -> None:
    assert not container.restoring.is_empty()
    with container.database.read() as session:
        assert session.scalar(select(func.count(Entry.id))) == 0
