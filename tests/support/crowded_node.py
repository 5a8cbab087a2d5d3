"""A server that speaks as much of Elasticsearch's bulk as rejecting takes: its queue is full once.

A real node rejects only under a load that no test can count on.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class CrowdedNode:
    """Where it answers, which ids it rejects the first time, and the ids it was sent by request."""

    rejected_once: set[str]
    address: str = ""
    asked: list[list[str]] = field(default_factory=list)

    def answer(self, lines: list[Any]) -> dict[str, Any]:
        """Answer one bulk request of index operations."""
        ids = [line["index"]["_id"] for line in lines[::2]]
        self.asked.append(ids)
        items = [self._item(id_) for id_ in ids]
        return {"took": 0, "errors": True, "items": items}

    def _item(self, id_: str) -> dict[str, Any]:
        if id_ not in self.rejected_once:
            return {"index": {"_id": id_, "status": 201, "result": "created"}}
        self.rejected_once.discard(id_)
        error = {"type": "es_rejected_execution_exception", "reason": "queue is full"}
        return {"index": {"_id": id_, "status": 429, "error": error}}


@contextmanager
def crowded_node(rejected_once: set[str]) -> Iterator[CrowdedNode]:
    """A server on a free port, stopped at the end."""
    node = CrowdedNode(set(rejected_once))

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            length = int(self.headers["Content-Length"])
            lines = [json.loads(line) for line in self.rfile.read(length).splitlines() if line]
            body = json.dumps(node.answer(lines)).encode()
            self.send_response(200)
            self.send_header("X-Elastic-Product", "Elasticsearch")
            self.send_header("Content-Type", "application/vnd.elasticsearch+json;compatible-with=9")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    node.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield node
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
