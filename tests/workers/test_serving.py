"""`matchmaker serve` as somebody starts it: alone, twice, on a wrong address, and to its end."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import Serve, run
from tests.support.services import eventually

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("serving")]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """A portal that was started once, empty."""
    serve = Serve(tmp_path_factory.mktemp("serve") / "data", "--no-samples")
    assert eventually(serve.is_ready, 60), serve.said
    yield serve
    if serve.process.poll() is None:
        serve.process.kill()
        serve.process.wait()


def test_a_started_portal_is_well_and_shows_its_home_page(portal: Serve) -> None:
    assert eventually(lambda: portal.get("readyz")["worker"]["state"] == "ok", 20)
    assert portal.get("readyz")["database"]["state"] == "ok"
    assert "<html" in portal.get("")


def test_it_says_where_it_is_and_where_its_data_lies(portal: Serve) -> None:
    assert f"Data: {portal.folder}" in portal.said
    assert "Sample accounts" not in portal.said
    assert "Ctrl-C" in portal.said


def test_a_second_portal_on_the_same_data_is_refused(portal: Serve) -> None:
    second = run(portal.folder, "serve", MATCHMAKER_PORT="0")
    assert second.returncode == 2
    assert f"process {portal.process.pid}" in second.stderr
    assert second.stderr.count("\n") == 1


def test_while_it_runs_a_rebuild_is_done_by_the_portal(portal: Serve) -> None:
    done = run(portal.folder, "index", "rebuild", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["by"] == "portal"


def test_it_ends_within_five_seconds_and_a_second_start_finds_all_again(portal: Serve) -> None:
    secret = (portal.folder / "secret").read_text()
    assert portal.end(signal.SIGINT) < 5
    assert portal.process.returncode == 0
    assert "nothing is lost" in portal.said
    again = Serve(portal.folder, "--no-samples")
    assert eventually(again.is_ready, 30), again.said
    assert (portal.folder / "secret").read_text() == secret
    assert again.end(signal.SIGTERM) < 5
    assert again.process.returncode == 0


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = run(tmp_path / "data", "serve", MATCHMAKER_PORT=port)
    assert refused.returncode == 2
    assert port in refused.stderr
    assert "MATCHMAKER_PORT" in refused.stderr
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("settings", "options", "reason"),
    [
        ({}, (), "MATCHMAKER_SECRET_KEY"),
        ({"MATCHMAKER_SECRET_KEY": "a-secret-of-its-own"}, ("--with-samples",), "sample accounts"),
        ({"MATCHMAKER_PROFILE": "production"}, (), "MATCHMAKER_SECRET_KEY"),
    ],
)
def test_where_others_can_reach_it_it_refuses_what_everybody_knows(
    tmp_path: Path, settings: dict[str, str], options: tuple[str, ...], reason: str
) -> None:
    refused = run(tmp_path / "data", "serve", *options, MATCHMAKER_HOST="0.0.0.0", **settings)
    assert refused.returncode == 2
    assert reason in refused.stderr
    assert not (tmp_path / "data" / "portal.sqlite3").exists()


@pytest.mark.parametrize(
    ("settings", "options", "reason"),
    [
        ({}, ("--processes", "2"), "MATCHMAKER_DATABASE_URL"),
        (
            {"MATCHMAKER_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none"},
            ("--processes", "2"),
            "MATCHMAKER_SEARCH_URL",
        ),
        ({}, ("--queues", "mail,parcels"), "parcels"),
        ({}, ("--processes", "2", "--threads", "2"), "not both"),
    ],
)
def test_a_worker_that_cannot_work_so_says_why(
    tmp_path: Path, settings: dict[str, str], options: tuple[str, ...], reason: str
) -> None:
    redis = {"MATCHMAKER_REDIS_URL": "redis://127.0.0.1:1/0"}
    refused = run(tmp_path / "data", "worker", *options, **redis, **settings)
    assert refused.returncode == 2
    assert reason in refused.stderr


def test_a_worker_of_its_own_asks_for_redis(tmp_path: Path) -> None:
    refused = run(tmp_path / "data", "worker")
    assert refused.returncode == 2
    assert "MATCHMAKER_REDIS_URL" in refused.stderr
