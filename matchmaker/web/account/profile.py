"""A person's own page and notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from matchmaker.domain.policy import Permission
from matchmaker.models import Notification
from matchmaker.services.letters import WORDINGS
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.account import account
from matchmaker.web.paging import Page

_PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice in the reader's language; `url` is "" where it leads nowhere."""

    text: str
    url: str
    when: datetime
    unread: bool


@account.get("/")
@requires(Permission.SIGNED_IN)
def profile() -> str:
    """Who one is here."""
    person = services().accounts.person(current_actor().person_id or 0)
    return render_template("account/profile.html", person=person)


@account.get("/notifications")
@requires(Permission.SIGNED_IN)
def notifications() -> str:
    """What happened, newest first."""
    number = current_actor().person_id or 0
    page = Page.asked(_PER_PAGE)
    rows, total = services().notices.of(number, page.offset, page.per_page)
    lines = [line for row in rows if (line := _line(row))]
    return render_template("account/notifications.html", lines=lines, page=page.of(total))


@account.post("/notifications/read")
@requires(Permission.SIGNED_IN)
def read_notifications() -> Response:
    """Mark all as read."""
    services().notices.read_all(current_actor().person_id or 0)
    return redirect(url_for("account.notifications"), 303)


def _line(row: Notification) -> NoticeLine | None:
    wording = WORDINGS.get(row.kind)
    if wording is None:
        return None
    path = wording.path % row.params if wording.path else ""
    url = request.script_root + path if path else ""
    text = gettext(wording.line) % row.params
    return NoticeLine(text, url, row.created_at, row.read_at is None)
