"""The map of unmet demands: what the region asks for and nothing on the platform meets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

import numpy as np
from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.orm import Session

from matchmaker.domain.actors import Actor, Role
from matchmaker.domain.calendar import local_day, today
from matchmaker.domain.errors import ConflictError, NotFoundError
from matchmaker.domain.kinds import EntryKind, OrganisationKind, OrganisationStatus, Visibility
from matchmaker.domain.levels import Level
from matchmaker.domain.lifecycles import EntryState, MatchState
from matchmaker.matching.clustering import clusters, telling_terms
from matchmaker.models import Entry, Match, Organisation, UnmetDemand
from matchmaker.models.database import Database
from matchmaker.services.documents import embedded_text
from matchmaker.services.entries.reading import every_kind, in_regions_of, visible_to
from matchmaker.services.jobs import Jobs, Lease
from matchmaker.services.notices import Notices
from matchmaker.services.recording import record
from matchmaker.services.vectors import Vectors
from search_index.analysis import Analyser
from search_index.embedders.base import Embedder

Held = TypeVar("Held")

#: Kinds of organisation that a cluster may be handed to.
HANDED_TO = (OrganisationKind.UNIVERSITY, OrganisationKind.INSTITUTE)
#: Demands named in a notice.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class UnmetRow:
    """A demand on the map: the month it was published in as YYYY-MM, its topmost fields."""

    entry: Entry
    cluster: int
    month: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Demands that speak of the same thing, with the terms that tell them from the others."""

    number: int
    terms: tuple[str, ...]
    rows: tuple[UnmetRow, ...]


@dataclass(frozen=True, slots=True)
class UnmetMap:
    """The map as one reader may see it.

    Attributes:
        published: all published demands that the reader may see.
        rows: those without a fair match, newest first.
        clusters: the same by cluster, largest first.
    """

    published: int
    rows: tuple[UnmetRow, ...]
    clusters: tuple[Cluster, ...]

    def cells(self) -> Mapping[tuple[str, str], int]:
        """How many stand at (topmost field, month); one of two fields counts in both."""
        return Counter((field, row.month) for row in self.rows for field in row.fields)


class Unmet:
    """Draws the map, shows it, and hands a part of it on.

    Args:
        database: where demands and matches are.
        jobs: to finish leases.
        embedder: whose vectors are grouped.
        analyser: cuts titles into words.
        notices: tells a university.
    """

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        embedder: Embedder,
        analyser: Analyser,
        notices: Notices,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._analyser = analyser
        self._notices = notices
        self._vectors = Vectors(database, embedder)

    def draw(self, lease: Lease) -> None:
        """Handler of the job `map_unmet`: group today's unmet demands and keep the groups."""
        with self._database.read() as session:
            entries = session.scalars(
                select(Entry).where(unmet_demands()).order_by(Entry.code)
            ).all()
        texts = {entry.code: embedded_text(entry) for entry in entries}
        vectors = self._vectors.of(list(texts.values()))
        points = np.array([vectors[text] for text in texts.values()], np.float32)
        found = clusters(list(texts), points)
        rows = [
            UnmetDemand(
                entry_id=entry.id,
                cluster=found[entry.code],
                terms=self._terms(entry),
                mapped_on=today(),
            )
            for entry in entries
        ]
        with self._database.write() as session:
            self._jobs.finish(session, lease)
            session.execute(delete(UnmetDemand))
            session.add_all(rows)

    def seen_by(self, actor: Actor) -> UnmetMap:
        """The map of the demands that a reader may see, within the reader's regions."""
        with self._database.read() as session:
            mine = _within_reach(actor)
            published = session.scalars(select(Entry.id).where(mine)).all()
            held = session.execute(
                select(UnmetDemand, Entry)
                .join(Entry, Entry.id == UnmetDemand.entry_id)
                .where(mine)
                .order_by(Entry.published_at.desc(), Entry.id)
                .options(*every_kind())
            ).all()
        rows = [_row(row.UnmetDemand, row.Entry) for row in held]
        told = [(row.UnmetDemand.cluster, row.UnmetDemand.terms) for row in held]
        terms = telling_terms(_by_cluster(told))
        groups = _by_cluster([(row.cluster, row) for row in rows])
        found = [Cluster(number, terms[number], tuple(groups[number])) for number in groups]
        found.sort(key=lambda cluster: (-len(cluster.rows), cluster.number))
        return UnmetMap(len(published), tuple(rows), tuple(found))

    def receivers(self) -> list[Organisation]:
        """Universities and institutes that a cluster may be handed to, by name."""
        with self._database.read() as session:
            return list(
                session.scalars(
                    select(Organisation).where(_may_receive()).order_by(Organisation.name)
                )
            )

    def hand(self, actor: Actor, cluster: int, organisation_id: int) -> Organisation:
        """Send the members of a university or institute a cluster: what of it they may see.

        Raises:
            NotFoundError: there is no such cluster for this broker, or no such organisation.
            ConflictError: its members may see none of the demands.
        """
        held = [found for found in self.seen_by(actor).clusters if found.number == cluster]
        if not held:
            raise NotFoundError("no_cluster", cluster=cluster)
        shown = [row.entry for row in held[0].rows if row.entry.visibility in _FOR_MEMBERS]
        if not shown:
            raise ConflictError("nothing_to_hand")
        with self._database.write() as session:
            receiver = session.scalar(
                select(Organisation).where(Organisation.id == organisation_id, _may_receive())
            )
            if receiver is None:
                raise NotFoundError("no_organisation", organisation=organisation_id)
            self._tell(session, receiver, shown)
            codes = ", ".join(entry.code for entry in shown)
            record(session, actor, receiver, "hand_unmet", note=codes)
        return receiver

    def _tell(self, session: Session, receiver: Organisation, shown: Sequence[Entry]) -> None:
        own = {entry.code: self._terms(entry) for entry in shown}
        terms = telling_terms({1: list(own.values())}, most=3)[1]
        named = "；".join(f"{entry.code} {entry.title}" for entry in shown[:_NAMED])
        params = {
            "count": len(shown),
            "terms": "、".join(terms),
            "named": named + ("……" if len(shown) > _NAMED else ""),
            "query": quote(" ".join(terms)),
        }
        self._notices.to_organisation(session, receiver.id, "unmet_handed", params)

    def _terms(self, entry: Entry) -> dict[str, int]:
        """Its keywords, or the words of its title where it names none, as they stand there."""
        title = entry.title
        words = [title[token.start : token.end] for token in self._analyser.spans(title)]
        told = [word for word in words if len(word) > 1 and not word.isnumeric()]
        return dict(Counter([word for word in entry.keywords if word] or told))


_FOR_MEMBERS = (Visibility.PUBLIC, Visibility.REGISTERED)


def unmet_demands() -> ColumnElement[bool]:
    """Published demands without a standing match at fair or better, as a condition in SQL."""
    met = exists().where(
        Match.demand_id == Entry.id,
        Match.level.in_([level for level in Level if level.reaches(Level.FAIR)]),
        Match.state.not_in([MatchState.REJECTED, MatchState.WITHDRAWN]),
    )
    return and_(_published_demand(), ~met)


def _published_demand() -> ColumnElement[bool]:
    return and_(Entry.kind == EntryKind.DEMAND, Entry.status == EntryState.PUBLISHED)


def _within_reach(actor: Actor) -> ColumnElement[bool]:
    roles = [role for role in (Role.BROKER, Role.OFFICIAL) if role in actor.roles]
    reach = [in_regions_of(actor, role, Entry.id) for role in roles]
    return and_(_published_demand(), visible_to(actor), *([or_(*reach)] if reach else []))


def _may_receive() -> ColumnElement[bool]:
    return and_(Organisation.kind.in_(HANDED_TO), Organisation.status == OrganisationStatus.ACTIVE)


def _row(unmet: UnmetDemand, entry: Entry) -> UnmetRow:
    month = local_day(entry.published_at).strftime("%Y-%m") if entry.published_at else ""
    tops = dict.fromkeys(code.partition(".")[0] for code in entry.fields)
    return UnmetRow(entry, unmet.cluster, month, tuple(tops))


def _by_cluster(pairs: Sequence[tuple[int, Held]]) -> dict[int, list[Held]]:
    groups: dict[int, list[Held]] = {}
    for number, held in pairs:
        groups.setdefault(number, []).append(held)
    return groups
