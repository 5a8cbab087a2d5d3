"""Brings a form back that was sent after its session had run out: nothing typed is lost."""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import current_app, flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from matchmaker.domain.actors import Actor
from matchmaker.domain.errors import MatchmakerError
from matchmaker.web.access import current_actor, services
from matchmaker.web.workspace.raw import address_of, base_version, name_of_sent_form, raw_of

_COOKIE = "matchmaker_form"
_SECONDS = 4 * 3600
_AUTOSAVE = "workspace.autosave"


def stash_form() -> Response | None:
    """Keep the form that this request sends, because its session or token no longer holds.

    Returns:
        Where to go on: to the form itself for a person whose token alone was out of date, else
        to the page to sign in; None where the request sends no form of an entry, or comes from
        another site.
    """
    if request.method != "POST" or not _from_here():
        return None
    if request.endpoint == _AUTOSAVE:
        return _answer_autosave()
    name = name_of_sent_form(request.endpoint or "", request.view_args or {})
    if not name:
        return None
    try:
        return _keep(name)
    except MatchmakerError:
        return None


def bring_back(actor: Actor) -> str:
    """Hand the kept form of this browser to the person who has just signed in.

    Returns:
        The form's address, or "" where none is kept.
    """
    try:
        token = _signer().loads(request.cookies.get(_COOKIE, ""), max_age=_SECONDS)
    except BadSignature:
        return ""
    name = services().drafts.unstash(actor, str(token))
    return address_of(name) if name else ""


def forget(response: Response) -> None:
    """Drop the cookie; its token is used up."""
    if _COOKIE in request.cookies:
        response.delete_cookie(_COOKIE, path="/")


def _keep(name: str) -> Response:
    raw, version, actor = raw_of(request.form), base_version(request.form), current_actor()
    target = address_of(name)
    if actor.signed_in:
        services().drafts.save(actor, name, raw, version)
        flash(
            _("The page had been open for too long. What you typed is back; please send it again."),
            "warning",
        )
        return redirect(target, 303)
    token = services().drafts.stash(name, raw, version)
    response = redirect(url_for("account.sign_in", next=target), 303)
    flash(
        _("Your session had ended. What you typed is kept and comes back after signing in."),
        "warning",
    )
    response.set_cookie(
        _COOKIE,
        _signer().dumps(token),
        max_age=_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=services().settings.secure_cookies,
    )
    return response


def _answer_autosave() -> FlaskResponse:
    """The browser keeps its own copy and says so; a redirect would be lost on a script."""
    answer = jsonify(
        message=_(
            "Your session has ended. Your text is kept on this device; "
            "sign in and open this page again."
        )
    )
    answer.status_code = 401
    return answer


def _from_here() -> bool:
    """Whether a page of this portal sent the request, as far as the browser says."""
    origin = request.headers.get("Origin", "")
    return not origin or origin + "/" == request.host_url


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="matchmaker.form")
