"""Background work: jobs by their state, with a retry for those given up; the outbox."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from matchmaker.domain.policy import Permission
from matchmaker.domain.work import JobState
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.admin import admin
from matchmaker.web.frame import Link
from matchmaker.web.labels import LABELS
from matchmaker.web.paging import Page

_PER_PAGE = 50


@admin.get("/jobs")
@requires(Permission.ADMINISTER)
def jobs() -> str:
    """Jobs by state; those given up come first, because they wait for a person."""
    counts, page = services().jobs.counts(), Page.asked(_PER_PAGE)
    default = JobState.DEAD if counts[JobState.DEAD] else JobState.PENDING
    wanted = request.args.get("state", default)
    state = JobState(wanted) if wanted in JobState.__members__.values() else default
    tabs = [
        Link(str(name), url_for("admin.jobs", state=code), code == state, counts[JobState(code)])
        for code, name in LABELS["job_state"].items()
    ]
    return render_template(
        "admin/jobs.html",
        rows=services().jobs.listed(state, _PER_PAGE, page.offset),
        state=state,
        tabs=tabs,
        engines=services().health.report(),
        page=page.of(counts[state]),
    )


@admin.post("/jobs/<int:number>/retry")
@requires(Permission.ADMINISTER)
def retry(number: int) -> Response:
    """Give a job that was given up a fresh set of tries."""
    services().work.retry(number, current_actor())
    flash(gettext("The job runs again."), "success")
    return redirect(url_for("admin.jobs"), 303)


@admin.get("/mail")
@requires(Permission.ADMINISTER)
def mail() -> str:
    """Letters, newest first; without a mail server this is where they stay."""
    page = Page.asked()
    rows, total = services().mailing.outbox(page.offset, page.per_page)
    return render_template("admin/mail.html", rows=rows, page=page.of(total))
