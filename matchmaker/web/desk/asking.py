"""Questions to the supplier of a match: asked with one click, taken back while unanswered."""

from __future__ import annotations

from flask import flash, redirect, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from matchmaker.domain.errors import ConflictError
from matchmaker.domain.policy import Permission
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.desk import desk
from matchmaker.web.desk.matches import match_url
from matchmaker.web.desk.queue import filter_from_request
from matchmaker.web.problems import explanation


@desk.post("/matches/<int:number>/questions")
@requires(Permission.REVIEW)
def ask(number: int) -> Response:
    """Ask the supplier about one clause; the broker stays with the match."""
    try:
        services().questions.ask(current_actor(), number, request.form.get("clause", ""))
    except ConflictError as error:
        flash(explanation(error), "warning")
    else:
        flash(gettext("The supplier is asked; you are told of the answer."), "success")
    return _back_to(number)


@desk.post("/questions/<int:number>/take-back")
@requires(Permission.REVIEW)
def take_back(number: int) -> Response:
    """Take a question back that is not answered yet."""
    questions, actor = services().questions, current_actor()
    match = questions.match_behind(actor, number)
    try:
        questions.take_back(actor, number)
    except ConflictError:
        flash(gettext("It was answered already, so it stays."), "warning")
    else:
        flash(gettext("The question was taken back."), "success")
    return _back_to(match)


def _back_to(number: int) -> Response:
    return redirect(match_url(number, filter_from_request()) + "#clauses", 303)
