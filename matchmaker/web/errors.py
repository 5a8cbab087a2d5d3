"""Maps every error to its HTTP answer and a page that says what happened and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping

import structlog
from flask import Flask, flash, g, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from matchmaker.domain.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    MatchmakerError,
    NotFoundError,
    TooLargeError,
    UnavailableError,
)
from matchmaker.web.observing import route_pattern
from matchmaker.web.problems import explanation, sentence

log = structlog.get_logger(__name__)

STATUS: Mapping[type[MatchmakerError], int] = {
    NotFoundError: 404,
    ForbiddenError: 403,
    InvalidInputError: 422,
    ConflictError: 409,
    TooLargeError: 413,
    UnavailableError: 503,
}
#: Statuses with a page of their own; others use the nearest of these.
PAGES = (400, 403, 404, 405, 409, 410, 413, 429, 500, 503)

_OWN_PATH = re.compile(r"/(?![/\\])")


def status_of(error: MatchmakerError) -> int:
    """The HTTP status of an expected error."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return 500


def register_errors(app: Flask) -> None:
    """Have every error answered with a page."""
    app.register_error_handler(MatchmakerError, _expected)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def error_page(status: int, message: str = "") -> tuple[str, int]:
    """The page for a status, with a sentence that says more where there is one.

    Where the frame around it asks the database for the reader and that is away, the page says so.
    """
    try:
        return _rendered(status, message)
    except UnavailableError as error:
        return _rendered(status_of(error), explanation(error))


def _rendered(status: int, message: str) -> tuple[str, int]:
    page = status if status in PAGES else 400 if status < 500 else 500
    g.failed = status >= 500
    text = render_template(f"errors/{page}.html", message=message, request_id=g.get("request_id"))
    return text, status


def _expected(error: MatchmakerError) -> Response | tuple[str, int]:
    status = status_of(error)
    if status >= 500:
        log.error("engine_away", error=error.code, route=route_pattern(), exc_info=error)
    message = explanation(error)
    if isinstance(error, InvalidInputError):
        message = " ".join(dict.fromkeys(sentence(problem) for problem in error.problems))
    back = _page_before()
    if back and request.method == "POST" and status in (409, 413, 422):
        flash(message, "warning")
        return redirect(back, 303)
    return error_page(status, message)


def _forged(error: CSRFError) -> Response | tuple[str, int]:
    """A form whose session ran out: the account area brings it back after signing in."""
    from matchmaker.web.account.recovery import stash_form

    return stash_form() or error_page(400, explanation(MatchmakerError("session_over")))


def _http(error: HTTPException) -> tuple[str, int, dict[str, str]] | HTTPException:
    if error.code is None or error.code < 400:
        return error
    # Says which methods there are (405) or when to come again (429).
    kept = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    return *error_page(error.code), kept


def _unexpected(error: Exception) -> tuple[str, int]:
    log.exception("unexpected_error", route=route_pattern())
    return error_page(500)


def _page_before() -> str:
    """The page of this portal a form was sent from, or "" where it is not known."""
    referrer = request.referrer or ""
    return referrer if referrer.startswith(request.host_url) else ""


def safe_next(target: str | None) -> str:
    """Where to go after signing in: a path of this portal, or the home page."""
    # Browsers pass over control characters, so "/<tab>/host" would be another host.
    if target and target.isprintable() and _OWN_PATH.match(target):
        return target
    return url_for("showcase.home")
