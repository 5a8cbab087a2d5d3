"""My entries: all that the reader's organisations have posted, by kind and state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask import render_template, request, url_for
from flask_babel import gettext as _

from matchmaker.domain.calendar import today
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.policy import Permission
from matchmaker.models import Entry
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.frame import Link
from matchmaker.web.labels import label
from matchmaker.web.paging import Page
from matchmaker.web.workspace import workspace

_PER_PAGE = 20
_SOON = timedelta(days=30)
_EDITABLE = (
    EntryState.DRAFT,
    EntryState.RETURNED,
    EntryState.PUBLISHED,
    EntryState.EXPIRED,
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column, as the macro `table` takes it."""

    key: str
    label: str
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of the list.

    Attributes:
        ends_soon: it runs out within a month, or has.
        action: the step that is most likely next, ("edit" | "confirm" | "").
    """

    entry: Entry
    title: str
    ends_soon: bool
    action: str


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab; `count` is None where a filter makes it meaningless."""

    label: str
    url: str
    active: bool
    count: int | None


@workspace.get("")
@requires(Permission.POST)
def entries() -> str:
    """The list."""
    actor, page = current_actor(), Page.asked(_PER_PAGE)
    kind, state = _chosen_kind(), _chosen_state()
    found, total = services().reading.own(
        actor, kind=kind, state=state, offset=page.offset, limit=page.per_page
    )
    counts = services().reading.own_counts(actor)
    return render_template(
        "workspace/entries.html",
        columns=_columns(),
        rows=[_row(entry) for entry in found],
        page=page.of(total),
        states=_state_links(kind, state, counts),
        kinds=_kind_links(kind, state),
        filtered=kind is not None or state is not None,
    )


def _chosen_kind() -> EntryKind | None:
    text = request.args.get("kind", "")
    return EntryKind(text) if text in EntryKind.__members__.values() else None


def _chosen_state() -> EntryState | None:
    text = request.args.get("state", "")
    return EntryState(text) if text in EntryState.__members__.values() else None


def _columns() -> list[Column]:
    return [
        Column("title", _("Entry"), primary=True),
        Column("kind", _("Database")),
        Column("state", _("State")),
        Column("valid", _("Valid until")),
        Column("updated", _("Last changed")),
        Column("actions", _("Next step")),
    ]


def _row(entry: Entry) -> Row:
    ends = entry.valid_until is not None and entry.valid_until <= today() + _SOON
    shown = entry.status in (EntryState.PUBLISHED, EntryState.EXPIRED)
    action = "confirm" if shown and ends else "edit" if entry.status in _EDITABLE else ""
    return Row(entry, entry.title or _("(no title yet)"), ends and shown, action)


def _state_links(
    kind: EntryKind | None, state: EntryState | None, counts: Mapping[EntryState, int]
) -> list[Tab]:
    tabs: list[Tab] = [_tab(_("All"), kind, None, state is None, sum(counts.values()))]
    for held in EntryState:
        if counts.get(held) or held is state:
            name = label(held, "entry_status")
            tabs.append(_tab(name, kind, held, held is state, counts.get(held, 0)))
    return tabs


def _tab(
    name: str, kind: EntryKind | None, state: EntryState | None, active: bool, count: int
) -> Tab:
    url = url_for("workspace.entries", kind=kind, state=state)
    return Tab(name, url, active, None if kind else count)


def _kind_links(kind: EntryKind | None, state: EntryState | None) -> list[Link]:
    links = [Link(_("All databases"), url_for("workspace.entries", state=state), kind is None)]
    links += [
        Link(
            label(held, "entry_kinds"),
            url_for("workspace.entries", kind=held, state=state),
            held is kind,
        )
        for held in EntryKind
    ]
    return links
