"""Forms that save themselves while they are typed."""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.domain.calendar import SHANGHAI
from matchmaker.domain.errors import MatchmakerError, NotFoundError
from matchmaker.domain.policy import Permission
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.errors import status_of
from matchmaker.web.problems import explanation
from matchmaker.web.workspace import workspace
from matchmaker.web.workspace.raw import address_of, base_version, name_of_edit, raw_of


@workspace.post("/autosave/<form>")
@requires(Permission.POST)
def autosave(form: str) -> FlaskResponse:
    """Keep a form as it is typed; says when, as `saved_at`."""
    try:
        _check(form)
        sent = request.form
        draft = services().drafts.save(current_actor(), form, raw_of(sent), base_version(sent))
    except MatchmakerError as error:
        answer = jsonify(message=explanation(error))
        answer.status_code = status_of(error)
        return answer
    return jsonify(saved_at=draft.saved_at.astimezone(SHANGHAI).strftime("%H:%M"))


@workspace.post("/discard/<form>")
@requires(Permission.POST)
def discard(form: str) -> Response:
    """Throw away what was typed and not sent."""
    target = address_of(form)
    if not target:
        raise NotFoundError("no_page")
    services().drafts.discard(current_actor(), form)
    flash(_("What was typed before is thrown away; the form is as it stands."), "info")
    return redirect(target or url_for("workspace.entries"), 303)


def _check(form: str) -> None:
    """Only forms that this person can send are kept.

    Raises:
        NotFoundError: there is no such form for them.
    """
    if not address_of(form):
        raise NotFoundError("no_page")
    code = form.removeprefix(name_of_edit(""))
    if code != form:
        services().reading.get(current_actor(), code, Permission.KEEP_ENTRY)
