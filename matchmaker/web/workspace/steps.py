"""The steps that an organisation takes with its entry, and copies of it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from matchmaker.domain.errors import InvalidInputError
from matchmaker.domain.policy import Permission
from matchmaker.services.screening import check_reason
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.problems import sentences_by_field
from matchmaker.web.workspace import workspace
from matchmaker.web.workspace.editing import own_entry
from matchmaker.web.workspace.remarks import reason_options
from matchmaker.web.workspace.specs import Errors

_WITHDRAW = "entry_withdraw"


@workspace.post("/entries/<code>/submit")
@requires(Permission.KEEP_ENTRY)
def submit(code: str) -> Response:
    """Hand it in as it stands; what is missing is shown in the form."""
    version = request.form.get("version", 0, type=int)
    try:
        services().steps.submit(current_actor(), code, version)
    except InvalidInputError as error:
        missing = len({problem.field for problem in error.problems})
        message = ngettext(
            "Not submitted yet: %(num)s field needs another look.",
            "Not submitted yet: %(num)s fields need another look.",
            missing,
        )
        flash(message, "warning")
        return redirect(url_for("workspace.edit", code=code, check=1), 303)
    return _back(code, _("Submitted. You are told as soon as it is screened."))


@workspace.post("/entries/<code>/recall")
@requires(Permission.KEEP_ENTRY)
def recall(code: str) -> Response:
    """Take it back from screening."""
    services().steps.recall(current_actor(), code)
    return _back(code, _("Taken back; it is a draft again."))


@workspace.post("/entries/<code>/reopen")
@requires(Permission.KEEP_ENTRY)
def reopen(code: str) -> Response:
    """Make a withdrawn entry a draft again."""
    services().steps.reopen(current_actor(), code)
    return _back(code, _("It is a draft again; change it and submit it when it is ready."))


@workspace.post("/entries/<code>/confirm")
@requires(Permission.KEEP_ENTRY)
def confirm(code: str) -> Response:
    """Say that it still holds."""
    services().steps.confirm(current_actor(), code)
    return _back(code, _("Confirmed as still valid."))


@workspace.post("/entries/<code>/copy")
@requires(Permission.KEEP_ENTRY)
def copy(code: str) -> Response:
    """Begin a new entry with the values of this one."""
    entry = services().editing.copy(current_actor(), code)
    flash(
        _(
            "%(code)s is a copy; change what differs and say until when it is valid.",
            code=entry.code,
        ),
        "success",
    )
    return redirect(url_for("workspace.edit", code=entry.code), 303)


@workspace.get("/entries/<code>/withdraw")
@requires(Permission.KEEP_ENTRY)
def ask_withdraw(code: str) -> str:
    """Ask why before it is taken off."""
    return _withdraw_page(code, {})


@workspace.post("/entries/<code>/withdraw")
@requires(Permission.KEEP_ENTRY)
def withdraw(code: str) -> Response | tuple[str, int]:
    """Take it off the portal."""
    reason, note = request.form.get("reason", ""), request.form.get("note", "").strip()[:2000]
    try:
        check_reason(services().taxonomies, _WITHDRAW, reason, note)
    except InvalidInputError as error:
        return _withdraw_page(code, sentences_by_field(error.problems)), 422
    services().steps.withdraw(current_actor(), code, reason, note)
    return _back(code, _("Withdrawn: it is no longer found or matched. Its history is kept."))


@workspace.get("/entries/<code>/conclude")
@requires(Permission.KEEP_ENTRY)
def ask_conclude(code: str) -> str:
    """Ask what came of it."""
    return render_template("workspace/conclude.html", entry=own_entry(code))


@workspace.post("/entries/<code>/conclude")
@requires(Permission.KEEP_ENTRY)
def conclude(code: str) -> Response:
    """Mark it as settled."""
    note = request.form.get("note", "").strip()[:2000]
    services().steps.conclude(current_actor(), code, note)
    return _back(code, _("Concluded: it stays to be read and is matched no more."))


def _withdraw_page(code: str, errors: Errors) -> str:
    entry = own_entry(code)
    reason = {
        "name": "reason",
        "label": _("Reason"),
        "type": "radio",
        "value": request.form.get("reason", ""),
        "options": reason_options(_WITHDRAW),
        "required": True,
        "errors": errors.get("reason", ()),
    }
    note = {
        "name": "note",
        "label": _("Note"),
        "type": "textarea",
        "rows": 3,
        "value": request.form.get("note", ""),
        "help": _("For your own history; brokers can read it."),
        "errors": errors.get("note", ()),
    }
    return render_template("workspace/withdraw.html", entry=entry, fields=[reason, note])


def _back(code: str, message: str) -> Response:
    flash(message, "success")
    return redirect(url_for("workspace.entry", code=code), 303)
