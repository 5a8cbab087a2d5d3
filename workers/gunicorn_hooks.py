"""What gunicorn calls so that its processes measure together.

`gunicorn --config python:workers.gunicorn_hooks 'workers.wsgi:portal()'`, with
`PROMETHEUS_MULTIPROC_DIR` set to a folder of this server alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from matchmaker.config import metrics_folder


def on_starting(server: Any) -> None:
    """Begin with an empty folder: what an earlier server counted is no longer true."""
    if not (name := metrics_folder()):
        return
    folder = Path(name)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in folder.glob("*.db"):
        file.unlink()


def child_exit(server: Any, worker: Any) -> None:
    """Forget what only a process that lives can say, such as its connections."""
    if metrics_folder():
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)
