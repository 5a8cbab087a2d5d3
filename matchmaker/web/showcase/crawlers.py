"""What search engines ask for first: robots.txt and sitemap.xml."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response, render_template, request, url_for

from matchmaker.domain.calendar import local_day
from matchmaker.domain.policy import Permission
from matchmaker.i18n import LANGUAGES, path_prefix
from matchmaker.web.access import requires, services
from matchmaker.web.language import script_root
from matchmaker.web.showcase import showcase
from matchmaker.web.showcase.search import KINDS

#: Areas with nothing for a search engine.
_CLOSED = ("workspace", "desk", "admin", "account", "search?q=")


@dataclass(frozen=True, slots=True)
class Address:
    """One page of the sitemap in all its languages.

    Attributes:
        path: without host and language.
        changed_on: ISO date, or "".
    """

    path: str
    changed_on: str = ""


@showcase.get("/robots.txt")
@requires(Permission.OPEN)
def robots() -> Response:
    """What crawlers are asked to leave alone."""
    root = script_root(request.environ)
    prefixes = [root + path_prefix(code) for code in LANGUAGES]
    lines = ["User-agent: *"]
    lines += [f"Disallow: {prefix}/{area}" for prefix in prefixes for area in _CLOSED]
    lines += ["", f"Sitemap: {_base()}/sitemap.xml", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@showcase.get("/sitemap.xml")
@requires(Permission.OPEN)
def sitemap() -> Response:
    """Every public page, in each language."""
    prefixes = {code: _base() + path_prefix(code) for code in LANGUAGES}
    body = render_template("showcase/sitemap.xml", addresses=list(_addresses()), prefixes=prefixes)
    return Response(body, mimetype="application/xml")


def _addresses() -> Iterator[Address]:
    for endpoint in ("home", "organisations", "about", "help", "quality"):
        yield Address(_path(f"showcase.{endpoint}"))
    for kind in KINDS:
        yield Address(_path("showcase.search", kind=str(kind)))
    for entry in services().catalogue.public_entries():
        path = _path("showcase.entry", code=entry.code)
        yield Address(path, local_day(entry.updated_at).isoformat())
    for number in services().catalogue.organisation_numbers():
        yield Address(_path("showcase.organisation", number=number))


def _path(endpoint: str, **values: object) -> str:
    """The path of a page without SCRIPT_NAME, which holds the language."""
    return url_for(endpoint, **values).removeprefix(request.script_root)  # type: ignore[arg-type]


def _base() -> str:
    """Scheme, host and mount point, as people reach the portal."""
    public = services().settings.public_url.rstrip("/")
    return public or request.host_url.rstrip("/") + script_root(request.environ)
