"""All signals, in the order they are shown: a new one is a file beside this and a line here."""

from __future__ import annotations

from matchmaker.matching.signals import (
    availability,
    body,
    clauses,
    field,
    freshness,
    industry,
    keywords,
    maturity,
    meaning,
    modes,
    precedent,
    price,
    region,
    terms,
    title,
    wording,
)
from matchmaker.matching.signals.base import Role, Signal

SIGNALS = (
    Signal(title.NAME, Role.TEXT, title.read),
    Signal(body.NAME, Role.TEXT, body.read),
    Signal(meaning.NAME, Role.TEXT, meaning.read),
    Signal(keywords.NAME, Role.TEXT, keywords.read),
    Signal(terms.NAME, Role.TEXT, terms.read),
    Signal(wording.NAME, Role.TEXT, wording.read),
    Signal(field.NAME, Role.FIT, field.read),
    Signal(industry.NAME, Role.FIT, industry.read),
    Signal(clauses.NAME, Role.FIT, clauses.read),
    Signal(maturity.NAME, Role.FIT, maturity.read),
    Signal(price.NAME, Role.FIT, price.read),
    Signal(modes.NAME, Role.FIT, modes.read),
    Signal(region.NAME, Role.FIT, region.read),
    Signal(freshness.NAME, Role.FIT, freshness.read),
    Signal(availability.NAME, Role.FIT, availability.read),
    Signal(precedent.NAME, Role.FIT, precedent.read),
)
"""Every signal once."""

NAMES = tuple(signal.name for signal in SIGNALS)
TEXT_NAMES = tuple(signal.name for signal in SIGNALS if signal.role is Role.TEXT)
FIT_NAMES = tuple(signal.name for signal in SIGNALS if signal.role is Role.FIT)
