"""The matches of one's own entries."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _

from matchmaker.domain.policy import Permission
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.paging import Page
from matchmaker.web.workspace import workspace
from matchmaker.web.workspace.editing import own_entry
from matchmaker.web.workspace.match_lines import lines_of
from matchmaker.web.workspace.watching import miss_view, settled, watch_view

_PER_PAGE = 15


@workspace.get("/matches")
@requires(Permission.POST)
def matches() -> str:
    """Those of all one's entries, best first."""
    page = Page.asked(_PER_PAGE)
    actor = current_actor()
    views, total = services().matches.of_organisations(actor, page.offset, page.per_page)
    return render_template(
        "workspace/matches.html", lines=lines_of(views), page=page.of(total), entry=None
    )


@workspace.get("/entries/<code>/matches")
@requires(Permission.KEEP_ENTRY)
def entry_matches(code: str) -> str:
    """Those of one entry."""
    entry = own_entry(code)
    lines = lines_of(services().matches.of_entry(current_actor(), entry.code))
    page = Page(1, len(lines), per_page=max(1, len(lines)))
    return render_template(
        "workspace/matches.html",
        lines=lines,
        page=page,
        settled=settled(entry),
        miss=None if lines else miss_view(entry),
        watch=watch_view(entry),
        entry=entry,
        entry_title=entry.title or _("(no title yet)"),
    )
