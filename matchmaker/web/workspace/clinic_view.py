"""The clinic's advice in words, ready for its panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from matchmaker.domain.kinds import EntryKind
from matchmaker.matching.clauses.model import Clause, Comparator
from matchmaker.matching.clinic.model import Element, Kind
from matchmaker.models import Entry
from matchmaker.services.clinic import Advice, Neighbour
from matchmaker.web.formatting import day
from matchmaker.web.labels import label

ADVISED_KINDS = (EntryKind.DEMAND, EntryKind.ACHIEVEMENT)

Names = Mapping[Element, LazyString]

_ELEMENTS: Names = {
    Element.CURRENT: _l("current process"),
    Element.TARGET: _l("target figure"),
    Element.MATERIAL: _l("material or medium"),
    Element.SCALE: _l("scale"),
    Element.SITE: _l("site conditions"),
    Element.BUDGET: _l("budget"),
    Element.DEADLINE: _l("deadline"),
    Element.IP: _l("wish for intellectual property"),
    Element.TRL_EVIDENCE: _l("evidence of maturity"),
    Element.ADVANTAGE: _l("figure of advantage"),
    Element.APPLICATION: _l("application"),
    Element.IP_STATUS: _l("state of intellectual property"),
    Element.PRICE: _l("price or mode of transfer"),
}
_QUESTIONS: Names = {
    Element.CURRENT: _l("How is it done today, and with which figure?"),
    Element.TARGET: _l("Which figure would be good enough?"),
    Element.MATERIAL: _l("Which material or medium is it about?"),
    Element.SCALE: _l("How much a day or a year?"),
    Element.SITE: _l("Under which conditions on site must it work?"),
    Element.BUDGET: _l("What may it cost?"),
    Element.DEADLINE: _l("By when is it needed?"),
    Element.IP: _l("Who should own the intellectual property?"),
    Element.TRL_EVIDENCE: _l(
        "What shows its maturity: a pilot, a test report, hours in operation?"
    ),
    Element.ADVANTAGE: _l("By which figure is it better than what is in use today?"),
    Element.APPLICATION: _l("Where can it be used?"),
    Element.IP_STATUS: _l("Which rights protect it, and where do they stand?"),
    Element.PRICE: _l("At which price, or in which form, would you transfer it?"),
}
_PLACES: Mapping[str, LazyString] = {
    "county": _l("in the same county"),
    "city": _l("in the same city"),
    "province": _l("in the same province"),
}
_BOUNDS: Mapping[Comparator, LazyString] = {
    Comparator.AT_LEAST: _l("at least"),
    Comparator.ABOVE: _l("above"),
    Comparator.AT_MOST: _l("at most"),
    Comparator.BELOW: _l("below"),
    Comparator.EQUAL: _l("exactly"),
    Comparator.BETWEEN: _l("between"),
    Comparator.WITHIN: _l("within"),
}
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
        clauses: (what, bound in words, value with unit, condition).
        near: (title, address, where and by whom).
        duplicates: (sentence, address).
        degraded: whether neighbours are not known just now.
    """

    kind: str
    reason: str
    questions: list[tuple[str, str]]
    readiness: int
    parts: list[tuple[str, int, bool]]
    clauses: list[tuple[str, str, str, str]]
    near: list[tuple[str, str, str]]
    duplicates: list[tuple[str, str]]
    degraded: bool


def view_of(advice: Advice) -> ClinicView:
    """Put advice into words."""
    found = advice.examination
    return ClinicView(
        kind=label(found.kind.clarity, "clarity") if found.kind else "",
        reason=_reason(found.kind) if found.kind else "",
        questions=[(str(_QUESTIONS[q.element]), _control(q.field)) for q in found.questions],
        readiness=found.readiness,
        parts=[(str(_ELEMENTS[p.element]), p.points, p.stated) for p in found.parts],
        clauses=[_clause(read.clause) for read in found.clauses],
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


def _clause(clause: Clause) -> tuple[str, str, str, str]:
    value = f"{clause.low:g}"
    if clause.high is not None:
        joint = " ± " if clause.comparator is Comparator.WITHIN else "–"
        value += f"{joint}{clause.high:g}"
    bound = str(_BOUNDS[clause.comparator])
    return clause.subject, bound, f"{value} {clause.unit}".strip(), clause.condition


def _near(neighbour: Neighbour) -> tuple[str, str, str]:
    entry, place = neighbour.entry, _PLACES.get(neighbour.place)
    words = [entry.organisation.name, *([str(place)] if place else [])]
    return entry.title, url_for("showcase.entry", code=entry.code), " · ".join(words)


def _duplicate(entry: Entry) -> tuple[str, str]:
    posted = entry.published_at.date() if entry.published_at else None
    text = _("This looks like %(code)s, posted on %(day)s.", code=entry.code, day=day(posted))
    return text, url_for("showcase.entry", code=entry.code)
