"""Measures the running portal: start, memory, and the time from publishing to being matched.

Usage: python -m benchmarks.portal_bench [--rounds 20] [--out FILE.json]
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from matchmaker.bootstrap import Container
from matchmaker.config import Settings
from matchmaker.domain.actors import SYSTEM
from matchmaker.domain.calendar import today
from matchmaker.domain.kinds import EntryKind
from matchmaker.models import Entry
from workers.app import make_app, wake_after_commits
from workers.running import WorkerThreads

_PATIENCE = 180.0
_SUBJECTS = ("矿井水分质结晶", "粉煤灰制陶粒", "光伏板免水清洁", "羊绒分梳", "苜蓿滴灌")


def free_port() -> int:
    """A port nobody listens on just now."""
    with closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


@contextmanager
def portal(folder: Path) -> Iterator[dict[str, float]]:
    """Serve a portal with the sample data; gives the seconds until it is ready and its memory."""
    port = free_port()
    environment = {
        **os.environ,
        "MATCHMAKER_DATA_DIR": str(folder),
        "MATCHMAKER_PORT": str(port),
    }
    command = [str(Path(sys.executable).with_name("matchmaker")), "serve", "--with-samples"]
    began = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}/readyz", process)
        seconds = time.monotonic() - began
        yield {"start_seconds": round(seconds, 2), "memory_mb": _resident_mb(process.pid)}
    finally:
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"the portal ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise SystemExit("the portal did not become ready")


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return round(int(line.split()[1]) / 1024, 1)


def starts() -> dict[str, Any]:
    """First and second start of a portal with the sample data."""
    with TemporaryDirectory() as name:
        with portal(Path(name)) as first:
            pass
        with portal(Path(name)) as second:
            pass
    return {"first": first, "second": second}


def posting(rounds: int) -> dict[str, Any]:
    """Seconds from publishing an entry among the sample data to its matches."""
    with TemporaryDirectory() as name:
        container = Container(Settings(data_dir=Path(name)))
        with closing(container):
            return _posting(container, rounds)


def _posting(container: Container, rounds: int) -> dict[str, Any]:
    from matchmaker.migrations import upgrade

    upgrade(container.database)
    container.seeding.load(with_accounts=False)
    container.rebuilding.rebuild()
    app = make_app(container)
    waker = wake_after_commits(container, app)
    worker = WorkerThreads(app, 2)
    worker.start()
    worker.wait_until_ready(30)
    try:
        times = sorted(_publish_one(container, number) for number in range(rounds + 1))[:-1]
    finally:
        worker.stop(5)
        waker.close()
    return {
        "rounds": rounds,
        "p50_seconds": round(median(times), 3),
        "p95_seconds": round(times[int(len(times) * 0.95) - 1], 3),
    }


def _publish_one(container: Container, number: int) -> float:
    """Publish one demand and wait until it was matched; the slowest, the first, is left out."""
    subject = _SUBJECTS[number % len(_SUBJECTS)]
    values = {
        "title": f"{subject}需求 {number}",
        "summary": f"希望解决{subject}的难题。",
        "body": f"我单位在{subject}方面成本高、效率低，希望找到成熟技术，批次 {number}。",
        "keywords": [subject],
        "fields": ["water.mine"],
        "region": "150603",
        "language": "zh",
        "visibility": "public",
        "valid_until": today() + timedelta(days=365),
        "contact_name": "技术科",
        "contact_phone": "000-0000-0000",
        "demand_type": "technical_problem",
    }
    [organisation] = container.organisations.listed(limit=1)[0]
    entry = container.editing.create(SYSTEM, EntryKind.DEMAND, organisation.id, values)
    container.steps.submit(SYSTEM, entry.code, entry.version)
    with container.database.read() as session:
        version = session.get_one(Entry, entry.id).version
    began = time.monotonic()
    published = container.screening.publish(SYSTEM, entry.code, version)
    deadline = began + _PATIENCE
    while time.monotonic() < deadline:
        with container.database.read() as session:
            if session.get_one(Entry, entry.id).matched_version >= published.index_version:
                return time.monotonic() - began
        time.sleep(0.005)
    raise SystemExit(f"{entry.code} was not matched")


def run(rounds: int) -> dict[str, Any]:
    """All figures of this file."""
    return {"start": starts(), "publishing_to_matched": posting(rounds)}


def main(arguments: list[str] | None = None) -> None:
    """Print the figures as JSON, and write them to a file when one is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    figures = run(options.rounds)
    print(json.dumps(figures, indent=2))
    if options.out:
        options.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
