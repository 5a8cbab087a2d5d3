"""An entry's page for its owner: where it stands, what is next, what it says, what it met."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, url_for
from flask_babel import gettext as _

from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.policy import Permission
from matchmaker.models import Entry
from matchmaker.services.match_reading import Progress
from matchmaker.services.taxonomies import Term
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.cards import texts_of
from matchmaker.web.language import current_language
from matchmaker.web.values import field_label, shown_fields
from matchmaker.web.workspace import workspace
from matchmaker.web.workspace.editing import own_entry
from matchmaker.web.workspace.match_lines import lines_of
from matchmaker.web.workspace.remarks import remarks_of
from matchmaker.web.workspace.standing import standing_of
from matchmaker.web.workspace.watching import miss_view, settled, watch_view

_MATCHES_SHOWN = 3
_SHOWN_APART = ("title", "summary", "body")
_MACRO_STATE = {"running": "active"}


@dataclass(frozen=True, slots=True)
class LiveStep:
    """One step of the background work, as the macro `live_status` takes it."""

    label: str
    state: str


@workspace.get("/entries/<code>")
@requires(Permission.KEEP_ENTRY)
def entry(code: str) -> str:
    """The page."""
    found, actor = own_entry(code), current_actor()
    published = found.status is EntryState.PUBLISHED
    lines = lines_of(services().matches.of_entry(actor, code)[:_MATCHES_SHOWN])
    nothing_fits = settled(found) and not lines
    remarks = remarks_of(found)
    shown = shown_fields(found, contact=True)
    return render_template(
        "workspace/entry.html",
        entry=found,
        texts=texts_of(found),
        standing=standing_of(found.status),
        remarks=[(name, field_label(name), text) for name, text in remarks.items()],
        waiting=services().editing.waiting_edit(found.id),
        live=_live(found) if published else None,
        matches=lines,
        nothing_fits=nothing_fits,
        miss=miss_view(found) if nothing_fits else None,
        watch=watch_view(found),
        advice=[
            (held.reason.name(current_language()), _advice(held.reason), held.count)
            for held in services().advising.of_entry(actor, code)
        ],
        facts=[field for field in shown if field.name not in _SHOWN_APART],
        files=services().reading.attachments(found.id),
        ties=services().reading.linked(actor, found.id),
    )


def _advice(reason: Term) -> str:
    """What the poster can do about a reason, in the reader's language."""
    return reason.details.get(f"advice_{current_language()}") or reason.details["advice_zh"]


@workspace.get("/entries/<code>/progress")
@requires(Permission.KEEP_ENTRY)
def progress(code: str) -> str:
    """The live status alone, for the page that asks every second."""
    return render_template("workspace/progress.html", live=_live(own_entry(code)))


def _live(found: Entry) -> dict[str, object]:
    held = services().matches.progress(current_actor(), found.code)
    return {
        "steps": _steps(held),
        "url": url_for("workspace.progress", code=found.code),
        "done": held.done or held.failed or held.status is not EntryState.PUBLISHED,
        "matches": held.matches,
        "matches_url": url_for("workspace.entry_matches", code=found.code),
    }


def _steps(held: Progress) -> list[LiveStep]:
    names = {
        "embed": _("Its text is prepared for search"),
        "index": _("It can be found"),
        "match": _("It is compared with the other side"),
    }
    return [
        LiveStep(names.get(step, step), _MACRO_STATE.get(state, state))
        for step, state in held.steps
    ]
