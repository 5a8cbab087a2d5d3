"""Screening: what was submitted, and edits of what is published."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from matchmaker.domain.errors import NotFoundError
from matchmaker.domain.fields import FIELDS
from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.policy import Permission
from matchmaker.services.screening import PendingEdit, Remark
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.cards import card_of
from matchmaker.web.desk import desk
from matchmaker.web.language import current_language
from matchmaker.web.paging import Page
from matchmaker.web.values import Change, change_in_words, shown_fields


@desk.get("/screening")
@requires(Permission.SCREEN)
def screening() -> str:
    """Submitted entries, longest waiting first, and edits to judge."""
    page = Page.asked()
    entries, total = services().screening.queue(page.offset, page.per_page)
    return render_template(
        "desk/screening.html",
        waiting=[(entry, card_of(entry)) for entry in entries],
        edits=[
            (edit, card_of(edit.entry), _changes(edit)) for edit in services().screening.edits()
        ],
        page=page.of(total),
    )


@desk.get("/screening/<code>")
@requires(Permission.SCREEN)
def screen(code: str) -> str:
    """One submitted entry with the checklist and the fields to return."""
    entry = services().reading.get(current_actor(), code)
    if entry.status is not EntryState.SUBMITTED:
        raise NotFoundError("no_entry", entry=code)
    return render_template(
        "desk/screen.html",
        entry=entry,
        card=card_of(entry),
        fields=shown_fields(entry, contact=True),
        attachments=services().reading.attachments(entry.id),
        similar=[card_of(other) for other in services().search.similar(current_actor(), entry, 3)],
        return_reasons=_reasons("entry_return"),
        reject_reasons=_reasons("entry_reject"),
        names=["", *(spec.name for spec in FIELDS[entry.kind])],
    )


@desk.post("/screening/<code>")
@requires(Permission.SCREEN)
def judge(code: str) -> Response:
    """Publish, return or reject a submitted entry."""
    desk_work, actor, form = services().screening, current_actor(), request.form
    version = form.get("version", 0, type=int)
    decision = form.get("decision", "")
    if decision == "publish":
        desk_work.publish(actor, code, version)
        flash(gettext("%(code)s is published; matches follow in a moment.", code=code), "success")
    elif decision == "return":
        desk_work.return_(actor, code, version, _remarks())
        flash(gettext("%(code)s went back with your remarks.", code=code), "success")
    else:
        desk_work.reject(actor, code, version, form.get("reason", ""), form.get("note", ""))
        flash(gettext("%(code)s was not accepted.", code=code), "success")
    return redirect(_next_to_screen(), 303)


@desk.post("/screening/edits/<int:number>")
@requires(Permission.SCREEN)
def judge_edit(number: int) -> Response:
    """Let an edit of a published entry stand, or turn it down."""
    desk_work, actor = services().screening, current_actor()
    if request.form.get("decision") == "accept":
        entry = desk_work.accept_edit(actor, number)
        flash(gettext("The change of %(code)s stands.", code=entry.code), "success")
    else:
        entry = desk_work.refuse_edit(actor, number, request.form.get("note", ""))
        flash(gettext("The change of %(code)s was turned down.", code=entry.code), "success")
    return redirect(url_for("desk.screening"), 303)


def _next_to_screen() -> str:
    waiting, _ = services().screening.queue(0, 1)
    if waiting:
        return url_for("desk.screen", code=waiting[0].code)
    return url_for("desk.screening")


def _remarks() -> dict[str, Remark]:
    """The remarks of the form: rows remark-N-field, remark-N-reason, remark-N-note."""
    form, found = request.form, {}
    for number in range(30):
        reason = form.get(f"remark-{number}-reason", "")
        if reason:
            field = form.get(f"remark-{number}-field", "")
            found[field] = Remark(reason, form.get(f"remark-{number}-note", ""))
    return found


def _reasons(use: str) -> list[tuple[str, str]]:
    terms = services().taxonomies.reasons[use].values()
    return [(term.code, term.name(current_language())) for term in terms]


def _changes(edit: PendingEdit) -> list[Change]:
    return [
        change_in_words(edit.entry.kind, name, pair) for name, pair in edit.revision.values.items()
    ]
