"""Help beside the fields: what to write, and a good example, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from matchmaker.domain.kinds import EntryKind

Words = str | LazyString


@dataclass(frozen=True, slots=True)
class Hint:
    """One sentence of help and a good answer; either may be ""."""

    help: Words = ""
    example: Words = ""


#: For all kinds.
_COMMON: Mapping[str, Hint] = {
    "summary": Hint(
        _("What it is, for whom, and the figure that matters most; at most 200 characters.")
    ),
    "keywords": Hint(
        _("Words that somebody would search for; materials, processes and devices work best.")
    ),
    "fields": Hint(_("Choose the most specific ones, at most five.")),
    "industries": Hint(_("Industries that can use it (GB/T 4754), at most five.")),
    "region": Hint(_("Where the work is done or wanted.")),
    "language": Hint(_("The language you write in; a translation can follow.")),
    "visibility": Hint(
        _("Whatever you choose, contact details are for the other side of an introduction only.")
    ),
    "valid_until": Hint(
        _("It is no longer shown after this day; you are reminded a month before.")
    ),
    "contact_name": Hint(_("Somebody who answers when the two sides are introduced.")),
    "contact_phone": Hint(_("Phone or email; one of the two is needed.")),
    "contact_email": Hint(_("Phone or email; one of the two is needed.")),
}

_OF_KIND: Mapping[EntryKind, Mapping[str, Hint]] = {
    EntryKind.ACHIEVEMENT: {
        "title": Hint(
            _("Name the technology and what it is for."),
            _("Stepwise crystallisation of mine water that recovers sodium chloride and sulphate"),
        ),
        "summary": Hint(
            _("What it is, for whom, and the figure that matters most; at most 200 characters."),
            _(
                "Turns high-salinity mine water into reusable water and two saleable salts "
                "at about 8 yuan a tonne."
            ),
        ),
        "body": Hint(
            _("How it works, what has been shown, under which conditions, with figures and units."),
            _(
                "A 10 m³/h pilot ran for 90 days on water of 9–12 g/L; recovery 96 %, "
                "sodium chloride purity 98.5 %."
            ),
        ),
        "benefits": Hint(
            _("Compare with what is in use today, in figures."),
            _("A third less steam than multi-effect evaporation; no mixed salt left as waste."),
        ),
        "applications": Hint(
            _("Where it can be used."), _("Coal mines with high-salinity mine water")
        ),
        "stage": Hint(_("How far it has come as a whole.")),
        "trl": Hint(_("Judge by what has been shown, not by what is planned (GB/T 22900).")),
        "ip_rights": Hint(_("Patents, software, varieties, or know-how that is kept secret.")),
        "registration_number": Hint(_("From its registration with the science authority.")),
        "transfer_modes": Hint(_("Choose every form you are willing to talk about.")),
        "price": Hint(_("Leave it empty if it is open."), "80"),
    },
    EntryKind.DEMAND: {
        "title": Hint(
            _("Say what is hard, in your own words."),
            _("Mine water is too salty: cheaper treatment wanted, with the salt sold"),
        ),
        "summary": Hint(
            _("The problem in one sentence; at most 200 characters."),
            _("We treat 300 m³/h of mine water at 13 yuan a tonne and want to come below 8."),
        ),
        "body": Hint(
            _("What happens today, what was tried, what it costs, and what would be good enough."),
            _(
                "Inflow 300 m³/h, 9–12 g/L dissolved salts; reverse osmosis runs, but the brine is "
                "evaporated at high cost and the mixed salt goes to landfill."
            ),
        ),
        "demand_type": Hint(_("What kind of answer you look for.")),
        "clarity": Hint(_("A broker helps to sharpen what is still a first idea.")),
        "key_technology": Hint(
            _("The technology you think it needs, if you know."),
            _("Nanofiltration to separate the salts, mechanical vapour recompression"),
        ),
        "clauses": Hint(
            _(
                "Requirements that can be checked: a figure, a unit, a condition. They are held "
                "against each offer one by one."
            ),
            _("Operating cost ≤ 8 yuan a tonne of water"),
        ),
        "existing_basis": Hint(
            _("Plant, data, people and money that are there already."),
            _("Pretreatment and reverse osmosis of 300 m³/h in operation since 2022"),
        ),
        "budget_min": Hint(_("Leave it empty if it is open.")),
        "budget_max": Hint(_("Leave it empty if it is open.")),
        "solution_modes": Hint(_("Choose every form you are willing to talk about.")),
    },
    EntryKind.PROJECT: {
        "title": Hint("", _("Demonstration of fly ash based low-carbon binder for mine backfill")),
        "body": Hint(_("What is studied, the route, what has been reached so far.")),
        "programme": Hint(
            _("The programme that funds it."),
            _("Key R&D and achievement transfer plan of the autonomous region"),
        ),
        "partners": Hint(_("Organisations that take part, besides your own.")),
        "funding": Hint(_("All funding together.")),
        "milestones": Hint(_("What is to be reached by when; a day under “Met” says it was.")),
    },
    EntryKind.EXPERT: {
        "title": Hint(
            _("Name and direction of work."), _("Li, membrane separation of high-salinity water")
        ),
        "body": Hint(_("What they have solved, for whom, and what they can help with.")),
        "evidence": Hint(_("What shows it; a line for each.")),
        "availability": Hint(_("Whether they can take on work now.")),
        "engagement_modes": Hint(_("How they would work with a firm.")),
    },
}

_SECTIONS: Mapping[str, Words] = {
    "what": _("Your own words will do. Figures with units make matches better."),
    "place": _("These decide where it is found."),
    "contact": _("Kept from the public; shown to the other side once a broker introduces you."),
    "evidence": _("Public work only; no identity numbers, no private addresses."),
}


def hint_for(kind: EntryKind, name: str) -> Hint:
    """The help for a field of a kind of entry."""
    return _OF_KIND[kind].get(name) or _COMMON.get(name) or Hint()


def section_text(section: str) -> str:
    """The sentence below a section's title, or ""."""
    return str(_SECTIONS.get(section, ""))
