"""The audit: who did what to which record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for
from flask_babel import gettext

from matchmaker.domain.codes import parse_code
from matchmaker.domain.policy import Permission
from matchmaker.models import Event
from matchmaker.services.auditing import AuditLine
from matchmaker.web.access import requires, services
from matchmaker.web.admin import admin
from matchmaker.web.labels import LABELS, label
from matchmaker.web.language import current_language
from matchmaker.web.paging import Page, row_number
from matchmaker.web.values import Change, change_in_words, field_label

_PER_PAGE = 50
#: (subject, action) → use of its reason codes.
_REASONS = {
    ("entry", "return"): "entry_return",
    ("entry", "reject"): "entry_reject",
    ("entry", "withdraw"): "entry_withdraw",
    ("match", "reject"): "match_reject",
    ("match", "answer"): "introduction_decline",
}
#: Codes that changes of other records hold.
_VOCABULARIES = {"state": "match_state", "answer": "answer", "status": "organisation_status"}


@dataclass(frozen=True, slots=True)
class Line:
    """One event in words.

    Attributes:
        person: number of who did it, to look for more of theirs; None is the platform.
        code: the entry's public code, "" for other records.
        url: more of this record, "" where there is none.
    """

    when: datetime
    who: str
    person: int | None
    on_behalf_of: str
    action: str
    subject: str
    code: str
    url: str
    reason: str
    note: str
    changes: list[Change]
    request_id: str


@admin.get("/audit")
@requires(Permission.ADMINISTER)
def audit() -> str:
    """The history of all records, newest first, by code, person or action."""
    page = Page.asked(_PER_PAGE)
    code, action = request.args.get("code", "").strip(), request.args.get("action", "")
    person = request.args.get("person", type=row_number)
    rows, total = services().auditing.find(
        actor_id=person,
        subject_code=code,
        action=action,
        offset=page.offset,
        limit=_PER_PAGE,
    )
    return render_template(
        "admin/audit.html",
        rows=[_line(row) for row in rows],
        code=code,
        action=action,
        person=person,
        person_name=services().review.names([person]).get(person, "") if person else "",
        actions=sorted(
            ((name, label(name, "action")) for name in services().auditing.actions()),
            key=lambda option: option[1],
        ),
        page=page.of(total),
    )


def _line(row: AuditLine) -> Line:
    event = row.event
    what = label(event.subject_type, "subject")
    return Line(
        when=event.at,
        who=row.actor or gettext("The platform"),
        person=event.actor_id,
        on_behalf_of=row.on_behalf_of,
        action=label(event.action, "action"),
        subject=event.subject_code or f"{what} {event.subject_id}",
        code=event.subject_code,
        url=_url(event),
        reason=_reason(event),
        note=event.note,
        changes=list(_changes(event)),
        request_id=event.request_id,
    )


def _url(event: Event) -> str:
    if event.subject_code:
        return url_for("admin.audit", code=event.subject_code)
    if event.subject_type == "organisation":
        return url_for("showcase.organisation", number=event.subject_id)
    return ""


def _reason(event: Event) -> str:
    use = _REASONS.get((event.subject_type, event.action), "")
    term = services().taxonomies.reasons.get(use, {}).get(event.reason)
    return term.name(current_language()) if term else event.reason


def _changes(event: Event) -> Iterator[Change]:
    code = parse_code(event.subject_code)
    for name, pair in event.changes.items():
        if code is not None:
            yield change_in_words(code.kind, name, pair)
        else:
            before, after = (_plain(name, value) for value in (*pair, None, None)[:2])
            yield Change(field_label(name), before, after)


def _plain(name: str, value: object) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    vocabulary = _VOCABULARIES.get(name)
    if vocabulary and str(value) in LABELS[vocabulary]:
        return label(value, vocabulary)
    return "" if value is None else str(value)
