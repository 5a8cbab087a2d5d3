"""Measures what log lines, metrics and traces cost a request for the home page, in turns.

Four portals on copies of one data folder stand side by side; each round asks every one of them
for the same few pages, one after the other, in an order that changes. What else the machine does
falls on all alike; the processor time a portal used, less what it uses idle, is told besides.

Usage: python -m benchmarks.monitoring_cost [--rounds 60] [--requests 12] [--page /]
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory

from benchmarks.portal_bench import free_port

_COLLECTOR = """
import http.server, sys
class Take(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200); self.send_header("Content-Length", "0"); self.end_headers()
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Take).serve_forever()
"""
_WITHOUT, _LINES, _METRICS, _TRACES = "nothing", "lines", "lines, metrics", "lines, metrics, traces"
_PATIENCE = 180.0
_REST = 5.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Portal:
    """A portal that serves, and what was measured of it, a figure a round."""

    process: subprocess.Popen[bytes]
    port: int
    rates: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    idle: float = 0.0

    def rest(self, seconds: float) -> None:
        """Take what a second costs in which nobody asks."""
        used = self._used()
        time.sleep(seconds)
        self.idle = (self._used() - used) / seconds

    def measure(self, page: str, requests: int) -> None:
        """Ask for a page again and again over one connection."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        used, began = self._used(), time.perf_counter()
        for _ in range(requests):
            connection.request("GET", page)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
        seconds = time.perf_counter() - began
        self.rates.append(requests / seconds)
        self.cpu_ms.append((self._used() - used - self.idle * seconds) / requests * 1000)
        connection.close()

    def is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def _used(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


def main() -> None:
    """Measure and print as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--requests", type=int, default=12)
    parser.add_argument("--page", default="/")
    options = parser.parse_args()
    print(json.dumps(run(options.rounds, options.requests, options.page), indent=2))


def run(rounds: int, requests: int, page: str) -> Mapping[str, Mapping[str, float]]:
    """Median figures of each portal, and its median share of the first one's rate by round."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        portals = stack.enter_context(_portals(Path(folder)))
        for portal in portals.values():
            portal.measure(page, requests)
            portal.rest(_REST)
            portal.rates.clear()
            portal.cpu_ms.clear()
        for number in range(rounds):
            names = list(portals)
            random.Random(number).shuffle(names)
            for name in names:
                portals[name].measure(page, requests)
    first = portals[_WITHOUT]
    return {name: _figures(portal, first) for name, portal in portals.items()}


def _figures(portal: Portal, first: Portal) -> dict[str, float]:
    shares = [one / other for one, other in zip(portal.rates, first.rates, strict=True)]
    return {
        "requests_per_second": round(median(portal.rates), 1),
        "share_of_first": round(median(shares), 3),
        "cpu_ms": round(mean(portal.cpu_ms), 2),
    }


@contextmanager
def _portals(folder: Path) -> Iterator[dict[str, Portal]]:
    traces = free_port()
    measures = {"MATCHMAKER_METRICS_TOKEN": "a-token-of-this-measurement"}
    variants = {
        _WITHOUT: {"MATCHMAKER_LOG_LEVEL": "WARNING"},
        _LINES: {},
        _METRICS: measures,
        _TRACES: {**measures, "MATCHMAKER_TRACES_URL": f"http://127.0.0.1:{traces}/v1/traces"},
    }
    with ExitStack() as stack:
        collector = [sys.executable, "-c", _COLLECTOR, str(traces)]
        stack.enter_context(_running(subprocess.Popen(collector)))
        port = free_port()
        with _running(_serve(folder / "first", port, {})) as filling:
            _until(Portal(filling, port).is_ready)
        portals = {}
        for number, (name, settings) in enumerate(variants.items()):
            own, port = folder / str(number), free_port()
            shutil.copytree(folder / "first", own)
            portals[name] = Portal(stack.enter_context(_running(_serve(own, port, settings))), port)
        for portal in portals.values():
            _until(portal.is_ready)
        yield portals


def _serve(folder: Path, port: int, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "MATCHMAKER_DATA_DIR": str(folder),
        "MATCHMAKER_PORT": str(port),
        "MATCHMAKER_LOG_FORMAT": "json",
        **settings,
    }
    command = [str(Path(sys.executable).with_name("matchmaker")), "serve", "--with-samples"]
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(command, env=environment, stdout=nowhere, stderr=nowhere)


@contextmanager
def _running(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError("the portal did not get ready")
        time.sleep(0.2)


if __name__ == "__main__":
    main()
