"""Figures that the public pages show, counted through the policy and kept for half a minute."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from matchmaker.domain.actors import Actor
from matchmaker.domain.calendar import SHANGHAI, today
from matchmaker.domain.kinds import EntryKind, OrganisationStatus
from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.policy import audiences
from matchmaker.models import Entry, EntryFacet, Introduction, Organisation
from matchmaker.models.database import Database
from matchmaker.services.entries.reading import visible_to

#: Seconds for which the figures that a group of readers sees are kept.
KEPT_SECONDS = 30.0
#: Groups of readers whose figures are kept; a member sees those of the own organisation too.
_MOST_KEPT = 500


@dataclass(frozen=True, slots=True)
class Overview:
    """What is on the platform, as far as one reader may see it.

    Attributes:
        entries: published entries by kind, every kind present.
        fields: code of a technology field → published entries there by kind; a field counts
            all that lies below it, and an entry in two fields counts in both.
        organisations: approved organisations.
        introductions: introductions made since 1 January, in Asia/Shanghai.
    """

    entries: Mapping[EntryKind, int]
    fields: Mapping[str, Mapping[EntryKind, int]]
    organisations: int
    introductions: int


class Statistics:
    """Counts what there is.

    Args:
        database: where it is counted.
        clock: monotonic seconds, for how long figures are kept.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._kept: dict[tuple[str, ...], tuple[float, Overview]] = {}

    def overview(self, actor: Actor) -> Overview:
        """The figures for a reader, at most `KEPT_SECONDS` old.

        Whoever may see the same is shown the same; counting reads an index from end to end.
        """
        readers = tuple(sorted(audiences(actor)))
        until, kept = self._kept.get(readers, (0.0, None))
        if kept is None or self._clock() >= until:
            kept = self._count(actor)
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[readers] = (self._clock() + KEPT_SECONDS, kept)
        return kept

    def _count(self, actor: Actor) -> Overview:
        shown = (Entry.status == EntryState.PUBLISHED) & visible_to(actor)
        with self._database.read() as session:
            return Overview(
                entries=_by_kind(session, shown),
                fields=_by_field(session, shown),
                organisations=_organisations(session),
                introductions=_introductions(session),
            )


def _by_kind(session: Session, shown: ColumnElement[bool]) -> Mapping[EntryKind, int]:
    query = select(Entry.kind, func.count()).where(shown).group_by(Entry.kind)
    found = {row[0]: row[1] for row in session.execute(query)}
    return {kind: found.get(kind, 0) for kind in EntryKind}


def _by_field(
    session: Session, shown: ColumnElement[bool]
) -> Mapping[str, Mapping[EntryKind, int]]:
    query = (
        select(EntryFacet.value, Entry.kind, func.count())
        .join(Entry, Entry.id == EntryFacet.entry_id)
        .where(EntryFacet.name == "field", shown)
        .group_by(EntryFacet.value, Entry.kind)
    )
    found: dict[str, dict[EntryKind, int]] = {}
    for code, kind, number in session.execute(query):
        found.setdefault(code, {})[kind] = number
    return found


def _organisations(session: Session) -> int:
    query = select(func.count()).where(Organisation.status == OrganisationStatus.ACTIVE)
    return session.scalar(query) or 0


def _introductions(session: Session) -> int:
    new_year = datetime(today().year, 1, 1, tzinfo=SHANGHAI).astimezone(UTC)
    query = select(func.count()).where(Introduction.created_at >= new_year)
    return session.scalar(query) or 0
