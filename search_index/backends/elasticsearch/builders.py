"""Who builds an index: so that what a killed process left is known at once, where it can be."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from pathlib import Path

_PROCESSES = Path("/proc")
_BOOT = _PROCESSES / "sys" / "kernel" / "random" / "boot_id"


def this_process() -> dict[str, str]:
    """Return a name of this process that no other one ever has; empty where there is none."""
    try:
        return {"machine": _machine(), "process": str(os.getpid()), "started": _started("self")}
    except OSError:
        return {}


def is_gone(builder: Mapping[str, str]) -> bool:
    """Whether a process of this machine is known to have ended; False where that can't be told."""
    try:
        if not builder or builder["machine"] != _machine():
            return False
        return _started(builder["process"]) != builder["started"]
    except (FileNotFoundError, ProcessLookupError):
        return True
    except (OSError, KeyError):
        return False


def _machine() -> str:
    """Return what numbers of processes are unique in: host, boot and container."""
    space = (_PROCESSES / "self" / "ns" / "pid").readlink()
    return f"{socket.gethostname()} {_BOOT.read_text(encoding='ascii').strip()} {space}"


def _started(process: str) -> str:
    """Return when a process began, in ticks since the boot (proc(5), field 22 of stat)."""
    stat = (_PROCESSES / process / "stat").read_text(encoding="utf-8", errors="replace")
    fields = stat.rpartition(")")[2].split()
    if fields[0] in "ZX":
        raise ProcessLookupError(process)
    return fields[19]
