"""Files of one's own entries; handing them out is the showcase's."""

from __future__ import annotations

from typing import BinaryIO, cast

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.domain.errors import InvalidInputError, MatchmakerError, TooLargeError
from matchmaker.domain.policy import Permission
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.problems import explanation, sentence
from matchmaker.web.workspace import workspace


@workspace.post("/entries/<code>/files")
@requires(Permission.KEEP_ENTRY)
def attach(code: str) -> Response:
    """Attach the files that were chosen; one that is refused does not keep the others out."""
    sent = [file for file in request.files.getlist("file") if file.filename]
    if not sent:
        flash(_("Please choose a file first."), "warning")
    for file in sent:
        name = file.filename or ""
        try:
            services().attachments.add(current_actor(), code, name, cast(BinaryIO, file.stream))
        except (InvalidInputError, TooLargeError) as error:
            flash(f"{name}: {_why(error)}", "danger")
        else:
            flash(_("%(name)s is attached.", name=name), "success")
    return _back(code)


@workspace.post("/entries/<code>/files/<int:number>/remove")
@requires(Permission.KEEP_ENTRY)
def detach(code: str, number: int) -> Response:
    """Take a file off."""
    services().attachments.remove(current_actor(), code, number)
    flash(_("The file is removed; the history keeps its name."), "success")
    return _back(code)


def _why(error: MatchmakerError) -> str:
    if isinstance(error, InvalidInputError):
        return " ".join(sentence(problem) for problem in error.problems)
    return explanation(error)


def _back(code: str) -> Response:
    return redirect(url_for("workspace.entry", code=code, _anchor="files"), 303)
