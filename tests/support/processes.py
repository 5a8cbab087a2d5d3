"""The command line in processes of its own: a portal that serves, and commands beside it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-c", "from matchmaker.cli import main; main()")


class Serve:
    """A portal in a process of its own, on a free port."""

    def __init__(self, folder: Path, *options: str, **settings: str) -> None:
        self.folder = folder
        self.output = folder.parent / f"{folder.name}.log"
        self.started = time.monotonic()
        with self.output.open("wb") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", *options],
                env=environment(folder, MATCHMAKER_PORT="0", **settings),
                stdout=log,
                stderr=log,
                cwd=folder.parent,
            )

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    @property
    def address(self) -> str:
        line = next((line for line in self.said.splitlines() if "The portal is at" in line), "")
        return line.partition("http")[2].partition(" ")[0]

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.said
        if not self.address:
            return False
        return "database" in self.get("readyz")

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"http{self.address}{path}", timeout=10) as answer:
            body = answer.read().decode()
            return json.loads(body) if answer.headers.get_content_subtype() == "json" else body

    def end(self, number: signal.Signals) -> float:
        """Seconds until the process ended."""
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(20)
        return time.monotonic() - started


def environment(folder: Path, **settings: str) -> dict[str, str]:
    clean = {name: text for name, text in os.environ.items() if not name.startswith("MATCHMAKER_")}
    return {**clean, "PYTHONPATH": str(Path.cwd()), "MATCHMAKER_DATA_DIR": str(folder), **settings}


def run(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment(folder, **settings),
        cwd=folder.parent,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
