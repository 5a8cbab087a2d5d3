"""Verdicts on matches: approve, reject, snooze, hand over, undo, introduce at once."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from matchmaker.domain.errors import ConflictError, InvalidInputError, Problem
from matchmaker.domain.policy import Permission
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.desk import desk
from matchmaker.web.desk.matches import match_page, match_url
from matchmaker.web.desk.queue import filter_from_request
from matchmaker.web.formatting import day as day_in_words
from matchmaker.web.paging import row_number
from matchmaker.web.problems import explanation

Answer = Response | tuple[str, int]
_DIALOGS = ("reject", "snooze")


@desk.post("/matches/<int:number>")
@requires(Permission.REVIEW)
def decide(number: int) -> Answer:
    """Approve, reject, snooze; the next match follows at once."""
    decision = request.form.get("decision", "")
    following = _following(number)
    try:
        said = _give_verdict(number, decision)
    except ConflictError as error:
        return match_page(number, conflict=error), 409
    except InvalidInputError as error:
        opened = decision if decision in _DIALOGS else ""
        return match_page(number, refused=error, opened=opened), 422
    flash(said, "success")
    return _go(following)


@desk.post("/matches/<int:number>/assign")
@requires(Permission.REVIEW)
def assign(number: int) -> Answer:
    """Hand a match to a colleague, or give it back to all."""
    review, actor, form = services().review, current_actor(), request.form
    person = form.get("person", type=row_number)
    following = _following(number)
    try:
        review.assign(actor, number, form.get("version", 0, type=int), person)
    except ConflictError as error:
        flash(explanation(error), "warning")
        return _go(number)
    if person is None:
        flash(gettext("Given back to all."), "success")
        return _go(number)
    if person == actor.person_id:
        flash(gettext("This match is yours now."), "success")
        return _go(number)
    flash(gettext("Handed over."), "success")
    return _go(following)


@desk.post("/matches/<int:number>/undo")
@requires(Permission.REVIEW)
def undo(number: int) -> Answer:
    """Take one's own verdict back."""
    try:
        services().review.undo(current_actor(), number)
    except ConflictError as error:
        flash(explanation(error), "warning")
    else:
        flash(gettext("Your verdict was taken back."), "success")
    return _go(number)


@desk.post("/matches/<int:number>/introduce")
@requires(Permission.REVIEW)
def introduce_now(number: int) -> Answer:
    """Introduce the sides of an approved match without waiting."""
    try:
        services().review.introduce_now(current_actor(), number)
    except ConflictError as error:
        flash(explanation(error), "warning")
    else:
        flash(gettext("Both sides are being introduced now."), "success")
    return _go(number)


def _following(number: int) -> int | None:
    """The match to go to, asked for before the verdict takes this one out of the queue."""
    return services().review.place(current_actor(), filter_from_request(), number).following


def _go(number: int | None) -> Response:
    return redirect(match_url(number, filter_from_request()), 303)


def _give_verdict(number: int, decision: str) -> str:
    """Give the verdict that the form asks for and return what to say of it."""
    review, actor, form = services().review, current_actor(), request.form
    version = form.get("version", 0, type=int)
    if decision in ("approve", "introduce"):
        review.approve(actor, number, version, at_once=decision == "introduce")
        if decision == "introduce":
            return gettext("Approved; both sides are being introduced now.")
        return gettext("Approved; both sides will be introduced in ten minutes.")
    if decision == "reject":
        review.reject(actor, number, version, form.get("reason", ""), form.get("note", ""))
        return gettext("Rejected.")
    if decision == "snooze":
        until = _day(form.get("until", ""))
        review.snooze(actor, number, version, until)
        return gettext("Snoozed until %(day)s.", day=day_in_words(until))
    raise InvalidInputError([Problem("decision", "required")])


def _day(text: str) -> date:
    if not text.strip():
        raise InvalidInputError([Problem("until", "required")])
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInputError([Problem("until", "not_a_date", {"value": text[:40]})]) from None
