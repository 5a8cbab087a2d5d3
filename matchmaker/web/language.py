"""The language of a request stands in its address: `/en/…`, and nothing before the default."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import has_request_context, request

from matchmaker.i18n import DEFAULT_LANGUAGE, LANGUAGES, path_prefix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_KEY = "matchmaker.language"
_PREFIX_KEY = "matchmaker.language_prefix"


class LanguageMiddleware:
    """Moves a leading language code from the path into SCRIPT_NAME, so `url_for` keeps it.

    Args:
        application: the portal.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Hand the request on with its language noted."""
        path = environ.get("PATH_INFO", "")
        code = path.split("/", 2)[1] if path.startswith("/") else ""
        environ[_KEY] = DEFAULT_LANGUAGE
        environ[_PREFIX_KEY] = ""
        if code in LANGUAGES and code != DEFAULT_LANGUAGE:
            prefix = path_prefix(code)
            environ[_KEY], environ[_PREFIX_KEY] = code, prefix
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + prefix
            environ["PATH_INFO"] = path[len(prefix) :] or "/"
        return self._application(environ, start_response)


def current_language() -> str:
    """The language of the request, or the default outside one."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    language: str = request.environ.get(_KEY, DEFAULT_LANGUAGE)
    return language


def address_in(language: str) -> str:
    """The address of this very page in another language, query included."""
    root = request.environ.get("SCRIPT_NAME", "").removesuffix(request.environ.get(_PREFIX_KEY, ""))
    query = request.query_string.decode("utf-8", "replace")
    path: str = root + path_prefix(language) + request.path
    return path + ("?" + query if query else "")


def script_root(environ: dict[str, Any]) -> str:
    """SCRIPT_NAME without the language, where files common to all languages lie."""
    name: str = environ.get("SCRIPT_NAME", "")
    return name.removesuffix(environ.get(_PREFIX_KEY, ""))
