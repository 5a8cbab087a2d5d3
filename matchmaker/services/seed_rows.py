"""Writes sample organisations and entries to their rows, and tells what that changed."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from matchmaker.domain.calendar import SHANGHAI, local_day, now
from matchmaker.domain.kinds import OrganisationStatus
from matchmaker.domain.lifecycles import EntryState
from matchmaker.models import Entry, EntryTranslation, Organisation, Qualification
from matchmaker.services.entries.codes import allot_code
from matchmaker.services.entries.values import CLASSES, apply
from matchmaker.services.seed_files import SeedEntry, SeedOrganisation

_QUALIFICATION_COLUMNS = ("kind", "level", "number", "granted_on", "valid_until")


def new_organisation(session: Session, seed: SeedOrganisation) -> Organisation:
    """Add an approved sample organisation."""
    organisation = Organisation(
        key=seed.key, status=OrganisationStatus.ACTIVE, sample=True, created_at=now()
    )
    write_organisation(organisation, seed)
    session.add(organisation)
    return organisation


def write_organisation(organisation: Organisation, seed: SeedOrganisation) -> dict[str, Any]:
    """Bring an organisation to what the files say: column → (before, after) where it differed."""
    changes: dict[str, Any] = {}
    for name, value in seed.values.items():
        before = getattr(organisation, name)
        if before != value:
            setattr(organisation, name, value)
            changes[name] = (before, value)
    held = [_dated(one) for one in organisation.qualifications]
    wanted = [Qualification(**{"level": "", "number": "", **row}) for row in seed.qualifications]
    if held != [_dated(one) for one in wanted]:
        changes["qualifications"] = (len(held), len(wanted))
        organisation.qualifications = wanted
    return changes


def _dated(qualification: Qualification) -> tuple[Any, ...]:
    return tuple(getattr(qualification, name) for name in _QUALIFICATION_COLUMNS)


def new_entry(session: Session, seed: SeedEntry, organisation: Organisation) -> Entry:
    """Add a sample entry, published or waiting for screening, with the next free code."""
    shown_at = _believable_moment(seed)
    entry = CLASSES[seed.kind](
        kind=seed.kind,
        code=str(allot_code(session, seed.kind)),
        seed_key=seed.key,
        status=EntryState.PUBLISHED if seed.screened else EntryState.SUBMITTED,
        submitted_at=shown_at - timedelta(days=1) if seed.screened else shown_at,
        published_at=shown_at if seed.screened else None,
        index_version=1 if seed.screened else 0,
        sample=True,
        created_at=shown_at - timedelta(days=2),
        updated_at=shown_at,
    )
    session.add(entry)
    _fill_defaults(entry)
    write_entry(entry, seed, organisation)
    return entry


def _fill_defaults(entry: Entry) -> None:
    """Give columns their defaults before the row is written: facets are derived from them."""
    for attribute in inspect(type(entry)).column_attrs:
        default: Any = attribute.columns[0].default
        if default is not None and getattr(entry, attribute.key) is None:
            value = default.arg(None) if default.is_callable else default.arg
            setattr(entry, attribute.key, value)


def write_entry(entry: Entry, seed: SeedEntry, organisation: Organisation) -> dict[str, Any]:
    """Bring an entry to what the files say: field → (before, after) where it differed."""
    changes: dict[str, Any] = apply(entry, seed.values)
    if entry.confirmed_on != seed.confirmed_on:
        changes["confirmed_on"] = (str(entry.confirmed_on or ""), str(seed.confirmed_on or ""))
        entry.confirmed_on = seed.confirmed_on
    if entry.organisation is not organisation:
        entry.organisation = organisation
        changes["organisation"] = ("", organisation.name)
    if _write_translations(entry, seed):
        changes["translations"] = ([], sorted(seed.translations))
    return changes


def _write_translations(entry: Entry, seed: SeedEntry) -> bool:
    held = {row.language: row for row in entry.translations}
    changed = held.keys() != seed.translations.keys()
    for language in held.keys() - seed.translations.keys():
        entry.translations.remove(held[language])
    for language, texts in seed.translations.items():
        row = held.get(language)
        if row is None:
            row = EntryTranslation(language=language, source="human", reviewed=True)
            entry.translations.append(row)
        for name, value in texts.items():
            tidy = value.strip() if isinstance(value, str) else [str(item) for item in value]
            changed |= getattr(row, name) != tidy
            setattr(row, name, tidy)
    return changed


def _believable_moment(seed: SeedEntry) -> datetime:
    """When a sample came in: the same at every load, in office hours, before it was confirmed."""
    chance = int(sha256(seed.key.encode()).hexdigest()[:8], 16)
    latest = seed.confirmed_on if seed.screened and seed.confirmed_on else local_day(now())
    day = latest - timedelta(days=chance % 60 if seed.screened else chance % 3)
    hours = time(9 + chance % 8, chance // 8 % 60)
    return min(datetime.combine(day, hours, SHANGHAI), now() - timedelta(hours=1))
