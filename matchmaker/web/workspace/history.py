"""The history of an entry: who, when, which field from what to what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask_babel import gettext as _

from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.policy import Permission
from matchmaker.models import Event
from matchmaker.services.entries.reading import HistoryLine
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.labels import label
from matchmaker.web.values import Change, change_in_words
from matchmaker.web.workspace import workspace
from matchmaker.web.workspace.remarks import USE_OF_ACTION, remark_text

_LONGEST = 400
_TONES = {
    "publish": "green",
    "edit_accepted": "green",
    "confirm": "green",
    "return": "amber",
    "expire": "amber",
    "withdraw": "amber",
    "edit_refused": "red",
    "reject": "red",
    "submit": "brand",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """One event, as the macro `timeline` takes it."""

    text: str
    when: datetime
    who: str
    reason: str
    tone: str
    changes: list[Change]


@workspace.get("/entries/<code>/history")
@requires(Permission.VIEW_HISTORY)
def history(code: str) -> str:
    """All that was done to an entry, newest first; for its owner and the staff."""
    actor = current_actor()
    entry = services().reading.get(actor, code, Permission.VIEW_HISTORY)
    lines = services().reading.history(actor, code)
    return render_template(
        "workspace/history.html",
        entry=entry,
        deeds=[_deed(entry.kind, line) for line in lines],
        own=entry.organisation_id in actor.organisations,
    )


def _deed(kind: EntryKind, line: HistoryLine) -> Deed:
    event = line.event
    action = label(event.action, "action")
    use = USE_OF_ACTION.get(event.action, "")
    return Deed(
        text=action[:1].upper() + action[1:],
        when=event.at,
        who=line.actor_name or _("the platform"),
        reason=remark_text(use, event.reason, event.note),
        tone=_TONES.get(event.action, ""),
        changes=_changes(kind, event),
    )


def _changes(kind: EntryKind, event: Event) -> list[Change]:
    found = [change_in_words(kind, name, pair) for name, pair in event.changes.items()]
    return [Change(held.field, _cut(held.before), _cut(held.after)) for held in found]


def _cut(words: str) -> str:
    """Long texts are cut: the history says that they changed, the entry shows how they read."""
    return words if len(words) <= _LONGEST else words[:_LONGEST] + "…"
