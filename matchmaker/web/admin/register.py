"""Organisations that wait for approval, and people."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from matchmaker.domain.kinds import OrganisationStatus
from matchmaker.domain.policy import Permission
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.admin import admin
from matchmaker.web.frame import Link
from matchmaker.web.labels import LABELS
from matchmaker.web.paging import Page

_PER_PAGE = 50
_TRUST = {
    "trust": lazy_gettext("Its changes are shown at once from now on, and screened afterwards."),
    "distrust": lazy_gettext("Its changes wait for screening from now on."),
}


@admin.get("/organisations")
@requires(Permission.ADMINISTER)
def organisations() -> str:
    """Organisations by their state; those that wait come first."""
    wanted = request.args.get("status", OrganisationStatus.PENDING)
    known = wanted in OrganisationStatus.__members__.values()
    status = OrganisationStatus(wanted) if known else OrganisationStatus.PENDING
    page = Page.asked(_PER_PAGE)
    rows, total = services().organisations.listed(
        status=status, offset=page.offset, limit=_PER_PAGE
    )
    tabs = [
        Link(str(name), url_for("admin.organisations", status=code), code == status, _count(code))
        for code, name in LABELS["organisation_status"].items()
    ]
    return render_template(
        "admin/organisations.html",
        rows=rows,
        status=status,
        tabs=tabs,
        page=page.of(total),
    )


@admin.post("/organisations/<int:number>")
@requires(Permission.ADMINISTER)
def decide_organisation(number: int) -> Response:
    """Approve, refuse, trust or stop trusting an organisation."""
    decision, note = request.form.get("decision", ""), request.form.get("note", "")
    register, actor = services().organisations, current_actor()
    if decision in ("trust", "distrust"):
        register.set_trusted(actor, number, trusted=decision == "trust")
        flash(str(_TRUST[decision]), "success")
        return redirect(url_for("admin.organisations", status=OrganisationStatus.ACTIVE), 303)
    register.decide(actor, number, approve=decision == "approve", note=note)
    flash(gettext("Done; its people were told."), "success")
    return redirect(url_for("admin.organisations"), 303)


def _count(status: str) -> int:
    _, total = services().organisations.listed(status=OrganisationStatus(status), limit=1)
    return total


@admin.get("/people")
@requires(Permission.ADMINISTER)
def people() -> str:
    """Everybody with an account, and their roles."""
    page = Page.asked(_PER_PAGE)
    rows, total = services().accounts.listed(page.offset, _PER_PAGE)
    return render_template("admin/people.html", rows=rows, page=page.of(total))


@admin.post("/people/<int:number>")
@requires(Permission.ADMINISTER)
def set_access(number: int) -> Response:
    """Let a person in or keep them out."""
    active = request.form.get("active") == "yes"
    services().accounts.set_active(current_actor(), number, active=active)
    person = services().accounts.person(number)
    if active:
        flash(gettext("%(name)s can sign in again.", name=person.name), "success")
    else:
        flash(
            gettext("%(name)s is shut out and signed out everywhere.", name=person.name), "success"
        )
    return redirect(url_for("admin.people"), 303)
