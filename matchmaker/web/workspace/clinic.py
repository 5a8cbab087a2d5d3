"""The clinic: advice on a form while it is typed, and as a page without JavaScript."""

from __future__ import annotations

from flask import render_template, request

from matchmaker.domain.errors import NotFoundError
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.policy import Permission
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.security import limiter
from matchmaker.web.workspace import workspace
from matchmaker.web.workspace.clause_table import clause_table
from matchmaker.web.workspace.clinic_view import ADVISED_KINDS, view_of
from matchmaker.web.workspace.forms import (
    EntryForm,
    keep,
    kind_named,
    page_of,
    sent_edit,
    sent_new,
)
from matchmaker.web.workspace.parse import parse
from matchmaker.web.workspace.raw import address_of, name_of_edit


@workspace.post("/clinic/<form>")
@requires(Permission.POST)
@limiter.limit(lambda: services().settings.advice_limit)
def advise(form: str) -> str:
    """Advice on what was sent: the panel alone to a script, else the form with it, kept."""
    sent = _sent(form)
    values = parse(sent.kind, sent.raw).values
    code = sent.entry.code if sent.entry else ""
    advice = view_of(services().clinic.advise(current_actor(), sent.kind, values, code))
    if request.headers.get("HX-Request"):
        clauses = clause_table(sent.raw, added=False) if sent.kind is EntryKind.DEMAND else None
        return render_template("workspace/clinic.html", advice=advice, clauses=clauses)
    keep(sent)
    return page_of(sent, advice=advice)


def _sent(name: str) -> EntryForm:
    """The form of that name as this request sends it.

    Raises:
        NotFoundError: there is no such form for this person, or its kind gets no advice.
    """
    if not address_of(name):
        raise NotFoundError("no_page")
    code = name.removeprefix(name_of_edit(""))
    if code != name:
        entry = services().reading.get(current_actor(), code, Permission.KEEP_ENTRY)
        sent = sent_edit(entry)
    else:
        sent = sent_new(kind_named(name.partition(":")[2]))
    if sent.kind not in ADVISED_KINDS:
        raise NotFoundError("no_page")
    return sent
