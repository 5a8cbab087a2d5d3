"""An entry's page in parts: key figures, facts, rows of tables, ties, and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import format_decimal, gettext, ngettext
from markupsafe import Markup, escape

from matchmaker.domain.actors import Actor, Role
from matchmaker.domain.calendar import today
from matchmaker.domain.kinds import EntryKind, IpStatus
from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.policy import Permission, allows
from matchmaker.models import Achievement, Demand, Entry, Expert, Project
from matchmaker.services.entries.reading import Linked
from matchmaker.web.access import services
from matchmaker.web.cards import Card, budget_text, card_of, organisation_name, price_text
from matchmaker.web.formatting import ago, day, money
from matchmaker.web.frame import Link
from matchmaker.web.labels import label
from matchmaker.web.language import current_language

Figures = list[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Tie:
    """Another entry this one is linked to, and how."""

    relation: str
    card: Card


def key_figures(entry: Entry) -> Figures:
    """The figures that answer a reader's first questions; at most four."""
    for kind, make in _FIGURES.items():
        if isinstance(entry, kind):
            return [figure for figure in make(entry) if figure["value"]][:4]
    return []


def facts(entry: Entry) -> list[tuple[str, str | Markup]]:
    """Label and value pairs beside the text; empty values are left out by the macro."""
    language, taxonomies = current_language(), services().taxonomies

    def terms(scheme: str, codes: Iterable[str]) -> Markup:
        names = [taxonomies.name(scheme, code, language) for code in codes]
        return Markup("<br>").join(escape(name) for name in names)

    return [
        (gettext("Code"), entry.code),
        *_facts_of_kind(entry),
        (gettext("Field"), _field_links(entry)),
        (gettext("Industry"), terms("industries", entry.industries)),
        (gettext("Region"), taxonomies.name("regions", entry.region, language)),
        (gettext("Confirmed"), ago(entry.confirmed_on)),
        (gettext("Valid until"), day(entry.valid_until)),
    ]


def ties(linked: Iterable[Linked]) -> list[Tie]:
    """The linked entries with the relation in words, seen from the entry shown."""
    return [
        Tie(
            label(link.relation, "relation" if link.outgoing else "relation_back"),
            card_of(link.entry),
        )
        for link in linked
    ]


def milestone_rows(entry: Entry) -> list[Mapping[str, str]]:
    """A project's milestones for the table, in the order of their dates."""
    if not isinstance(entry, Project):
        return []
    rows = sorted(entry.milestones, key=lambda row: str(row.get("due_on") or "9999"))
    return [
        {
            "text": str(row.get("text", "")),
            "phase": label(row.get("phase", ""), "phase"),
            "kind": label(row.get("indicator_kind", ""), "indicator_kind"),
            "due": day(_date(row.get("due_on"))),
            "met": day(_date(row.get("met_on"))) or "–",
        }
        for row in rows
    ]


def next_steps(actor: Actor, entry: Entry, title: str) -> list[Link]:
    """What this reader can do now, the first being the one most will want."""
    if allows(actor, Permission.KEEP_ENTRY, entry.scope):
        return [
            Link(gettext("Open in my workspace"), url_for("workspace.entry", code=entry.code)),
            Link(gettext("My matches"), url_for("workspace.matches")),
        ]
    steps = _for_staff(actor, entry) + _for_takers(actor, entry, title)
    if not actor.signed_in:
        here = request.script_root + request.path
        steps.append(Link(gettext("Sign in"), url_for("account.sign_in", next=here)))
    return steps


def notice_of_state(entry: Entry) -> str:
    """A sentence for entries that not everybody can see; "" for the others."""
    if entry.status is EntryState.CONCLUDED:
        return gettext(
            "This entry is concluded: a deal was made, and it takes no more introductions."
        )
    if entry.status is not EntryState.PUBLISHED:
        return gettext(
            "Not public (%(state)s). Only its organisation and the platform's staff see this page.",
            state=label(entry.status, "entry_status"),
        )
    if entry.visibility != "public":
        return gettext("Shown to: %(circle)s.", circle=label(entry.visibility, "visibility"))
    return ""


def _for_staff(actor: Actor, entry: Entry) -> list[Link]:
    if not actor.is_any(Role.BROKER):
        return []
    if entry.status is EntryState.SUBMITTED:
        return [Link(gettext("Screen it"), url_for("desk.screening"))]
    return [Link(gettext("Go to the matches to review"), url_for("desk.queue"))]


def _for_takers(actor: Actor, entry: Entry, title: str) -> list[Link]:
    """Post the other side of this entry, or see what stands there already."""
    if entry.status is not EntryState.PUBLISHED:
        return []
    if entry.kind is EntryKind.DEMAND:
        post = (gettext("I can solve this"), EntryKind.ACHIEVEMENT)
        look = (gettext("Achievements that may fit"), EntryKind.ACHIEVEMENT)
    else:
        post = (gettext("Match with my need"), EntryKind.DEMAND)
        look = (gettext("Demands it may serve"), EntryKind.DEMAND)
    links = [Link(look[0], url_for("showcase.search", kind=look[1], q=title))]
    if not actor.signed_in or allows(actor, Permission.POST):
        links.insert(0, Link(post[0], url_for("workspace.new", kind=post[1])))
    return links


def _achievement_figures(entry: Achievement) -> Figures:
    rights = len(entry.ip_rights)
    granted = sum(row.get("status") == IpStatus.GRANTED for row in entry.ip_rights)
    return [
        _figure(gettext("Readiness, 1 to 9"), f"TRL {entry.trl}" if entry.trl else ""),
        _figure(gettext("Stage"), label(entry.stage, "stage") if entry.stage else ""),
        _figure(gettext("Asking price"), price_text(entry)),
        _figure(
            gettext("Intellectual property"),
            ngettext("%(num)s right", "%(num)s rights", rights) if rights else "",
            gettext("%(count)s granted", count=granted) if granted else "",
        ),
    ]


def _demand_figures(entry: Demand) -> Figures:
    left = (entry.deadline - today()).days if entry.deadline else -1
    clauses = len(entry.clauses)
    return [
        _figure(gettext("Budget"), budget_text(entry)),
        _figure(
            gettext("Until the deadline"),
            ngettext("%(num)s day", "%(num)s days", left) if left >= 0 else "",
            day(entry.deadline),
        ),
        _figure(gettext("Requirements that can be checked"), str(clauses) if clauses else ""),
        _figure(
            gettext("Kind of demand"),
            label(entry.demand_type, "demand_type") if entry.demand_type else "",
        ),
    ]


def _project_figures(entry: Project) -> Figures:
    met = sum(bool(row.get("met_on")) for row in entry.milestones)
    end = entry.ended_on or entry.planned_end_on
    years = [str(moment.year) for moment in (entry.start_on, end) if moment]
    return [
        _figure(gettext("Funding"), money(entry.funding)),
        _figure(gettext("Period"), "–".join(dict.fromkeys(years))),
        _figure(
            gettext("Milestones met"),
            f"{met} / {len(entry.milestones)}" if entry.milestones else "",
        ),
    ]


def _expert_figures(entry: Expert) -> Figures:
    shown = len(entry.evidence)
    return [
        _figure(gettext("Professional title"), entry.professional_title),
        _figure(
            gettext("Availability"),
            label(entry.availability, "availability") if entry.availability else "",
        ),
        _figure(gettext("Papers, patents, projects"), format_decimal(shown) if shown else ""),
        _figure(gettext("Confirmed"), ago(entry.confirmed_on)),
    ]


_FIGURES: Mapping[type[Entry], Callable[[Any], Figures]] = {
    Achievement: _achievement_figures,
    Demand: _demand_figures,
    Project: _project_figures,
    Expert: _expert_figures,
}


def _facts_of_kind(entry: Entry) -> list[tuple[str, str | Markup]]:
    if isinstance(entry, Achievement):
        return [
            (gettext("Forms of transfer"), _labels(entry.transfer_modes, "mode")),
            (gettext("Price"), price_text(entry)),
            (gettext("Form of the result"), label(entry.form, "form") if entry.form else ""),
            (gettext("Registered no."), entry.registration_number),
        ]
    if isinstance(entry, Demand):
        return [
            (gettext("Work together by"), _labels(entry.solution_modes, "mode")),
            (gettext("How clear it is"), label(entry.clarity, "clarity") if entry.clarity else ""),
            (gettext("Deadline"), day(entry.deadline)),
        ]
    if isinstance(entry, Project):
        return _project_facts(entry)
    if isinstance(entry, Expert):
        return [(gettext("Ways of working"), _labels(entry.engagement_modes, "engagement"))]
    return []


def _project_facts(entry: Project) -> list[tuple[str, str | Markup]]:
    level = label(entry.programme_level, "programme_level") if entry.programme_level else ""
    partners = Markup("<br>").join(escape(name) for name in entry.partners)
    return [
        (gettext("Scheme"), entry.programme),
        (gettext("Funding level"), level),
        (gettext("Project no."), entry.number),
        (gettext("Leader"), entry.leader),
        (gettext("Partners"), partners),
        (gettext("Start"), day(entry.start_on)),
        (gettext("Planned end"), day(entry.planned_end_on)),
        (gettext("Ended"), day(entry.ended_on)),
    ]


def _field_links(entry: Entry) -> Markup:
    """The fields, each leading to the entries of this kind in it."""
    name = services().taxonomies.name
    link = Markup('<a href="{}">{}</a>')
    return Markup("<br>").join(
        link.format(
            url_for("showcase.search", kind=entry.kind, field=code),
            name("fields", code, current_language()),
        )
        for code in entry.fields
    )


def organisation_line(entry: Entry) -> Mapping[str, str]:
    """The organisation's name, kind, place and page."""
    organisation = entry.organisation
    region = services().taxonomies.name("regions", organisation.region, current_language())
    return {
        "name": organisation_name(entry),
        "kind": label(organisation.kind, "organisation_kind"),
        "region": region,
        "url": url_for("showcase.organisation", number=organisation.id),
    }


def _labels(codes: Iterable[str], vocabulary: str) -> str:
    return gettext(", ").join(label(code, vocabulary) for code in codes)


def _figure(name: str, value: str, note: str = "") -> Mapping[str, str]:
    return {"label": name, "value": value, "note": note}


def _date(text: object) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) and text else None
