"""An entry as its reader sees it: texts in the reader's language, codes turned into words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from flask import url_for
from flask_babel import gettext

from matchmaker.domain.calendar import today
from matchmaker.models import Achievement, Demand, Entry, EntryTranslation, Expert, Project
from matchmaker.web.access import services
from matchmaker.web.formatting import money
from matchmaker.web.labels import label
from matchmaker.web.language import current_language


@dataclass(frozen=True, slots=True)
class Texts:
    """An entry's texts in one language.

    Attributes:
        language: language they are in.
        translated: whether they are a translation of what was written.
        note: said to the reader where there is no translation into their language.
    """

    title: str
    summary: str
    body: str
    keywords: tuple[str, ...]
    language: str
    translated: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """What the macros `entry_card` and `entry_row` show of an entry."""

    kind: str
    code: str
    url: str
    title: str
    summary: str
    organisation: str
    region: str
    fields: tuple[str, ...]
    modes: tuple[str, ...] = ()
    stage: str = ""
    trl: int | None = None
    price: str = ""
    budget: str = ""
    deadline: date | None = None
    days_left: int | None = None
    figure: str = ""
    confirmed_on: date | None = None
    sample: bool = False
    language_note: str = ""
    level: str = ""
    score: float | None = None
    state: str = field(default="")


def texts_of(entry: Entry) -> Texts:
    """The entry's texts in the reader's language where there is a translation."""
    wanted = current_language()
    if entry.language != wanted:
        for translation in entry.translations:
            if translation.language == wanted and translation.title:
                return _translated(entry, translation)
    note = ""
    if entry.language != wanted:
        note = gettext(
            "Written in %(language)s; there is no translation yet.",
            language=label(entry.language, "language"),
        )
    return Texts(
        entry.title or gettext("(no title yet)"),
        entry.summary,
        entry.body,
        tuple(entry.keywords),
        entry.language,
        note=note,
    )


def card_of(entry: Entry, *, own: bool = False) -> Card:
    """The card of an entry.

    Args:
        entry: with its kind's columns and translations loaded.
        own: show where it stands and lead to the workspace.
    """
    texts = texts_of(entry)
    taxonomies, language = services().taxonomies, current_language()
    target = "workspace.entry" if own else "showcase.entry"
    return Card(
        kind=str(entry.kind),
        code=entry.code,
        url=url_for(target, code=entry.code),
        title=texts.title,
        summary=texts.summary,
        organisation=organisation_name(entry),
        region=taxonomies.name("regions", entry.region, language) if entry.region else "",
        fields=tuple(taxonomies.name("fields", code, language) for code in entry.fields),
        confirmed_on=entry.confirmed_on,
        sample=entry.sample,
        language_note=texts.note,
        state=str(entry.status) if own else "",
        **_of_kind(entry),  # type: ignore[arg-type]
    )


def cards_of(entries: Iterable[Entry]) -> list[Card]:
    """The cards of several entries."""
    return [card_of(entry) for entry in entries]


def organisation_name(entry: Entry) -> str:
    """The organisation's name in the reader's language, where it has one."""
    organisation = entry.organisation
    if current_language() != "zh" and organisation.name_en:
        return organisation.name_en
    return organisation.name


def price_text(entry: Achievement) -> str:
    """Asking price, negotiable, or both."""
    parts = [money(entry.price)] if entry.price is not None else []
    if entry.price_negotiable:
        parts.append(gettext("negotiable"))
    return " · ".join(parts)


def budget_text(entry: Demand) -> str:
    """Budget as a range, a limit, or open."""
    low, high = entry.budget_min, entry.budget_max
    if low is not None and high is not None and low != high:
        return f"{money(low)} – {money(high)}"
    if high is not None:
        return gettext("up to %(amount)s", amount=money(high))
    if low is not None:
        return gettext("from %(amount)s", amount=money(low))
    return gettext("budget open")


def _of_kind(entry: Entry) -> dict[str, object]:
    if isinstance(entry, Achievement):
        return {
            "modes": tuple(label(mode, "mode") for mode in entry.transfer_modes),
            "stage": label(entry.stage, "stage") if entry.stage else "",
            "trl": entry.trl,
            "price": price_text(entry),
        }
    if isinstance(entry, Demand):
        left = (entry.deadline - today()).days if entry.deadline else None
        return {"budget": budget_text(entry), "deadline": entry.deadline, "days_left": left}
    if isinstance(entry, Project):
        return {
            "stage": label(entry.phase, "phase") if entry.phase else "",
            "figure": money(entry.funding),
        }
    if isinstance(entry, Expert):
        return {
            "figure": entry.professional_title,
            "modes": tuple(label(mode, "engagement") for mode in entry.engagement_modes),
        }
    return {}


def _translated(entry: Entry, translation: EntryTranslation) -> Texts:
    return Texts(
        translation.title,
        translation.summary or entry.summary,
        translation.body or entry.body,
        tuple(translation.keywords or entry.keywords),
        translation.language,
        translated=True,
    )
