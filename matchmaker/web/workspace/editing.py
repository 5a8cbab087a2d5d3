"""Editing: the form, the save, and two versions side by side when somebody else was first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.domain.errors import IllegalTransitionError, InvalidInputError, StaleVersionError
from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.policy import Permission
from matchmaker.matching.clauses.correcting import Correction
from matchmaker.models import Entry
from matchmaker.services.entries.values import from_json, values_of
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.workspace import workspace
from matchmaker.web.workspace.conflict import conflict_page, decided, touched_by_others
from matchmaker.web.workspace.forms import (
    EntryForm,
    keep,
    of_entry,
    page_of,
    sent_corrections,
    sent_edit,
    with_kept,
)
from matchmaker.web.workspace.parse import checked
from matchmaker.web.workspace.posting import wants_submission

_EDITABLE = (
    EntryState.DRAFT,
    EntryState.RETURNED,
    EntryState.PUBLISHED,
    EntryState.EXPIRED,
)
_SHOWN = (EntryState.PUBLISHED, EntryState.EXPIRED)

Answer = Response | tuple[str, int]


def own_entry(code: str) -> Entry:
    """An entry of the reader's own organisation.

    Raises:
        NotFoundError: there is no such entry for them.
    """
    return services().reading.get(current_actor(), code, Permission.KEEP_ENTRY)


@workspace.get("/entries/<code>/edit")
@requires(Permission.KEEP_ENTRY)
def edit(code: str) -> str | Response:
    """The form, as the entry stands or as it was left."""
    entry = own_entry(code)
    if entry.status not in _EDITABLE:
        flash(_("An entry in this state can't be edited."), "warning")
        return redirect(url_for("workspace.entry", code=entry.code), 303)
    form = with_kept(of_entry(entry, _proposed(entry)))
    if not request.args.get("check"):
        return page_of(form)
    return page_of(
        form, checked(entry.kind, form.raw, services().taxonomies.knows, complete=True).problems
    )


@workspace.post("/entries/<code>/edit")
@requires(Permission.KEEP_ENTRY)
def save(code: str) -> Answer:
    """Save what was sent."""
    entry = own_entry(code)
    return _save(entry, sent_edit(entry))


@workspace.post("/entries/<code>/resolve")
@requires(Permission.KEEP_ENTRY)
def resolve(code: str) -> Answer:
    """Save what was chosen field by field from two versions."""
    entry = own_entry(code)
    form = sent_edit(entry)
    return _save(entry, replace(form, raw=decided(entry, form, request.form)))


def _save(entry: Entry, form: EntryForm) -> Answer:
    submit = wants_submission()
    complete = submit or entry.status in _SHOWN
    parsed = checked(entry.kind, form.raw, services().taxonomies.knows, complete=complete)
    corrections, unread = sent_corrections(form)
    try:
        if parsed.problems or unread:
            raise InvalidInputError([*parsed.problems, *unread])
        result = _store(entry, form, parsed.values, corrections)
    except InvalidInputError as error:
        keep(form)
        return page_of(form, error.problems), 422
    except StaleVersionError:
        keep(form)
        return conflict_page(own_entry(entry.code), form, parsed.values), 409
    except IllegalTransitionError:
        keep(form)
        raise
    services().drafts.discard(current_actor(), form.name)
    if submit and form.can_submit:
        services().steps.submit(current_actor(), entry.code, own_entry(entry.code).version)
        result = "submitted"
    flash(_message(result), "success")
    return redirect(url_for("workspace.entry", code=entry.code), 303)


def _store(
    entry: Entry, form: EntryForm, values: Mapping[str, Any], corrections: Sequence[Correction]
) -> str:
    """Save; a version raised by the platform itself, with no field changed, is no conflict."""
    editing, actor = services().editing, current_actor()
    try:
        return editing.save(actor, entry.code, values, form.version, corrections)
    except StaleVersionError:
        now = own_entry(entry.code)
        if not form.seen or touched_by_others(form, values_of(now)):
            raise
        return editing.save(actor, entry.code, values, now.version, corrections)


def _proposed(entry: Entry) -> dict[str, Any]:
    """The values of an edit that still waits for screening."""
    waiting = services().editing.waiting_edit(entry.id)
    if waiting is None:
        return {}
    return from_json(entry.kind, {name: pair[1] for name, pair in waiting.values.items()})


def _message(result: str) -> str:
    return {
        "saved": _("Saved as a draft; only your organisation sees it."),
        "shown": _("Your change is shown from now on."),
        "waiting": _("Your change waits for screening; until then the published version stays."),
        "submitted": _("Submitted. You are told as soon as it is screened."),
    }.get(result, _("Nothing was different, so nothing was changed."))
