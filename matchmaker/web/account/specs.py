"""Fields of the account forms, as the field macro takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _

from matchmaker.domain.kinds import OrganisationKind
from matchmaker.web.labels import label

Spec = dict[str, Any]
Errors = Mapping[str, Sequence[str]]


def typed(*names: str) -> dict[str, str]:
    """What was sent, by name, without blanks around it; passwords are for the view alone."""
    return {name: request.form.get(name, "").strip() for name in names}


def email_field(value: str, errors: Errors = {}) -> Spec:  # noqa: B006
    """The address a person signs in with."""
    return {
        "name": "email",
        "label": _("Email"),
        "type": "email",
        "value": value,
        "required": True,
        "autocomplete": "username",
        "errors": errors.get("email", ()),
    }


def password_field(
    name: str = "password",
    text: str = "",
    *,
    new: bool = False,
    errors: Errors = {},  # noqa: B006
) -> Spec:
    """A password, known or new."""
    return {
        "name": name,
        "label": text or _("Password"),
        "type": "password",
        "required": True,
        "autocomplete": "new-password" if new else "current-password",
        "help": _("At least ten characters; a short sentence is good.") if new else "",
        "errors": errors.get(name, ()),
    }


def person_fields(values: Mapping[str, str], errors: Errors) -> list[Spec]:
    """Who signs up."""
    name = {
        "name": "name",
        "label": _("Your name"),
        "value": values.get("name", ""),
        "required": True,
        "autocomplete": "name",
        "errors": errors.get("name", ()),
    }
    email = email_field(values.get("email", ""), errors)
    return [name, email, password_field(new=True, errors=errors)]


def organisation_fields(
    values: Mapping[str, str], errors: Errors, regions: Sequence[tuple[str, str]]
) -> list[Spec]:
    """The organisation that comes with them."""
    return [
        {
            "name": "organisation_name",
            "label": _("Full name of the organisation"),
            "value": values.get("organisation_name", ""),
            "required": True,
            "autocomplete": "organization",
            "help": _("As it stands on its seal or licence."),
            "errors": errors.get("organisation_name", ()),
        },
        {
            "name": "organisation_kind",
            "label": _("Kind of organisation"),
            "type": "select",
            "value": values.get("organisation_kind", ""),
            "required": True,
            "options": [
                (kind.value, label(kind, "organisation_kind")) for kind in OrganisationKind
            ],
            "errors": errors.get("organisation_kind", ()),
        },
        {
            "name": "region",
            "label": _("Region"),
            "type": "select",
            "value": values.get("region", ""),
            "required": True,
            "options": regions,
            "errors": errors.get("region", ()),
        },
        {
            "name": "about",
            "label": _("What it does"),
            "type": "textarea",
            "rows": 3,
            "value": values.get("about", ""),
            "help": _("Two or three sentences; they help the admin to approve it soon."),
            "errors": errors.get("about", ()),
        },
    ]


def listed(errors: Errors) -> list[tuple[str, str]]:
    """All errors as the summary above a form takes them."""
    return [(name, text) for name, texts in errors.items() for text in texts]
