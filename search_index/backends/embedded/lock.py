"""One writer process an index: a lock file that dies with its owner and names it."""

from __future__ import annotations

import fcntl
import os
import socket
from pathlib import Path

from search_index.backends.base import WriterBusyError


class WriterLock:
    """An exclusive advisory lock (flock) on a file that holds its owner's name."""

    def __init__(self, path: Path) -> None:
        """Take the lock on ``path``; raises WriterBusyError naming who holds it."""
        self._file = path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.seek(0)
            owner = self._file.read().strip() or "an unknown process"
            self._file.close()
            raise WriterBusyError(
                f"{path.parent} is being written by {owner}; open it for reading only, or stop "
                "that process first"
            ) from error
        self._sign()

    def release(self) -> None:
        """Let another process write; calling it twice is no error."""
        self._file.close()

    def _sign(self) -> None:
        self._file.truncate(0)
        self._file.write(f"process {os.getpid()} on {socket.gethostname()}\n")
        self._file.flush()
