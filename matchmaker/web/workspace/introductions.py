"""Introductions that concern one's own entries, and one's answer."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.domain.errors import InvalidInputError
from matchmaker.domain.lifecycles import IntroductionState
from matchmaker.domain.policy import Permission
from matchmaker.services.introductions import DECLINED, IntroductionView
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.cards import organisation_name, texts_of
from matchmaker.web.paging import Page
from matchmaker.web.problems import sentences_by_field
from matchmaker.web.workspace import workspace
from matchmaker.web.workspace.match_lines import quotes_of
from matchmaker.web.workspace.remarks import reason_options, remark_text
from matchmaker.web.workspace.specs import Errors

_PER_PAGE = 20
_DECLINE = "introduction_decline"


@workspace.get("/introductions")
@requires(Permission.ANSWER_INTRODUCTION)
def introductions() -> str:
    """All of them, newest first."""
    page = Page.asked(_PER_PAGE)
    actor = current_actor()
    views, total = services().introductions.of_organisations(actor, page.offset, page.per_page)
    pairs = [(view, texts_of(view.mine), texts_of(view.theirs)) for view in views]
    return render_template("workspace/introductions.html", pairs=pairs, page=page.of(total))


@workspace.get("/introductions/<int:match>")
@requires(Permission.ANSWER_INTRODUCTION)
def introduction(match: int) -> str:
    """Both sides, the other's contact, and one's answer."""
    return _page(services().introductions.get(current_actor(), match), {})


@workspace.post("/introductions/<int:match>")
@requires(Permission.ANSWER_INTRODUCTION)
def answer(match: int) -> Response | tuple[str, int]:
    """Say whether one's side is interested."""
    actor, interested = current_actor(), request.form.get("answer") == "interested"
    reason, note = request.form.get("reason", ""), request.form.get("note", "")
    try:
        view = services().introductions.answer(
            actor, match, interested=interested, reason=reason, note=note
        )
    except InvalidInputError as error:
        view = services().introductions.get(actor, match)
        return _page(view, sentences_by_field(error.problems)), 422
    flash(_thanks(view), "success")
    return redirect(url_for("workspace.introduction", match=match), 303)


def _thanks(view: IntroductionView) -> str:
    state = view.introduction.state
    if state is IntroductionState.AGREED:
        return _("Both sides are interested. Please get in touch; the contact stands below.")
    if state is IntroductionState.DECLINED:
        return _("Your answer is noted and the other side is told. The reason improves matching.")
    return _("Your answer is noted; you are told when the other side answers.")


def _page(view: IntroductionView, errors: Errors) -> str:
    held = view.introduction
    return render_template(
        "workspace/introduction.html",
        view=view,
        sides=[
            (_("Your entry"), view.mine, texts_of(view.mine), organisation_name(view.mine)),
            (
                _("The other side"),
                view.theirs,
                texts_of(view.theirs),
                organisation_name(view.theirs),
            ),
        ],
        quotes=quotes_of(view.match, mine_is_demand=view.side != "other"),
        can_answer=held.state is IntroductionState.OPEN
        and not view.my_answer
        and view.side != "desk",
        reason=_reason(view),
        fields=_fields(errors),
    )


def _reason(view: IntroductionView) -> str:
    """Why a side declined; the note is for that side and the brokers alone."""
    held = view.introduction
    if not held.reason:
        return ""
    if view.my_answer == DECLINED or view.side == "desk":
        return remark_text(_DECLINE, held.reason, held.note)
    return dict(reason_options(_DECLINE)).get(held.reason, "")


def _fields(errors: Errors) -> list[dict[str, object]]:
    return [
        {
            "name": "reason",
            "label": _("Why not?"),
            "type": "select",
            "value": request.form.get("reason", ""),
            "options": reason_options(_DECLINE),
            "required": True,
            "errors": errors.get("reason", ()),
        },
        {
            "name": "note",
            "label": _("Note"),
            "type": "textarea",
            "rows": 3,
            "value": request.form.get("note", ""),
            "help": _("Brokers read it; the other side does not."),
            "errors": errors.get("note", ()),
        },
    ]
