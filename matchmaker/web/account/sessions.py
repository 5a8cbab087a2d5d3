"""Signing in and out."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from matchmaker.domain.errors import MatchmakerError
from matchmaker.domain.policy import Permission
from matchmaker.models import Person
from matchmaker.web.access import current_actor, requires, services, session_user
from matchmaker.web.account import account, recovery
from matchmaker.web.account.specs import email_field, password_field, typed
from matchmaker.web.errors import safe_next
from matchmaker.web.security import limiter


@account.get("/sign-in")
@requires(Permission.OPEN)
def sign_in() -> str | Response:
    """The form."""
    target = request.args.get("next", "")
    if current_actor().signed_in:
        return redirect(safe_next(target), 303)
    return _page("", target)


@account.post("/sign-in")
@requires(Permission.OPEN)
@limiter.limit(lambda: services().settings.sign_in_limit)
def enter() -> Response | tuple[str, int]:
    """Let a person in whose password fits."""
    email, target = request.form.get("email", ""), request.form.get("next", "")
    person = services().accounts.authenticate(email, request.form.get("password", ""))
    if person is None:
        return _page(typed("email")["email"], target, failed=True), 422
    open_session(person)
    response = redirect(_after(person, target), 303)
    recovery.forget(response)
    return response


@account.post("/sign-out")
@requires(Permission.OPEN)
def sign_out() -> Response:
    """End the session."""
    logout_user()
    session.clear()
    flash(_("You are signed out."), "info")
    return redirect(url_for("showcase.home"), 303)


def open_session(person: Person) -> None:
    """Begin a session of its own for a person; whatever the one before held is gone."""
    actor = services().accounts.actor(person.id, person.session_epoch)
    if actor is None:
        raise MatchmakerError("session_over")
    session.clear()
    session.permanent = True
    login_user(session_user(person, actor))


def _after(person: Person, target: str) -> str:
    """Where to go: to the form that was sent when the session was over, or where one came from."""
    actor = services().accounts.actor(person.id, person.session_epoch)
    form = recovery.bring_back(actor) if actor else ""
    if form:
        flash(
            _("Your form is back as you typed it. Please look it over and send it again."), "info"
        )
    return form or safe_next(target)


def _page(email: str, target: str, *, failed: bool = False) -> str:
    return render_template(
        "account/sign_in.html",
        fields=[email_field(email), password_field()],
        target=target,
        failed=failed,
        samples=_samples(),
    )


def _samples() -> list[tuple[str, str, str]]:
    """Address, role and password of the sample accounts, where this machine alone can see them."""
    if not (services().settings.on_loopback and services().accounts.has_samples()):
        return []
    from matchmaker.services.seeding import SAMPLE_ACCOUNTS, SAMPLE_PASSWORD

    return [(held.email, str(held.role), SAMPLE_PASSWORD) for held in SAMPLE_ACCOUNTS]
