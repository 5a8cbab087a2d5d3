"""A browser of a few lines, for a portal behind a proxy in another process."""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Page:
    """What was answered: status, text, and where it leads."""

    status: int
    text: str
    location: str


@dataclass(slots=True)
class Visitor:
    """Somebody whose requests come through a proxy that speaks HTTPS.

    Args:
        port: of the WSGI server on this machine.
    """

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def get(self, path: str) -> Page:
        """Fetch a page; the token of its forms is kept for the next `post`."""
        page = self._send("GET", path, None)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        self.token = found[1] if found else self.token
        return page

    def post(self, path: str, values: Mapping[str, object]) -> Page:
        """Send the form of a page that was fetched before."""
        return self._send("POST", path, urlencode({**values, "csrf_token": self.token}, doseq=True))

    def _send(self, method: str, path: str, body: str | None) -> Page:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as server:
            server.request(method, path, body, self._headers())
            answer = server.getresponse()
            page = Page(answer.status, answer.read().decode(), answer.getheader("Location", ""))
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return page

    def _headers(self) -> dict[str, str]:
        return {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Referer": "https://portal.example.org/",
            "X-Forwarded-For": "192.0.2.1",
            "X-Forwarded-Host": "portal.example.org",
            "X-Forwarded-Proto": "https",
        }
