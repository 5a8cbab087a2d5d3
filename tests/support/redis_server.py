"""A Redis server of a test's own, to be stopped, frozen, emptied and filled."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.services import eventually


class RedisServer:
    """Keeps nothing on disk, so that a restart finds it empty.

    Args:
        folder: where its log lies.
    """

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(
                ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1"]
                + ["--save", "", "--appendonly", "no"],
                stdout=log,
                stderr=log,
                cwd=self._folder,
            )
        assert eventually(self._answers, 20)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Connections are accepted by the kernel, and nothing is ever answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def fill(self) -> None:
        """Every write is refused from now on."""
        self._command("CONFIG", "SET", "maxmemory-policy", "noeviction")
        self._command("CONFIG", "SET", "maxmemory", "1")

    def make_room(self) -> None:
        self._command("CONFIG", "SET", "maxmemory", "0")

    def empty(self) -> None:
        self._command("FLUSHALL")

    def refuses_writes(self) -> bool:
        import redis

        with redis.Redis.from_url(self.url) as client:
            try:
                client.set("probe", "1")
            except redis.exceptions.OutOfMemoryError:
                return True
        return False

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _command(self, *words: str) -> None:
        import redis

        with redis.Redis.from_url(self.url) as client:
            client.execute_command(*words)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
        except OSError:
            return False


@contextmanager
def redis_server(folder: Path) -> Iterator[RedisServer]:
    """A running server on a free port; the test is skipped where Redis is not installed."""
    from shutil import which

    if which("redis-server") is None:
        pytest.skip("redis-server is not installed; on Debian: apt-get install redis-server")
    server = RedisServer(folder)
    server.start()
    try:
        yield server
    finally:
        with_process = server._process is not None
        if with_process:
            server.thaw()
        server.kill()
