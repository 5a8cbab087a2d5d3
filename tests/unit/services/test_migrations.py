"""The migrated schema is the one the models describe, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
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
from tests.support.services import postgres_database


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'portal with % in it.sqlite3'}")
    yield database
    database.close()


@pytest.fixture
def empty_postgres() -> Iterator[Database]:
    with postgres_database() as url:
        database = Database(url)
        yield database
        database.close()


def differences(database: Database) -> list[Any]:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def migrate_to(database: Database, revision: str) -> None:
    with database.engine.begin() as connection:
        command.upgrade(migrations.alembic_config(connection), revision)


def test_the_migrated_schema_is_that_of_the_models(empty: Database) -> None:
    assert migrations.upgrade(empty)
    assert differences(empty) == []


@pytest.mark.postgres
def test_the_migrated_schema_is_that_of_the_models_on_postgresql(empty_postgres: Database) -> None:
    assert migrations.upgrade(empty_postgres)
    assert differences(empty_postgres) == []


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


def test_of_two_upgrades_at_once_one_does_the_work(empty: Database) -> None:
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: migrations.upgrade(Database(str(empty.url))), range(2)))
    assert sorted(done) == [False, True]
    assert differences(empty) == []
