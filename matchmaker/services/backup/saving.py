"""Saves a whole portal into one file while it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, Table, select

from matchmaker import migrations
from matchmaker.domain.calendar import now
from matchmaker.models.database import Database
from matchmaker.services.backup.archive import ArchiveWriter, new_archive
from matchmaker.services.backup.manifest import FileShare, Manifest
from matchmaker.services.backup.tables import columns_of, lines_of, tables_of
from matchmaker.services.files import FolderStore


@dataclass(frozen=True, slots=True)
class Saved:
    """What a backup holds.

    Attributes:
        manifest: of the archive.
        size: bytes of the archive.
    """

    manifest: Manifest
    size: int


class Saving:
    """Makes archives.

    Args:
        database: what is saved, as it stands at one moment.
        store: contents of attachments.
        settings: names and values that go along, to compare by; no secrets among them.
    """

    def __init__(self, database: Database, store: FolderStore, settings: Mapping[str, str]) -> None:
        self._database = database
        self._store = store
        self._settings = dict(settings)

    def save(self, path: Path) -> Saved:
        """Write an archive; there is none of this name before all of it is on disk.

        Raises:
            ArchiveError: the file can't be written, or an attachment was altered on disk.
        """
        with new_archive(path) as archive, snapshot(self._database) as connection:
            manifest = self._write(archive, connection)
        return Saved(manifest, path.stat().st_size)

    def _write(self, archive: ArchiveWriter, connection: Connection) -> Manifest:
        settings_sha256 = archive.settings(self._settings)
        tables = tables_of(connection)
        shares = {
            table.name: archive.table(
                table.name,
                [column.name for column in columns_of(table)],
                lines_of(connection, table),
            )
            for table in tables
        }
        files, missing = self._write_files(archive, _hashes(connection, tables))
        manifest = Manifest(
            schema_revision=migrations.revision_of(connection),
            made_at=now().isoformat(timespec="seconds"),
            made_by=f"matchmaker {version('matchmaker')}",
            tables=shares,
            files=files,
            missing=missing,
            settings_sha256=settings_sha256,
        )
        archive.manifest(manifest)
        return manifest

    def _write_files(
        self, archive: ArchiveWriter, hashes: Sequence[str]
    ) -> tuple[list[FileShare], list[str]]:
        """A row is written after its content is in the store, so all are there unless removed."""
        files, missing = [], []
        for sha256 in hashes:
            try:
                content = self._store.open(sha256)
            except FileNotFoundError:
                missing.append(sha256)
                continue
            with content:
                files.append(archive.file(sha256, content))
        return files, missing


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """A transaction that sees the database as it stands at one moment, whoever writes meanwhile.

    SQLite's journal gives that to every transaction that reads.
    """
    engine = database.engine
    if not database.is_sqlite:
        engine = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    with engine.connect() as connection, connection.begin():
        yield connection


def _hashes(connection: Connection, tables: Sequence[Table]) -> list[str]:
    attachments = next((table for table in tables if table.name == "attachments"), None)
    if attachments is None:
        return []
    return sorted(connection.scalars(select(attachments.c.sha256).distinct()))
