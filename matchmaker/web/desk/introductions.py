"""Introductions made, and what the sides answered."""

from __future__ import annotations

from flask import render_template, request, url_for

from matchmaker.domain.lifecycles import IntroductionState
from matchmaker.domain.policy import Permission
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.cards import card_of
from matchmaker.web.desk import desk
from matchmaker.web.frame import Link
from matchmaker.web.labels import LABELS
from matchmaker.web.paging import Page


@desk.get("/introductions")
@requires(Permission.REVIEW)
def introductions() -> str:
    """All introductions, newest first, by their state."""
    page = Page.asked()
    wanted = request.args.get("state", "")
    state = IntroductionState(wanted) if wanted in IntroductionState.__members__.values() else None
    views, total = services().introductions.all(current_actor(), state, page.offset, page.per_page)
    return render_template(
        "desk/introductions.html",
        rows=[(view, card_of(view.mine), card_of(view.theirs)) for view in views],
        tabs=_tabs(wanted),
        page=page.of(total),
    )


def _tabs(current: str) -> list[Link]:
    names = {"": LABELS["tab"]["all"], **LABELS["introduction_state"]}
    return [
        Link(str(name), url_for("desk.introductions", state=code or None), code == current)
        for code, name in names.items()
    ]
