"""The register of organisations and the page of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask_babel import gettext

from matchmaker.domain.calendar import today
from matchmaker.domain.kinds import EntryKind, OrganisationKind
from matchmaker.domain.policy import Permission
from matchmaker.models import Entry, Organisation, Qualification
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.cards import cards_of
from matchmaker.web.formatting import day
from matchmaker.web.labels import label
from matchmaker.web.language import current_language
from matchmaker.web.paging import Page
from matchmaker.web.showcase import showcase
from matchmaker.web.showcase.search import KINDS
from matchmaker.web.showcase.structured import breadcrumbs, describe_organisation

_ORGANISATIONS = 24
_ENTRIES = 20

Tab = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Tile:
    """An organisation in the register."""

    name: str
    url: str
    kind: str
    region: str
    published: tuple[tuple[str, int], ...]
    qualifications: tuple[str, ...]
    sample: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A qualification in words; `state` is current, lapsed or undated."""

    name: str
    level: str
    granted: str
    until: str
    state: str


@showcase.get("/organisations")
@requires(Permission.OPEN)
def organisations() -> str:
    """All approved organisations, by kind."""
    kind = request.args.get("kind", "")
    chosen = OrganisationKind(kind) if kind in OrganisationKind.__members__.values() else None
    page = Page.asked(_ORGANISATIONS)
    found, total = services().organisations.listed(
        kind=chosen, offset=page.offset, limit=page.per_page
    )
    return render_template(
        "showcase/organisations.html",
        tiles=_tiles(found),
        tabs=_kind_tabs(chosen),
        pages=page.of(total),
        filtered=chosen is not None or page.page > 1,
    )


@showcase.get("/organisations/<int:number>")
@requires(Permission.OPEN)
def organisation(number: int) -> str:
    """Who they are, what they are recognised for, and what they have published."""
    found = services().organisations.get(number)
    counts = services().catalogue.published_by(current_actor(), [number])[number]
    kind = _shown_kind(counts)
    pages = Page.asked(_ENTRIES).of(counts.get(kind, 0) if kind else 0)
    name = _name(found)
    about, foreign = _about(found)
    way = [
        (gettext("Home"), url_for("showcase.home")),
        (gettext("Organisations"), url_for("showcase.organisations")),
        (name, ""),
    ]
    return render_template(
        "showcase/organisation.html",
        organisation=found,
        name=name,
        about=about,
        about_foreign=foreign,
        website=_website(found),
        way=way,
        standings=[_standing(row) for row in _by_date(found.qualifications)],
        tabs=_entry_tabs(number, counts, kind),
        cards=cards_of(_published(number, kind, pages)),
        pages=pages,
        descriptions=[
            describe_organisation(found, name, about),
            breadcrumbs([*way[:-1], (name, request.path)]),
        ],
    )


def _tiles(found: Sequence[Organisation]) -> list[Tile]:
    published = services().catalogue.published_by(current_actor(), [row.id for row in found])
    return [_tile(row, published[row.id]) for row in found]


def _tile(row: Organisation, counts: Mapping[EntryKind, int]) -> Tile:
    language, taxonomies = current_language(), services().taxonomies
    current = [q for q in _by_date(row.qualifications) if _state(q) != "lapsed"]
    return Tile(
        name=_name(row),
        url=url_for("showcase.organisation", number=row.id),
        kind=label(row.kind, "organisation_kind"),
        region=taxonomies.name("regions", row.region, language),
        published=tuple(
            (label(kind, "entry_kinds"), counts[kind]) for kind in KINDS if counts.get(kind)
        ),
        qualifications=tuple(
            taxonomies.name("qualifications", q.kind, language) for q in current[:3]
        ),
        sample=row.sample,
    )


def _kind_tabs(chosen: OrganisationKind | None) -> list[Tab]:
    counts = services().catalogue.organisation_kinds()
    tabs: list[Tab] = [
        {
            "label": gettext("All"),
            "url": url_for("showcase.organisations"),
            "active": chosen is None,
            "count": sum(counts.values()),
        }
    ]
    tabs += [
        {
            "label": label(kind, "organisation_kind"),
            "url": url_for("showcase.organisations", kind=str(kind)),
            "active": kind is chosen,
            "count": count,
        }
        for kind, count in counts.items()
    ]
    return tabs


def _entry_tabs(number: int, counts: Mapping[EntryKind, int], shown: EntryKind | None) -> list[Tab]:
    return [
        {
            "label": label(kind, "entry_kinds"),
            "url": url_for("showcase.organisation", number=number, kind=kind),
            "active": kind is shown,
            "count": counts[kind],
        }
        for kind in KINDS
        if counts.get(kind)
    ]


def _shown_kind(counts: Mapping[EntryKind, int]) -> EntryKind | None:
    """The kind asked for where there is any of it, else the first there is."""
    asked = request.args.get("kind")
    present = [kind for kind in KINDS if counts.get(kind)]
    return next((kind for kind in present if kind == asked), present[0] if present else None)


def _published(number: int, kind: EntryKind | None, pages: Page) -> list[Entry]:
    if kind is None:
        return []
    return services().catalogue.of_organisation(
        current_actor(), number, kind, pages.offset, pages.per_page
    )


def _name(row: Organisation) -> str:
    return row.name_en if current_language() != "zh" and row.name_en else row.name


def _about(row: Organisation) -> tuple[str, bool]:
    """The text in the reader's language where there is one, and whether it is not."""
    if current_language() == "zh":
        return row.about, False
    return (row.about_en, False) if row.about_en else (row.about, bool(row.about))


def _website(row: Organisation) -> str:
    return row.website if row.website.startswith(("https://", "http://")) else ""


def _by_date(rows: Sequence[Qualification]) -> list[Qualification]:
    return sorted(rows, key=lambda row: str(row.granted_on or ""), reverse=True)


def _state(row: Qualification) -> str:
    if row.valid_until is None:
        return "undated"
    return "current" if row.valid_until >= today() else "lapsed"


def _standing(row: Qualification) -> Standing:
    return Standing(
        name=services().taxonomies.name("qualifications", row.kind, current_language()),
        level=label(row.level, "programme_level") if row.level else "",
        granted=day(row.granted_on),
        until=day(row.valid_until),
        state=_state(row),
    )
