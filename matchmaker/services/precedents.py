"""Gathers the verdicts that bear on the pairs of an entry: few queries, whatever was decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import structlog
from sqlalchemy import Row, or_, select
from sqlalchemy.orm import aliased

from matchmaker.domain.learning import level_taught
from matchmaker.domain.levels import Level
from matchmaker.matching.precedents import Judged, Precedent, precedents_of
from matchmaker.models import Entry, Match, Verdict
from matchmaker.models.database import Database
from matchmaker.services.documents import EVERYONE, embedded_text, published
from matchmaker.services.vectors import Vectors
from search_index.backends.base import SearchIndexError
from search_index.documents import Vector
from search_index.lifecycle import IndexHandle

log = structlog.get_logger(__name__)

#: Entries of its own kind that an entry is taken to be like.
_NEAREST = 8
#: Verdicts looked at for one entry: the newest.
_MOST = 300

#: Demand's code → other side's code → what bears on the pair.
ByPair = Mapping[str, Mapping[str, tuple[Precedent, ...]]]


class Precedents:
    """Verdicts near to some pairs.

    Args:
        database: where verdicts are.
        index: finds entries that are like another.
        vectors: stored embeddings.
    """

    def __init__(self, database: Database, index: IndexHandle, vectors: Vectors) -> None:
        self._database = database
        self._index = index
        self._vectors = vectors

    def bearing_on(
        self, demands: Sequence[Entry], others: Sequence[Entry], vectors: Mapping[str, Vector]
    ) -> ByPair:
        """What was decided on pairs like those of `demands` with `others`.

        One of the two is a single entry, and verdicts on entries of its kind that lie near it
        count too. Only entries with a stored vector are compared with others.

        Args:
            demands: all demands, or the one.
            others: the one other side, or all.
            vectors: stored embeddings of all of them, by code.
        """
        single, many = (demands, others) if len(demands) == 1 else (others, demands)
        if not (single and many):
            return {}
        codes = {entry.code for entry in (*demands, *others)} | set(self._like(single[0], vectors))
        judged = self._judged(codes)
        if not judged:
            return {}
        known = {**self._stored(judged, vectors), **vectors}
        floor = self._vectors.embedder.floor
        theirs = [other.code for other in others]
        return {
            demand.code: precedents_of(demand.code, theirs, judged, known, floor)
            for demand in demands
        }

    def _like(self, entry: Entry, vectors: Mapping[str, Vector]) -> list[str]:
        """Codes of entries near to this one; none while the index can't be asked."""
        query = published(*EVERYONE).of_kinds(str(entry.kind)).without(entry.code)
        try:
            hits = self._index.candidates("", vectors[entry.code], query, _NEAREST)
        except (SearchIndexError, OSError) as error:
            log.warning("precedents_degraded", error=error)
            return []
        return [hit.id for hit in hits]

    def _judged(self, codes: Collection[str]) -> list[Judged]:
        """The newest binding verdicts on matches of any of these entries."""
        demand, other = aliased(Entry), aliased(Entry)
        query = (
            select(
                Verdict.match_id,
                Verdict.decision,
                Verdict.reason,
                Match.level,
                demand.code.label("demand"),
                other.code.label("other"),
            )
            .join(Match, Match.id == Verdict.match_id)
            .join(demand, demand.id == Match.demand_id)
            .join(other, other.id == Match.other_id)
            .where(
                Verdict.undone_at.is_(None),
                Verdict.decision != "snooze",
                or_(demand.code.in_(codes), other.code.in_(codes)),
            )
            .order_by(Verdict.id.desc())
            .limit(_MOST)
        )
        with self._database.read() as session:
            rows = session.execute(query).all()
        newest = {row.match_id: row for row in reversed(rows)}
        return [held for row in newest.values() if (held := _judged(row)) is not None]

    def _stored(
        self, judged: Sequence[Judged], vectors: Mapping[str, Vector]
    ) -> Mapping[str, Vector]:
        codes = {code for held in judged for code in (held.demand, held.other)} - vectors.keys()
        with self._database.read() as session:
            entries = session.scalars(select(Entry).where(Entry.code.in_(codes))).all()
        texts = {entry.code: embedded_text(entry) for entry in entries}
        held = self._vectors.held(list(texts.values()))
        return {code: held[text] for code, text in texts.items() if text in held}


def _judged(row: Row[int, str, str, Level, str, str]) -> Judged | None:
    level = level_taught(row.decision, row.reason, row.level)
    if level is None:
        return None
    approved = row.decision == "approve"
    fit = 1.0 if approved else level.rank / Level.STRONG.rank
    return Judged(row.demand, row.other, fit, "" if approved else row.reason)
