"""What was written to the log, by the pipeline that writes it in production."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import structlog

from matchmaker.monitoring.logs import configure_logging


@dataclass
class Written:
    """Reads standard error, to which the log goes."""

    capture: pytest.CaptureFixture[str]
    text: str = ""

    def read(self) -> str:
        """All that was written since the beginning."""
        self.text += self.capture.readouterr().err
        return self.text

    def lines(self, event: str = "") -> list[dict[str, Any]]:
        """The JSON lines, or those of one event."""
        found = [json.loads(line) for line in self.read().splitlines()]
        return [line for line in found if event in ("", line["event"])]


@contextmanager
def written_log(
    capture: pytest.CaptureFixture[str], level: str = "DEBUG", **options: bool
) -> Iterator[Written]:
    """Log as a process of the portal does, until the end."""
    held, root = structlog.get_config(), logging.getLogger()
    handlers, root_level = [*root.handlers], root.level
    configure_logging(level, **{"as_json": True, **options})
    try:
        yield Written(capture)
    finally:
        structlog.configure(**held)
        root.handlers[:] = handlers
        root.setLevel(root_level)
