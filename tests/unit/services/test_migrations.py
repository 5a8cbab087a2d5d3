"""The migrated schema is the one the models describe, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from matchmaker import migrations
from matchmaker.domain.errors import ConfigurationError
from matchmaker.models import Base
from matchmaker.models.database import Database
from tests.support.schema import definitions, described, portable
from tests.support.services import postgres_database

#: Each database indexes the n-grams in its own way.
OF_ONE_DATABASE = (
    "ix_entries_search_grams",
    *(f"entry_grams{part}" for part in ("", "_config", "_data", "_docsize", "_idx")),
)


Kind = str
on_both = pytest.mark.parametrize(
    "kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    with sqlite(tmp_path) as database:
        yield database


@contextmanager
def sqlite(folder: Path) -> Iterator[Database]:
    with closing(Database(f"sqlite:///{folder / 'portal with % in it.sqlite3'}")) as database:
        yield database


@contextmanager
def of_kind(kind: Kind, folder: Path) -> Iterator[Database]:
    """An empty database."""
    if kind == "sqlite":
        folder.mkdir()
        with sqlite(folder) as database:
            yield database
        return
    with postgres_database() as url, closing(Database(url)) as database:
        yield database


def differences(database: Database) -> list[Any]:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=migrations.COMPARISON)
        return list(compare_metadata(context, Base.metadata))


def migrate_to(database: Database, revision: str) -> None:
    with database.engine.begin() as connection:
        command.upgrade(migrations.alembic_config(connection), revision)


@on_both
def test_alembic_finds_nothing_to_migrate_after_an_upgrade(kind: Kind, tmp_path: Path) -> None:
    with of_kind(kind, tmp_path / "a") as database:
        assert migrations.upgrade(database)
        assert differences(database) == []


@on_both
def test_the_migrated_schema_is_that_of_the_models(kind: Kind, tmp_path: Path) -> None:
    """Columns, types, nullability, defaults, keys, uniques, checks, and indexes as written."""
    with of_kind(kind, tmp_path / "a") as migrated, of_kind(kind, tmp_path / "b") as made:
        migrations.upgrade(migrated)
        Base.metadata.create_all(made.engine)
        found, wanted = described(migrated), described(made)
        assert found.keys() == wanted.keys()
        for name, table in wanted.items():
            assert found[name] == table, name
        assert definitions(migrated) == definitions(made)


@on_both
def test_the_comparison_notices_what_differs(kind: Kind, tmp_path: Path) -> None:
    with of_kind(kind, tmp_path / "a") as database:
        migrations.upgrade(database)
        before = described(database)["mails"]
        with database.engine.begin() as connection:
            connection.execute(text("DROP INDEX ix_mails_created_at"))
            connection.execute(text("CREATE INDEX ix_mails_created_at ON mails (sent_at)"))
            connection.execute(text("ALTER TABLE mails ADD COLUMN extra INTEGER"))
        after = described(database)["mails"]
    assert after["indexes"] != before["indexes"]
    assert after["columns"].keys() - before["columns"].keys() == {"extra"}


@pytest.mark.postgres
def test_both_databases_get_the_same_tables(tmp_path: Path) -> None:
    with of_kind("sqlite", tmp_path / "a") as light, of_kind("postgresql", tmp_path) as heavy:
        migrations.upgrade(light)
        migrations.upgrade(heavy)
        found, wanted = portable(light, OF_ONE_DATABASE), portable(heavy, OF_ONE_DATABASE)
        assert found.keys() == wanted.keys()
        for name, table in wanted.items():
            assert found[name] == table, name


def test_a_second_upgrade_changes_nothing(empty: Database) -> None:
    migrations.upgrade(empty)
    assert not migrations.upgrade(empty)
    assert migrations.current(empty) == migrations.head()


def test_the_newest_file_is_the_last_revision(empty: Database) -> None:
    with empty.engine.connect() as connection:
        script = ScriptDirectory.from_config(migrations.alembic_config(connection))
    assert script.get_heads() == [migrations.head()]


def test_every_constraint_has_a_name(empty: Database) -> None:
    migrations.upgrade(empty)
    with empty.engine.connect() as connection:
        tables = connection.execute(
            text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name != 'alembic_version'")
        ).scalars()
        unnamed = [
            line
            for sql in tables
            for line in sql.splitlines()
            if line.strip().startswith(("PRIMARY KEY", "FOREIGN KEY", "UNIQUE", "CHECK"))
        ]
    assert unnamed == []


def test_foreign_keys_are_checked_again_after_a_migration(empty: Database) -> None:
    migrations.upgrade(empty)
    with empty.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_rows_that_point_nowhere_stop_a_migration_and_leave_all_as_it_was(empty: Database) -> None:
    first = sorted(path.stem for path in (migrations.FOLDER / "versions").glob("[0-9]*.py"))[0]
    migrate_to(empty, first)
    with empty.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute(
            "INSERT INTO qualifications (organisation_id, kind, level, number) "
            "VALUES (7, 'hi_tech', '', '')"
        )
        raw.execute("PRAGMA foreign_keys=ON")
    with pytest.raises(ConfigurationError, match="1 rows of qualifications"):
        migrations.upgrade(empty)
    assert migrations.current(empty) == first


def test_a_database_of_a_newer_portal_is_refused(empty: Database) -> None:
    migrations.upgrade(empty)
    with empty.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_tomorrow'"))
    with pytest.raises(ConfigurationError, match="newer"):
        migrations.upgrade(empty)


@on_both
def test_of_two_upgrades_at_once_one_does_the_work(kind: Kind, tmp_path: Path) -> None:
    with of_kind(kind, tmp_path / "a") as database:
        address = database.url.render_as_string(hide_password=False)
        with (
            closing(Database(address)) as first,
            closing(Database(address)) as second,
            ThreadPoolExecutor(2) as pool,
        ):
            done = list(pool.map(migrations.upgrade, (first, second)))
        assert sorted(done) == [False, True]
        assert differences(database) == []
