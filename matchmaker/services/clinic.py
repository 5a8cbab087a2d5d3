"""Advice while a demand or an achievement is typed: rules, and what already exists near it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import select

from matchmaker.domain.actors import Actor
from matchmaker.domain.checks import is_empty
from matchmaker.domain.fields import FIELDS
from matchmaker.domain.kinds import EntryKind, partners_of
from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.policy import audiences
from matchmaker.matching.clinic.examining import examine
from matchmaker.matching.clinic.model import Examination, Typed
from matchmaker.matching.distances import great_circle_km
from matchmaker.models import Entry
from matchmaker.models.database import Database
from matchmaker.services.documents import published
from matchmaker.services.entries.derived import searchable_texts
from matchmaker.services.entries.reading import every_kind, visible_to
from matchmaker.services.taxonomies import Taxonomies
from search_index.analysis import Analyser
from search_index.backends.base import SearchIndexError
from search_index.documents import Vector
from search_index.embedders.base import Embedder
from search_index.lifecycle import IndexHandle

log = structlog.get_logger(__name__)

_EXAMINED = ("title", "summary", "body", "key_technology", "clauses", "existing_basis", "benefits")
#: Longest text that is looked up in the index, in characters.
_LONGEST_QUERY = 1000
#: Shorter texts have no neighbours worth telling.
_SHORTEST_QUERY = 8
_NEAR, _DUPLICATES = 3, 5
#: Words that an offer must share with what is typed.
_SHARED_WORDS = 3
#: Share of the shorter text's distinct words that makes two texts nearly the same.
_SAME_WORDS = 0.8
_FEWEST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A published offer that comes near.

    Attributes:
        entry: as the viewer may see it.
        place: "county", "city", "province" that it shares with what is typed, or "".
        km: between the seats of the two regions, rounded to 10 km; ``None`` where one lies in the
            other or one is not known.
    """

    entry: Entry
    place: str
    km: int | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """What the clinic says.

    Attributes:
        examination: what the rules found.
        near: published entries of the other side, nearest first.
        duplicates: entries of the same kind with nearly the same words.
        degraded: whether the search index was away, so that neighbours are not known.
    """

    examination: Examination
    near: Sequence[Neighbour] = ()
    duplicates: Sequence[Entry] = ()
    degraded: bool = False


class Clinic:
    """Use cases of the clinic.

    Args:
        database: rows of neighbours.
        index: finds neighbours.
        embedder: embeds the one query.
        analyser: the words that verify a neighbour.
        taxonomies: what lies above a region.
    """

    def __init__(
        self,
        database: Database,
        index: IndexHandle,
        embedder: Embedder,
        analyser: Analyser,
        taxonomies: Taxonomies,
    ) -> None:
        self._database = database
        self._index = index
        self._embedder = embedder
        self._analyser = analyser
        self._taxonomies = taxonomies

    def advise(
        self, actor: Actor, kind: EntryKind, values: Mapping[str, Any], own_code: str = ""
    ) -> Advice:
        """Advice on a form as far as it is filled in.

        Args:
            actor: who types; only what they may see is named.
            kind: demand or achievement.
            values: typed values by field; unreadable ones are missing.
            own_code: public code of the entry that is edited, "" for a new one.
        """
        examination = examine(_typed(kind, values))
        text = _query_text(values)
        if len(text) < _SHORTEST_QUERY:
            return Advice(examination)
        try:
            near, same = self._codes(actor, kind, text, own_code)
        except (SearchIndexError, OSError) as error:
            log.warning("clinic_degraded", error=error)
            return Advice(examination, degraded=True)
        rows = self._rows(actor, [*near, *same])
        words = self._words(text)
        region = str(values.get("region") or "")
        return Advice(
            examination,
            [
                Neighbour(
                    rows[code],
                    self._place(region, rows[code].region),
                    self._km(region, rows[code].region),
                )
                for code in near
                if code in rows and len(words & self._words_of(rows[code])) >= _SHARED_WORDS
            ],
            [
                rows[code]
                for code in same
                if code in rows and _nearly_same(words, self._words_of(rows[code]))
            ],
        )

    def _codes(
        self, actor: Actor, kind: EntryKind, text: str, own_code: str
    ) -> tuple[list[str], list[str]]:
        """Codes of near entries of the other side, and of the same kind."""
        vector = self._embedder.encode([text])[0]
        near = self._found(actor, partners_of(kind), text, vector, _NEAR, own_code)
        return near, self._found(actor, (kind,), text, vector, _DUPLICATES, own_code)

    def _found(
        self,
        actor: Actor,
        kinds: Sequence[EntryKind],
        text: str,
        vector: Vector,
        limit: int,
        own_code: str,
    ) -> list[str]:
        query = published(*audiences(actor)).of_kinds(*map(str, kinds))
        query = query.without(own_code) if own_code else query
        return [hit.id for hit in self._index.candidates({"body": text}, vector, query, limit)]

    def _rows(self, actor: Actor, codes: list[str]) -> dict[str, Entry]:
        with self._database.read() as session:
            rows = session.scalars(
                select(Entry)
                .where(
                    Entry.code.in_(codes), Entry.status == EntryState.PUBLISHED, visible_to(actor)
                )
                .options(*every_kind())
            )
            return {entry.code: entry for entry in rows}

    def _words_of(self, entry: Entry) -> frozenset[str]:
        texts = searchable_texts(entry)
        return self._words(
            "\n".join(text for name, text in texts.items() if name != "organisation")
        )

    def _words(self, text: str) -> frozenset[str]:
        return frozenset(word for word in self._analyser.tokens(text).words if len(word) > 1)

    def _place(self, region: str, other: str) -> str:
        """The narrowest level of regions that holds both; "" where none below the country does."""
        regions = self._taxonomies.scheme("regions")
        above = set(self._taxonomies.path("regions", region))
        for code in self._taxonomies.path("regions", other):
            if code in above:
                level = regions[code].details["level"]
                return level if level != "country" else ""
        return ""

    def _km(self, region: str, other: str) -> int | None:
        """The distance of two regions of which neither holds the other."""
        seats = self._taxonomies.seats
        if region not in seats or other not in seats:
            return None
        path, path_of_other = (self._taxonomies.path("regions", code) for code in (region, other))
        if region in path_of_other or other in path:
            return None
        return max(10, round(great_circle_km(seats[region], seats[other]) / 10) * 10)


def _typed(kind: EntryKind, values: Mapping[str, Any]) -> Typed:
    texts = {name: text for name in _EXAMINED if (text := _as_text(values.get(name)))}
    filled = frozenset(
        spec.name
        for spec in FIELDS[kind]
        if spec.name not in texts and not is_empty(values.get(spec.name))
        if values[spec.name] is not False
    )
    return Typed(str(kind), texts, filled, str(values.get("demand_type") or ""))


def _as_text(value: Any) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _query_text(values: Mapping[str, Any]) -> str:
    names = ("title", "summary", "keywords", "body")
    return "\n".join(filter(None, (_as_text(values.get(n)) for n in names)))[:_LONGEST_QUERY]


def _nearly_same(typed: frozenset[str], held: frozenset[str]) -> bool:
    smaller = min(len(typed), len(held))
    return smaller >= _FEWEST_WORDS and len(typed & held) >= _SAME_WORDS * smaller
