"""Introductions made, and what the sides answered."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from matchmaker.domain.lifecycles import IntroductionState
from matchmaker.domain.policy import Permission
from matchmaker.services.introductions import IntroductionView
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.cards import card_of
from matchmaker.web.desk import desk
from matchmaker.web.frame import Link
from matchmaker.web.labels import LABELS
from matchmaker.web.language import current_language
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
        rows=[_row(view) for view in views],
        wanted=wanted,
        tabs=_tabs(wanted),
        page=page.of(total),
    )


def _row(view: IntroductionView) -> dict[str, Any]:
    match, made = view.match, view.introduction
    term = services().taxonomies.reasons["introduction_decline"].get(made.reason)
    return {
        "match": match.id,
        "state": made.state,
        "demand": card_of(match.demand),
        "other": card_of(match.other),
        "demand_answer": made.demand_answer,
        "other_answer": made.other_answer,
        "reason": term.name(current_language()) if term else made.reason,
        "note": made.note,
        "since": made.created_at,
    }


def _tabs(current: str) -> list[Link]:
    names = {"": LABELS["tab"]["all"], **LABELS["introduction_state"]}
    return [
        Link(str(name), url_for("desk.introductions", state=code or None), code == current)
        for code, name in names.items()
    ]
