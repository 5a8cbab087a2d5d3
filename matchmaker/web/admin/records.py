"""The audit: who did what to which record."""

from __future__ import annotations

from flask import render_template, request

from matchmaker.domain.policy import Permission
from matchmaker.web.access import requires, services
from matchmaker.web.admin import admin
from matchmaker.web.labels import LABELS
from matchmaker.web.paging import Page

_PER_PAGE = 50


@admin.get("/audit")
@requires(Permission.ADMINISTER)
def audit() -> str:
    """The history of all records, newest first, by code, person or action."""
    page = Page.asked(_PER_PAGE)
    code, action = request.args.get("code", "").strip(), request.args.get("action", "")
    rows, total = services().auditing.find(
        actor_id=request.args.get("person", type=int),
        subject_code=code,
        action=action,
        offset=page.offset,
        limit=_PER_PAGE,
    )
    return render_template(
        "admin/audit.html",
        rows=rows,
        code=code,
        action=action,
        actions=list(LABELS["action"].items()),
        page=page.of(total),
    )
