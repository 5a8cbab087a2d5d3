"""The clinic's advice in words, ready for its panel."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from matchmaker.domain.kinds import EntryKind
from matchmaker.matching.clauses.correcting import Requirement
from matchmaker.matching.clinic.model import Kind
from matchmaker.models import Entry
from matchmaker.services.clinic import Advice, Neighbour
from matchmaker.web.formatting import day
from matchmaker.web.labels import label
from matchmaker.web.workspace.clause_table import ClauseWords, clause_in_words
from matchmaker.web.workspace.clinic_words import ELEMENTS, PLACES, QUESTIONS

ADVISED_KINDS = (EntryKind.DEMAND, EntryKind.ACHIEVEMENT)

#: Fields whose control is a group without an id of its own.
_GROUPS = ("ip_rights",)


@dataclass(frozen=True, slots=True)
class ClinicView:
    """The panel's texts.

    Attributes:
        kind: how sharply it is put, "" where that is not told.
        reason: why.
        questions: (question, id of the control it belongs to).
        readiness: points in [0, 100].
        parts: (element, points, whether it is stated).
        elsewhere: clauses read outside the field for them, in words.
        near: (title, address, where and by whom).
        duplicates: (sentence, address).
        degraded: whether neighbours are not known just now.
    """

    kind: str
    reason: str
    questions: list[tuple[str, str]]
    readiness: int
    parts: list[tuple[str, int, bool]]
    elsewhere: list[ClauseWords]
    near: list[tuple[str, str, str]]
    duplicates: list[tuple[str, str]]
    degraded: bool


def view_of(advice: Advice) -> ClinicView:
    """Put advice into words."""
    found = advice.examination
    return ClinicView(
        kind=label(found.kind.clarity, "clarity") if found.kind else "",
        reason=_reason(found.kind) if found.kind else "",
        questions=[(str(QUESTIONS[q.element]), _control(q.field)) for q in found.questions],
        readiness=found.readiness,
        parts=[(str(ELEMENTS[p.element]), p.points, p.stated) for p in found.parts],
        elsewhere=[
            clause_in_words(Requirement.of(read.clause))
            for read in found.clauses
            if read.field != "clauses"
        ],
        near=[_near(neighbour) for neighbour in advice.near],
        duplicates=[_duplicate(entry) for entry in advice.duplicates],
        degraded=advice.degraded,
    )


def _reason(kind: Kind) -> str:
    quote = kind.quote.text if kind.quote else ""
    if kind.reason == "target_stated":
        return _("A target that can be checked is stated: “%(quote)s”.", quote=quote)
    if kind.reason == "wish_only":
        return _("“%(quote)s” is a first idea; no problem at hand is described yet.", quote=quote)
    if kind.reason == "no_target":
        return _("A problem is described; a target figure is missing.")
    return _("Neither a target figure nor the process, material, scale or site is named.")


def _control(field: str) -> str:
    return f"field-{field}" if field in _GROUPS else field


def _near(neighbour: Neighbour) -> tuple[str, str, str]:
    entry = neighbour.entry
    words = f"{_whereabouts(neighbour)} · {entry.organisation.name}"
    return entry.title, url_for("showcase.entry", code=entry.code), words


def _whereabouts(neighbour: Neighbour) -> str:
    """What holds it and how far away: "University about 40 km away"."""
    kind = label(neighbour.entry.organisation.kind, "organisation_kind")
    if neighbour.km is not None:
        return _("%(kind)s about %(km)s km away", kind=kind, km=neighbour.km)
    place = PLACES.get(neighbour.place)
    return _("%(kind)s %(place)s", kind=kind, place=str(place)) if place else kind


def _duplicate(entry: Entry) -> tuple[str, str]:
    posted = entry.published_at.date() if entry.published_at else None
    text = _("This looks like %(code)s, posted on %(day)s.", code=entry.code, day=day(posted))
    return text, url_for("showcase.entry", code=entry.code)
