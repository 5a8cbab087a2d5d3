"""Screening: what waits, and edits of what is published."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from matchmaker.domain.errors import InvalidInputError
from matchmaker.domain.policy import Permission
from matchmaker.services.screening import PendingEdit
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.cards import card_of
from matchmaker.web.desk import desk
from matchmaker.web.paging import Page
from matchmaker.web.problems import sentences_by_field
from matchmaker.web.values import Change, change_in_words


@desk.get("/screening")
@requires(Permission.SCREEN)
def screening() -> str:
    """Submitted entries, longest waiting first, and edits to judge."""
    return _list_page()


def _list_page(refused: InvalidInputError | None = None, edit: int = 0) -> str:
    page = Page.asked()
    entries, total = services().screening.queue(current_actor(), page.offset, page.per_page)
    return render_template(
        "desk/screening.html",
        waiting=[(entry, card_of(entry)) for entry in entries],
        edits=[
            (held, card_of(held.entry), _changes(held))
            for held in services().screening.edits(current_actor())
        ],
        page=page.of(total),
        problems=sentences_by_field(refused.problems) if refused else {},
        refused_edit=edit,
    )


@desk.post("/screening/edits/<int:number>")
@requires(Permission.SCREEN)
def judge_edit(number: int) -> Response | tuple[str, int]:
    """Let an edit of a published entry stand, or turn it down."""
    desk_work, actor = services().screening, current_actor()
    try:
        if request.form.get("decision") == "accept":
            entry = desk_work.accept_edit(actor, number)
            flash(gettext("The change of %(code)s stands.", code=entry.code), "success")
        else:
            entry = desk_work.refuse_edit(actor, number, request.form.get("note", ""))
            flash(gettext("The change of %(code)s was turned down.", code=entry.code), "success")
    except InvalidInputError as error:
        return _list_page(error, number), 422
    return redirect(url_for("desk.screening"), 303)


def _changes(edit: PendingEdit) -> list[Change]:
    return [
        change_in_words(edit.entry.kind, name, pair) for name, pair in edit.revision.values.items()
    ]
