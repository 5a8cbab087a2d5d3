"""The queue as the address describes it, and its rows as the page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from matchmaker.domain.actors import Actor
from matchmaker.models import Match
from matchmaker.services.review_queue import ORDERS, VIEWS, QueueFilter
from matchmaker.web.access import services
from matchmaker.web.cards import texts_of
from matchmaker.web.formatting import ago, day
from matchmaker.web.frame import Link
from matchmaker.web.labels import LABELS, label
from matchmaker.web.language import current_language
from matchmaker.web.paging import row_number

Option = tuple[str, str]

_FILTERS = ("field", "region", "level", "older")


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One row of the queue, for the macro `queue_item`."""

    url: str
    level: str
    score: float
    title: str
    other_title: str
    meta: tuple[str, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter in force, and where one goes to take it away."""

    label: str
    remove_url: str


def filter_from_request() -> QueueFilter:
    """Which matches the address asks for; what is unknown is left out."""
    view, order = request.values.get("view", "new"), request.values.get("order", "score")
    return QueueFilter(
        view=view if view in VIEWS else "new",
        field=request.values.get("field", ""),
        region=request.values.get("region", ""),
        level=request.values.get("level", ""),
        older_than_days=min(request.values.get("older", 0, type=row_number), 3650),
        order=order if order in ORDERS else "score",
    )


def parameters(wanted: QueueFilter) -> dict[str, Any]:
    """The parameters that lead to the same queue again."""
    default = asdict(QueueFilter())
    found = {name: value for name, value in asdict(wanted).items() if value != default[name]}
    if "older_than_days" in found:
        found["older"] = found.pop("older_than_days")
    return found


def items(matches: Sequence[Match], wanted: QueueFilter) -> list[QueueItem]:
    """The rows of the queue."""
    handed = [match.assignee_id for match in matches if match.assignee_id]
    names = services().review.names(handed) if handed else {}
    return [_item(match, wanted, names) for match in matches]


def view_links(actor: Actor, wanted: QueueFilter) -> list[Link]:
    """The tabs: new, mine, snoozed, done, with what waits in each; filters are kept."""
    counts = services().review.counts(actor)
    names = {
        "new": (gettext("New"), counts.new),
        "mine": (gettext("Mine"), counts.mine),
        "snoozed": (gettext("Snoozed"), counts.snoozed),
        "done": (gettext("Done"), counts.done),
    }
    return [
        Link(name, _queue_url(replace(wanted, view=view)), view == wanted.view, count)
        for view, (name, count) in names.items()
    ]


def chosen(wanted: QueueFilter) -> list[Chosen]:
    """The filters in force, each with the address of the queue without it."""
    offered = choices()
    values = {**asdict(wanted), "older": str(wanted.older_than_days or "")}
    found = []
    for name in _FILTERS:
        words = dict(offered[name]).get(values[name])
        if words:
            left = {key: value for key, value in parameters(wanted).items() if key != name}
            found.append(Chosen(words, url_for("desk.queue", **left)))
    return found


def choices() -> dict[str, list[Option]]:
    """The values each filter of the queue offers."""
    taxonomies, language = services().taxonomies, current_language()
    region = services().settings.region
    return {
        "field": [(term.code, term.name(language)) for term in taxonomies.roots("fields")],
        "region": [
            (term.code, term.name(language)) for term in taxonomies.children("regions", region)
        ],
        "level": [(code, str(name)) for code, name in LABELS["level"].items() if code != "none"],
        "older": [
            ("1", gettext("a day or older")),
            ("3", gettext("three days or older")),
            ("7", gettext("a week or older")),
        ],
        "order": [("score", gettext("best fit first")), ("age", gettext("oldest first"))],
    }


def _queue_url(wanted: QueueFilter) -> str:
    return url_for("desk.queue", **parameters(wanted))


def _item(match: Match, wanted: QueueFilter, names: Mapping[int, str]) -> QueueItem:
    taxonomies, language = services().taxonomies, current_language()
    parts = (
        label(match.state, "match_state") if wanted.view == "done" else "",
        gettext("until %(day)s", day=day(match.snoozed_until)) if match.snoozed_until else "",
        label(match.other.kind, "entry_kind"),
        taxonomies.name("regions", match.demand.region, language) if match.demand.region else "",
        ago(match.updated_at if wanted.view == "done" else match.suggested_at),
        names.get(match.assignee_id or 0, ""),
    )
    return QueueItem(
        url=url_for("desk.match", number=match.id, **parameters(wanted)),
        level=str(match.level),
        score=match.score,
        title=texts_of(match.demand).title,
        other_title=texts_of(match.other).title,
        meta=tuple(part for part in parts if part),
        number=match.id,
    )
