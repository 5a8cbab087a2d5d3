"""The browser that some tests drive: its path, or a skip that says how to get it."""

from __future__ import annotations

import os
import shutil

import pytest

#: Quiet and frugal; the sandbox needs rights that containers and CI do not give.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def require_chromium() -> str:
    """The path of a Chromium."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        reason = (
            "there is no Chromium here; to run this test: apt-get install chromium fonts-noto-cjk"
        )
        if os.environ.get("MATCHMAKER_CI_STRICT") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return path
