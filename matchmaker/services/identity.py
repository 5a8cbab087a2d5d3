"""What a process is called where others must know whether it is still there."""

from __future__ import annotations

import os
import secrets
import socket

#: Told apart from a former process with the same number, as containers have them. A process that
#: forks hands it on, so that the parent knows its children's names.
_MARK = secrets.token_hex(3)


def host() -> str:
    """The name of this machine or container."""
    return socket.gethostname()[:80]


def own_name() -> str:
    """The name of this process."""
    return name_of(os.getpid())


def name_of(process: int) -> str:
    """The name of a process that is this one, or was forked by it."""
    return f"{host()}:{_MARK}:{process}"
