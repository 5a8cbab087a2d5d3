"""Posting something new: which kind, the form, and the first save."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.domain.errors import InvalidInputError
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.policy import Permission
from matchmaker.models import Entry
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.workspace import workspace
from matchmaker.web.workspace.forms import (
    EntryForm,
    blank,
    keep,
    kind_named,
    page_of,
    sent_corrections,
    sent_new,
    with_kept,
)
from matchmaker.web.workspace.parse import checked


@workspace.get("/new")
@requires(Permission.POST)
def choose() -> str:
    """Which of the four it is."""
    kinds = (EntryKind.DEMAND, EntryKind.ACHIEVEMENT, EntryKind.EXPERT, EntryKind.PROJECT)
    return render_template("workspace/choose.html", kinds=kinds)


@workspace.get("/new/<kind>")
@requires(Permission.POST)
def new(kind: str) -> str:
    """The form, as it was left or with what can be guessed."""
    own = services().organisations.of(current_actor())
    return page_of(with_kept(blank(kind_named(kind), own[0] if own else None)))


@workspace.post("/new/<kind>")
@requires(Permission.POST)
def create(kind: str) -> Response | tuple[str, int]:
    """Save it, and submit it where that was asked."""
    form, submit = sent_new(kind_named(kind)), wants_submission()
    parsed = checked(form.kind, form.raw, services().taxonomies.knows, complete=submit)
    corrections, unread = sent_corrections(form)
    try:
        if parsed.problems or unread:
            raise InvalidInputError([*parsed.problems, *unread])
        actor = current_actor()
        posting = request.form.get("posting", "")
        entry = services().editing.create(
            actor, form.kind, _organisation(), parsed.values, posting, corrections
        )
    except InvalidInputError as error:
        keep(form)
        return page_of(form, error.problems), 422
    if submit and entry.status is EntryState.DRAFT:
        entry = services().steps.submit(actor, entry.code, entry.version)
    return _done(form, entry, submitted=submit)


def wants_submission() -> bool:
    """Whether the button was the one that hands the entry in for screening."""
    return request.form.get("then") == "submit"


def _organisation() -> int:
    """The organisation that was chosen; the only one where there was no choice."""
    chosen = request.form.get("organisation", type=int)
    return chosen if chosen is not None else min(current_actor().organisations)


def _done(form: EntryForm, entry: Entry, *, submitted: bool) -> Response:
    services().drafts.discard(current_actor(), form.name)
    if submitted:
        flash(
            _("%(code)s is submitted. You are told as soon as it is screened.", code=entry.code),
            "success",
        )
    else:
        flash(
            _("%(code)s is saved as a draft; only your organisation sees it.", code=entry.code),
            "success",
        )
    return redirect(url_for("workspace.entry", code=entry.code), 303)
