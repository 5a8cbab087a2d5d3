"""Signing up, together with an organisation that an admin approves."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.domain.errors import InvalidInputError, Problem
from matchmaker.domain.policy import Permission
from matchmaker.services.accounts import SignUp
from matchmaker.services.organisations import NewOrganisation
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.account import account
from matchmaker.web.account.sessions import open_session
from matchmaker.web.account.specs import (
    Errors,
    listed,
    organisation_fields,
    password_field,
    person_fields,
    typed,
)
from matchmaker.web.language import current_language
from matchmaker.web.problems import sentences_by_field
from matchmaker.web.security import limiter
from matchmaker.web.workspace.options import region_options

_NAMES = ("name", "email", "organisation_name", "organisation_kind", "region", "about")


@account.get("/sign-up")
@requires(Permission.OPEN)
def sign_up() -> str | Response:
    """The form."""
    if current_actor().signed_in:
        return redirect(url_for("account.profile"), 303)
    return _page({"region": services().settings.region}, {})


@account.post("/sign-up")
@requires(Permission.OPEN)
@limiter.limit(lambda: services().settings.sign_in_limit)
def join() -> Response | tuple[str, int]:
    """Add the person and their organisation, and let them in."""
    values = typed(*_NAMES)
    try:
        person = services().organisations.sign_up(_person(values), _organisation(values))
    except InvalidInputError as error:
        return _page(values, sentences_by_field(error.problems)), 422
    open_session(person)
    flash(
        _(
            "Welcome. An admin looks at your organisation now; you are told by mail when you "
            "can post."
        ),
        "success",
    )
    return redirect(url_for("account.profile"), 303)


def _person(values: Mapping[str, str]) -> SignUp:
    password = request.form.get("password", "")
    if password != request.form.get("password_again", ""):
        raise InvalidInputError([Problem("password_again", "passwords_differ")])
    return SignUp(values["name"], values["email"], password, current_language())


def _organisation(values: Mapping[str, str]) -> NewOrganisation:
    return NewOrganisation(
        values["organisation_name"], values["organisation_kind"], values["region"], values["about"]
    )


def _page(values: Mapping[str, str], errors: Errors) -> str:
    again = password_field("password_again", _("Password once more"), new=True, errors=errors)
    again["help"] = ""
    return render_template(
        "account/sign_up.html",
        person=[*person_fields(values, errors), again],
        organisation=organisation_fields(values, errors, region_options()),
        errors=listed(errors),
    )
