"""docker-compose.yml as tests read it: services, their commands, and where they run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
KUBERNETES = ROOT / "docs" / "deployment" / "kubernetes"


@cache
def compose() -> Mapping[str, Any]:
    """The file, with its anchors merged."""
    found: Mapping[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return found


def services() -> Mapping[str, Any]:
    """All services by name."""
    found: Mapping[str, Any] = compose()["services"]
    return found


def portal_services() -> Mapping[str, Any]:
    """Those that run our own image."""
    return {name: one for name, one in services().items() if one["image"].startswith("matchmaker:")}


@cache
def manifests() -> tuple[Mapping[str, Any], ...]:
    """All Kubernetes objects."""
    return tuple(
        document
        for path in sorted(KUBERNETES.glob("*.yaml"))
        for document in yaml.safe_load_all(path.read_text("utf-8"))
    )


def of_kind(kind: str) -> Mapping[str, Any]:
    """Kubernetes objects of a kind, by name."""
    return {one["metadata"]["name"]: one for one in manifests() if one["kind"] == kind}
