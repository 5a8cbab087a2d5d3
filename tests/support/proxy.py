"""A proxy before a real server that can be slow, be down, drop connections or change requests."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


def _unchanged(data: bytes) -> bytes:
    return data


class Proxy:
    """Hands bytes on between who asks and a server, as a network between them would.

    `cut()` ends every connection and refuses new ones; `hang()` keeps all that is asked from now
    on without an answer; `heal()` ends both. `rewrite` changes what is asked on its way.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.server = (parts.hostname or "127.0.0.1", parts.port or 9200)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.rewrite: Callable[[bytes], bytes] = _unchanged
        self._well = threading.Event()
        self._well.set()
        self._refuses = self._closed = False
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._refuses = True
        self._close_all()

    def hang(self) -> None:
        self._well.clear()

    def heal(self) -> None:
        self._refuses = False
        # What waited for an answer has given up by now and would hear one that is too late.
        self._close_all()
        self._well.set()

    def close(self) -> None:
        self._closed = True
        self._listener.close()
        self.heal()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self._listener.accept()
                if self._refuses:
                    caller.close()
                else:
                    self._join(caller)

    def _join(self, caller: socket.socket) -> None:
        server = socket.create_connection(self.server)
        with self._guard:
            self._open |= {caller, server}
        if self._closed:  # it came in while this was closed
            self._close_all()
            return
        for source, target, change in (
            (caller, server, lambda data: self.rewrite(data)),
            (server, caller, _unchanged),
        ):
            threading.Thread(
                target=self._hand_on, args=(source, target, change), daemon=True
            ).start()

    def _hand_on(
        self, source: socket.socket, target: socket.socket, change: Callable[[bytes], bytes]
    ) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._well.wait()
                target.sendall(change(data))
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _close_all(self) -> None:
        with self._guard:
            held, self._open = self._open, set()
        for end in held:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextmanager
def proxy_before(address: str) -> Iterator[Proxy]:
    """A proxy before a server; it is closed at the end."""
    proxy = Proxy(address)
    try:
        yield proxy
    finally:
        proxy.close()
