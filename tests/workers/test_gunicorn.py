"""Processes of gunicorn measure together, and one that is killed leaves nothing false behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import create_engine

from tests.functional.test_metrics import Values, values_of
from tests.support.processes import environment, run
from tests.support.services import eventually

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("gunicorn")]

TOKEN = "a-token-of-this-test"
PROCESSES = 2


@dataclass
class Server:
    """A gunicorn with two workers."""

    process: subprocess.Popen[bytes]
    address: str
    log: Path

    def get(self, path: str) -> str:
        request = Request(self.address + path, headers={"Authorization": f"Bearer {TOKEN}"})
        with urlopen(request, timeout=20) as answer:
            text: str = answer.read().decode()
        return text

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return bool(self.get("/healthz"))
        except OSError:
            return False

    def read(self, name: str) -> Values:
        return values_of(self.get("/metrics"), name)

    @property
    def workers(self) -> set[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return {int(number) for number in children.read_text().split()}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """It begins with the measures of an earlier server in its folder."""
    folder, measures = tmp_path / "data", tmp_path / "measures"
    measures.mkdir()
    (measures / "counter_1.db").write_bytes(b"\0" * 64)
    assert run(folder, "db", "upgrade").returncode == 0
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings = {"MATCHMAKER_METRICS_TOKEN": TOKEN, "PROMETHEUS_MULTIPROC_DIR": str(measures)}
    command = ["-m", "gunicorn", "--config=python:workers.gunicorn_hooks", f"--workers={PROCESSES}"]
    log = tmp_path / "gunicorn.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *command, f"--bind=127.0.0.1:{port}", "workers.wsgi:portal()"],
            env=environment(folder, **settings),
            stdout=output,
            stderr=output,
        )
    started = Server(process, f"http://127.0.0.1:{port}", log)
    try:
        assert eventually(lambda: started.answers() and len(started.workers) == PROCESSES, 60)
        yield started
    finally:
        process.terminate()
        process.wait(20)


def test_whichever_process_is_asked_tells_of_all(server: Server) -> None:
    for _ in range(20):
        assert "<html" in server.get("/about")
    counted = {server.read("requests_total")["GET", "/about", "200"] for _ in range(6)}
    assert counted == {20}
    assert server.read("build_info")
    assert not (server.log.parent / "measures" / "counter_1.db").exists()


def test_a_killed_process_keeps_no_connections(server: Server) -> None:
    both = PROCESSES * create_engine("sqlite:///nowhere").pool.size()  # type: ignore[attr-defined]
    assert eventually(lambda: server.read("database_connections_kept")[()] == both, 30)
    before = server.workers
    os.kill(min(before), signal.SIGKILL)
    assert eventually(lambda: len(server.workers - before) == 1, 30)
    assert eventually(lambda: server.read("database_connections_kept")[()] == both, 30)
    assert server.read("requests_total")
