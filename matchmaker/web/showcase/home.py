"""The home page: what is here, in figures that are counted, and where to begin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flask import render_template, url_for
from flask_babel import format_decimal, gettext
from flask_babel import lazy_gettext as _

from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.policy import Permission
from matchmaker.services.statistics import Overview
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.cards import cards_of
from matchmaker.web.frame import Link
from matchmaker.web.labels import label
from matchmaker.web.language import current_language
from matchmaker.web.showcase import showcase
from matchmaker.web.showcase.search import KINDS

#: Questions to begin with, from the fields the region works on.
EXAMPLES = (
    _("high-salinity mine water"),
    _("fly ash utilisation"),
    _("hydrogen from wind and sun"),
    _("cashmere dehairing"),
    _("water saving in greenhouses"),
    _("Mongolian medicine"),
)
_ICONS: Mapping[str, str] = MappingProxyType(
    {
        "water": "droplet",
        "waste": "recycle",
        "carbon": "cloud-sun",
        "energy": "lightning-charge",
        "coal": "fire",
        "vehicle": "truck",
        "material": "gem",
        "manufacturing": "gear-wide-connected",
        "digital": "cpu",
        "agriculture": "flower1",
        "ecology": "tree",
        "textile": "grid",
        "medicine": "heart-pulse",
        "culture": "image",
        "future": "stars",
    }
)
_NEWEST = 5
_CLOSING = 6


@dataclass(frozen=True, slots=True)
class FieldTile:
    """A technology field with what the platform holds of it."""

    label: str
    icon: str
    url: str
    achievements: int
    demands: int


@showcase.get("/")
@requires(Permission.OPEN)
def home() -> str:
    """What the region offers and needs now."""
    actor = current_actor()
    overview = services().statistics.overview(actor)
    return render_template(
        "showcase/home.html",
        figures=_figures(overview),
        examples=[_example(str(text)) for text in EXAMPLES],
        newest=cards_of(services().reading.newest(actor, EntryKind.ACHIEVEMENT, _NEWEST)),
        closing=cards_of(services().catalogue.closing_soon(actor, _CLOSING)),
        overview=overview,
        fields=_fields(overview),
    )


def _example(text: str) -> Link:
    return Link(text, url_for("showcase.search", q=text))


def _figures(overview: Overview) -> list[Mapping[str, str]]:
    figures: list[Mapping[str, str]] = [
        {
            "value": format_decimal(overview.entries[kind]),
            "label": label(kind, "entry_kinds"),
            "url": url_for("showcase.search", kind=str(kind)),
        }
        for kind in KINDS
    ]
    figures.append(
        {
            "value": format_decimal(overview.organisations),
            "label": gettext("Organisations"),
            "url": url_for("showcase.organisations"),
        }
    )
    if overview.introductions:
        figures.append(
            {
                "value": format_decimal(overview.introductions),
                "label": gettext("Introductions this year"),
                "url": "",
            }
        )
    return figures


def _fields(overview: Overview) -> list[FieldTile]:
    tiles = []
    for term in services().taxonomies.roots("fields"):
        counts = overview.fields.get(term.code, {})
        if counts:
            tiles.append(
                FieldTile(
                    label=term.name(current_language()),
                    icon=_ICONS.get(term.code, "tags"),
                    url=url_for("showcase.search", field=term.code),
                    achievements=counts.get(EntryKind.ACHIEVEMENT, 0),
                    demands=counts.get(EntryKind.DEMAND, 0),
                )
            )
    return tiles
