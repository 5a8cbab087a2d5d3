"""Restores a portal from an archive: all of it, or nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.exc import DataError, IntegrityError

from matchmaker import migrations
from matchmaker.models import Base, Entry, Heartbeat, Organisation, Person
from matchmaker.models.database import Database, database_now
from matchmaker.services.backup import errors
from matchmaker.services.backup.manifest import Manifest
from matchmaker.services.backup.reading import ArchiveReader, open_archive
from matchmaker.services.backup.tables import count_on, digest_of, empty, load, tables_of
from matchmaker.services.files import FolderStore
from matchmaker.services.health import SILENCE

#: What an empty portal has none of; a first start may have left jobs and measurements.
_TELLING = (Organisation, Person, Entry)
#: Seconds to wait for a process that still holds a table.
_LOCK_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back.

    Attributes:
        manifest: of the archive.
        settings: of the portal that was saved.
    """

    manifest: Manifest
    settings: dict[str, str]


class Restoring:
    """Fills a portal from an archive.

    Args:
        database: where the rows go; never migrated, empty, or to be replaced.
        store: where attachments go.
    """

    def __init__(self, database: Database, store: FolderStore) -> None:
        self._database = database
        self._store = store

    def is_empty(self) -> bool:
        """Whether there is nothing here that a restore would overwrite."""
        if not migrations.current(self._database):
            return True
        with self._database.read() as session:
            return not any(session.scalar(select(func.count()).select_from(t)) for t in _TELLING)

    def is_running(self) -> bool:
        """Whether a worker gave a sign of life just now."""
        if not migrations.current(self._database):
            return False
        with self._database.read() as session:
            last: datetime | None = session.scalar(select(func.max(Heartbeat.at)))
            return bool(last and (database_now(session) - last).total_seconds() < SILENCE)

    def restore(self, path: Path, *, replace: bool = False) -> Restored:
        """Check an archive, then load it in one transaction.

        Args:
            path: of the archive.
            replace: whether what is here may be removed.

        Raises:
            ArchiveError: the archive is damaged, foreign or newer, or the portal is not empty;
                nothing was changed.
        """
        if not replace and not self.is_empty():
            raise errors.ArchiveError(
                "This portal holds data already; nothing was changed. Restore into an empty one, "
                "or remove what is here with --replace."
            )
        with open_archive(path) as archive:
            _need_known_schema(archive.manifest)
            archive.verify()
            self._load(archive)
            return Restored(archive.manifest, archive.settings())

    def _load(self, archive: ArchiveReader) -> None:
        added: list[str] = []
        try:
            with migrations.changing(self._database) as connection:
                _make_schema(connection, archive.manifest.schema_revision)
                _load_rows(connection, archive)
                migrations.upgrade_in(connection, migrations.head())
                self._bring_files(archive, added)
        except BaseException as error:
            for sha256 in added:
                self._store.remove(sha256)
            if isinstance(error, DataError | IntegrityError):
                raise errors.damaged(_first_line(error)) from None
            raise
        self._forget_files(archive.manifest)

    def _bring_files(self, archive: ArchiveReader, added: list[str]) -> None:
        for share in archive.manifest.files:
            if not self._store.holds(share.sha256):
                added.append(share.sha256)
                self._bring(archive, share.sha256)

    def _bring(self, archive: ArchiveReader, sha256: str) -> None:
        handle, name = tempfile.mkstemp(dir=self._store.incoming)
        path = Path(name)
        try:
            with os.fdopen(handle, "wb") as file, archive.file(sha256) as content:
                shutil.copyfileobj(content, file)
            if content.sha256 != sha256:
                raise errors.damaged(f"the attachment {sha256} changed while it was read")
            self._store.keep(path, sha256)
        finally:
            path.unlink(missing_ok=True)

    def _forget_files(self, manifest: Manifest) -> None:
        """What the replaced portal held is gone from its rows; so are its files."""
        named = {share.sha256 for share in manifest.files} | set(manifest.missing)
        for sha256 in self._store.names():
            if sha256 not in named:
                self._store.remove(sha256)


def _need_known_schema(manifest: Manifest) -> None:
    found = manifest.schema_revision
    if found > migrations.head():
        raise errors.newer(f"schema {found}, this one has {migrations.head()}")
    if found not in migrations.revisions():
        raise errors.foreign()


def _make_schema(connection: Connection, revision: str) -> None:
    """Empty tables at the archive's revision, whatever was there before."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")
    if migrations.revision_of(connection) > revision:
        Base.metadata.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE IF EXISTS entry_grams")  # SQLite's, no model's
        connection.exec_driver_sql("DROP TABLE alembic_version")
    migrations.upgrade_in(connection, revision)
    empty(connection, tables_of(connection, frozenset()))


def _load_rows(connection: Connection, archive: ArchiveReader) -> None:
    tables = tables_of(connection)
    if {table.name for table in tables} != set(archive.manifest.tables):
        raise errors.damaged("it has other tables than its schema")
    for table in tables:
        load(
            connection, table, archive.manifest.tables[table.name].columns, archive.rows(table.name)
        )
        _compare(connection, table, archive.manifest)
    count_on(connection, tables)


def _compare(connection: Connection, table: Table, manifest: Manifest) -> None:
    """What the database now says must be what the archive said."""
    share = manifest.tables[table.name]
    if digest_of(connection, table) != (share.rows, share.sha256):
        raise errors.ArchiveError(
            f"The rows of {table.name} came back from the database changed; nothing was kept."
        )


def _first_line(error: DataError | IntegrityError) -> str:
    return f"the database refused its rows ({str(error.orig).strip().splitlines()[0]})"
