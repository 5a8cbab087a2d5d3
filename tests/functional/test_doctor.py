"""The doctor names whatever is away, and what to do, in sentences that an operator can follow."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from matchmaker.bootstrap import Container
from matchmaker.cli import examining, main
from matchmaker.domain.calendar import now
from matchmaker.models import Heartbeat
from matchmaker.services.health import SCHEDULE_BEAT, WORKER_BEAT
from tests.support.profiles import as_environment
from tests.support.services import postgres_database

Examine = Callable[..., dict[str, dict[str, Any]]]

NOWHERE = "127.0.0.1:1"


@pytest.fixture
def examine(container: Container, monkeypatch: pytest.MonkeyPatch) -> Examine:
    """The doctor's findings by subject: `examine("worker", MATCHMAKER_REDIS_URL=...)`."""

    def run(*subjects: str, **settings: str) -> dict[str, dict[str, Any]]:
        monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(container.settings.data_dir))
        for name, text in (as_environment(container.settings) | settings).items():
            monkeypatch.setenv(name, text)
        only = [f"--only={subject}" for subject in subjects]
        result = CliRunner().invoke(main, ["doctor", "--json", *only])
        return {row["subject"]: row for row in json.loads(result.stdout)}

    return run


def signs_of_life(container: Container, **seconds_ago: float) -> None:
    with container.database.write() as session:
        for name, age in seconds_ago.items():
            session.merge(Heartbeat(name=name, at=now() - timedelta(seconds=age)))


def test_a_database_that_is_down_is_named_once_and_what_hangs_on_it_says_so(
    examine: Examine,
) -> None:
    found = examine(
        "database",
        "migrations",
        "worker",
        MATCHMAKER_DATABASE_URL=f"postgresql+psycopg://portal:hush@{NOWHERE}/portal",
        MATCHMAKER_REDIS_URL=f"redis://{NOWHERE}/0",
    )
    assert "does not answer" in found["database"]["detail"]
    assert "MATCHMAKER_DATABASE_URL" in found["database"]["mend"]
    assert "hush" not in json.dumps(found)
    for subject in ("migrations", "worker"):
        assert found[subject]["detail"] == "it can't be told while the database does not answer"


@pytest.mark.parametrize(
    ("subject", "variable", "address"),
    [
        ("redis", "MATCHMAKER_REDIS_URL", f"redis://:hush@{NOWHERE}/0"),
        ("index", "MATCHMAKER_SEARCH_URL", f"http://elastic:hush@{NOWHERE}"),
        ("mail", "MATCHMAKER_SMTP_URL", f"smtp://portal:hush@{NOWHERE}"),
    ],
)
def test_an_engine_that_is_down_is_named_with_its_variable_and_what_waits(
    examine: Examine, subject: str, variable: str, address: str
) -> None:
    found = examine(subject, **{variable: address})[subject]
    assert not found["right"]
    assert variable in found["mend"]
    assert "Until then" in found["mend"] or "Meanwhile" in found["mend"]
    assert "hush" not in json.dumps(found)


def test_a_worker_and_a_schedule_that_never_were_are_told(examine: Examine) -> None:
    found = examine("worker", "beat", MATCHMAKER_REDIS_URL=f"redis://{NOWHERE}/0")
    for subject in ("worker", "beat"):
        assert found[subject]["detail"] == "it never gave a sign of life"
        assert "matchmaker worker" in found[subject]["mend"]


def test_a_schedule_that_fell_silent_is_told_from_a_worker_that_lives(
    container: Container, examine: Examine
) -> None:
    signs_of_life(container, **{WORKER_BEAT: 2, SCHEDULE_BEAT: 90})
    found = examine("worker", "beat", MATCHMAKER_REDIS_URL=f"redis://{NOWHERE}/0")
    assert found["worker"]["right"]
    assert found["beat"]["detail"].startswith("its last sign of life is 9")


@pytest.mark.one_profile("embedded", because="production has a Redis and workers of its own")
def test_without_redis_the_worker_is_part_of_the_portal(examine: Examine) -> None:
    assert all(row["right"] for row in examine("worker", "beat").values())


def test_a_disk_that_is_nearly_full_is_told(
    examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "_LEAST_FREE", 1 << 62)
    found = examine("data folder")["data folder"]
    assert "nearly full" in found["detail"]
    assert "Make room" in found["mend"]


@pytest.mark.postgres
def test_a_database_that_was_never_migrated_is_told(examine: Examine) -> None:
    with postgres_database() as url:
        found = examine("migrations", MATCHMAKER_DATABASE_URL=url)["migrations"]
    assert "no revision" in found["detail"]
    assert "matchmaker db upgrade" in found["mend"]


def test_an_unknown_subject_is_refused_with_those_there_are(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["doctor", "--only", "weather"])
    assert result.exit_code == 2
    assert "data folder" in result.stderr
