"""What signals and advice say, in words: matching gives codes and figures only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from matchmaker.domain.levels import Level
from matchmaker.matching.advice import Advice
from matchmaker.matching.explain import SignalLine
from matchmaker.web.access import services
from matchmaker.web.formatting import money
from matchmaker.web.labels import label
from matchmaker.web.language import current_language

_ADVICE: Mapping[str, LazyString] = {
    "state_maturity": _("A stated readiness level would help."),
    "state_price": _("A stated price would help."),
    "state_budget": _("A stated budget would help."),
    "state_modes": _("Stated forms of transfer would help."),
    "state_fields": _("Stated technology fields would help."),
    "state_availability": _("A stated availability would help."),
    "confirm_entry": _("A fresh confirmation would help."),
    "lower_price": _("A price within the budget would fit better."),
    "offer_wanted_mode": _("Offering the form of cooperation that is asked for would help."),
    "become_available": _("More available time would help."),
}

#: The stage that a readiness level stands for, in a sentence on what would be wanted.
_RESULTS: Mapping[int, LazyString] = {
    4: _("A result tried in the laboratory would fit better."),
    5: _("A result tried on a small scale would fit better."),
    6: _("A pilot-scale result would fit better."),
    7: _("A demonstrated result would fit better."),
    8: _("A demonstrated result would fit better."),
    9: _("A result in industrial use would fit better."),
}
_ANY_RESULT = _("A further developed result would fit better.")
#: Upper ends of the words for a probability, lowest first.
_LIKELY = (0.1, 0.3, 0.5, 0.7, 0.9)

_NOTES: Mapping[tuple[str, str], LazyString] = {
    ("region", "same_county"): _("the same banner or district"),
    ("region", "same_city"): _("the same city"),
    ("region", "same_province"): _("the same province or region"),
    ("region", "elsewhere"): _("different provinces"),
    ("modes", "none_shared"): _("no form in common"),
    ("price", "price_not_stated"): _("no price is stated"),
    ("price", "budget_not_stated"): _("no budget is stated"),
    ("clauses", "none_decided"): _("no figure decides a requirement"),
    ("clauses", "no_clauses"): _("no requirement with a figure is stated"),
    ("freshness", "not_confirmed"): _("never confirmed"),
    ("title", "no_common_words"): _("different languages"),
    ("keywords", "no_common_words"): _("different languages"),
    ("keywords", "no_keywords"): _("no keywords are stated"),
    ("terms", "no_common_words"): _("different languages"),
    ("wording", "languages_differ"): _("different languages"),
    ("meaning", "languages_differ"): _("different languages"),
    ("precedent", "no_precedent"): _("no like pair was decided on yet"),
}


def advice_in_words(steps: Iterable[Advice], now: Level) -> list[str]:
    """What would raise the score, a sentence each, with the level where one above `now` follows."""
    return [_step(advice, now) for advice in steps]


def note_in_words(line: SignalLine) -> str:
    """What a signal rests on, beyond its quotations; "" where there is nothing to say."""
    said = _NOTES.get((line.signal, line.note.code))
    if said is not None:
        return str(said)
    told = _TOLD.get((line.signal, line.note.code))
    return told(line.note.params) if told else ""


def probability_in_words(probability: float) -> str:
    """How likely transfer staff would call a match fair or better, in words and percent.

    Never 0 or 100 %: no model is certain.
    """
    rank = sum(probability >= end for end in _LIKELY)
    return gettext(
        "%(likely)s to be fair or better (%(percent)s %%)",
        likely=label(rank, "probability"),
        percent=min(max(round(probability * 100), 1), 99),
    )


def _step(advice: Advice, now: Level) -> str:
    if advice.code == "raise_maturity":
        text = str(_RESULTS.get(int(advice.params.get("needed", 0)), _ANY_RESULT))
    else:
        text = str(_ADVICE.get(advice.code, advice.code))
    if advice.level is None or now.reaches(advice.level):
        return text
    return gettext(
        "%(step)s It could reach “%(level)s”.", step=text, level=label(advice.level, "level")
    )


def _named(said: Mapping[str, Any]) -> str:
    return gettext("%(named)s of %(count)s keywords of the demand are named", **said)


def _shared_terms(said: Mapping[str, Any]) -> str:
    return ngettext("%(num)s telling term in both", "%(num)s telling terms in both", said["count"])


def _shared_modes(said: Mapping[str, Any]) -> str:
    return ngettext("%(num)s form in common", "%(num)s forms in common", said["count"])


def _decided(said: Mapping[str, Any]) -> str:
    return gettext("%(met)s of %(count)s requirements with a figure are met", **said)


def _levels(said: Mapping[str, Any]) -> str:
    return gettext("needs TRL %(needed)s, has TRL %(reached)s", **said)


def _level_open(said: Mapping[str, Any]) -> str:
    return gettext("needs TRL %(needed)s, no level is stated", **said)


def _amounts(said: Mapping[str, Any]) -> str:
    return gettext(
        "%(price)s asked, budget %(budget)s",
        price=money(said["price_fen"]),
        budget=money(said["budget_fen"]),
    )


def _confirmed(said: Mapping[str, Any]) -> str:
    days = int(said["days"])
    return ngettext("confirmed %(num)s day ago", "confirmed %(num)s days ago", days)


def _nearest(scheme: str) -> Callable[[Mapping[str, Any]], str]:
    def told(said: Mapping[str, Any]) -> str:
        names = [
            services().taxonomies.name(scheme, str(said[side]), current_language())
            for side in ("demand", "other")
        ]
        return names[0] if names[0] == names[1] else " ↔ ".join(names)

    return told


def _like_pairs(said: Mapping[str, Any]) -> str:
    told = gettext(
        "like pairs: %(approved)s approved, %(rejected)s rejected",
        approved=said["approved"],
        rejected=said["rejected"],
    )
    term = services().taxonomies.reasons["match_reject"].get(str(said["reason"]))
    reason = term.name(current_language()) if term else ""
    return gettext("%(told)s (mostly: %(reason)s)", told=told, reason=reason) if reason else told


def _available(code: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda said: label(code, "availability")


_TOLD: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], str]] = {
    ("keywords", "named"): _named,
    ("terms", "shared"): _shared_terms,
    ("modes", "shared"): _shared_modes,
    ("clauses", "decided"): _decided,
    ("maturity", "levels"): _levels,
    ("maturity", "level_not_stated"): _level_open,
    ("price", "amounts"): _amounts,
    ("freshness", "confirmed"): _confirmed,
    ("precedent", "like_pairs"): _like_pairs,
    ("field", "nearest"): _nearest("fields"),
    ("industry", "nearest"): _nearest("industries"),
    **{
        ("availability", code): _available(code) for code in ("available", "limited", "unavailable")
    },
}
