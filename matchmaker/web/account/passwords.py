"""Forgotten, reset and changed passwords."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.domain.errors import InvalidInputError, NotFoundError, Problem
from matchmaker.domain.policy import Permission
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.account import account
from matchmaker.web.account.sessions import open_session
from matchmaker.web.account.specs import Errors, email_field, listed, password_field, typed
from matchmaker.web.problems import sentences_by_field
from matchmaker.web.security import limiter


@account.get("/forgotten")
@requires(Permission.OPEN)
def forgotten() -> str:
    """Ask where the letter should go."""
    return render_template("account/forgotten.html", fields=[email_field("")], sent=False)


@account.post("/forgotten")
@requires(Permission.OPEN)
@limiter.limit(lambda: services().settings.sign_in_limit)
def send_reset() -> str:
    """Send the letter; the page says the same whether or not anybody has this address."""
    email = typed("email")["email"]
    services().accounts.request_reset(email)
    return render_template("account/forgotten.html", fields=[], sent=True, email=email)


@account.get("/reset/<token>")
@requires(Permission.OPEN)
def reset(token: str) -> str | tuple[str, int]:
    """Ask for the new password, where the address still holds."""
    if not services().accounts.token_holds(token):
        return _spent()
    return _reset_page({})


@account.post("/reset/<token>")
@requires(Permission.OPEN)
@limiter.limit(lambda: services().settings.sign_in_limit)
def set_by_token(token: str) -> Response | tuple[str, int]:
    """Set the new password."""
    try:
        services().accounts.reset_password(token, _typed_twice())
    except InvalidInputError as error:
        return _reset_page(sentences_by_field(error.problems)), 422
    except NotFoundError:
        return _spent()
    flash(_("Your new password holds from now on. Please sign in with it."), "success")
    return redirect(url_for("account.sign_in"), 303)


@account.get("/password")
@requires(Permission.SIGNED_IN)
def password() -> str:
    """The form to change it."""
    return _change_page({})


@account.post("/password")
@requires(Permission.SIGNED_IN)
@limiter.limit(lambda: services().settings.sign_in_limit)
def change_password() -> Response | tuple[str, int]:
    """Change it; sessions on other devices end."""
    number = current_actor().person_id or 0
    old = request.form.get("old_password", "")
    try:
        person = services().accounts.change_password(number, old, _typed_twice())
    except InvalidInputError as error:
        return _change_page(sentences_by_field(error.problems)), 422
    open_session(person)
    flash(_("Your password is changed. Sessions on other devices have ended."), "success")
    return redirect(url_for("account.profile"), 303)


def _typed_twice() -> str:
    new = request.form.get("password", "")
    if new != request.form.get("password_again", ""):
        raise InvalidInputError([Problem("password_again", "passwords_differ")])
    return new


def _new_password_fields(errors: Errors) -> list[dict[str, object]]:
    first = password_field("password", _("New password"), new=True, errors=errors)
    again = password_field("password_again", _("New password once more"), new=True, errors=errors)
    again["help"] = ""
    return [first, again]


def _reset_page(errors: Errors) -> str:
    fields = _new_password_fields(errors)
    return render_template("account/reset.html", fields=fields, errors=listed(errors))


def _change_page(errors: Errors) -> str:
    old = password_field("old_password", _("Present password"), errors=errors)
    fields = [old, *_new_password_fields(errors)]
    return render_template("account/password.html", fields=fields, errors=listed(errors))


def _spent() -> tuple[str, int]:
    return render_template("account/reset_spent.html"), 410
