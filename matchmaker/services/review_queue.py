"""The queue of matches to review: its views, filters and order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from matchmaker.domain.actors import Actor, Role
from matchmaker.domain.calendar import now
from matchmaker.domain.levels import Level
from matchmaker.domain.lifecycles import MatchState
from matchmaker.models import EntryFacet, Match
from matchmaker.services.entries.reading import in_regions_of

VIEWS = ("new", "mine", "snoozed", "done")
ORDERS = ("score", "age")
#: So far one looks for a match in the queue; nobody works through more at a sitting.
LONGEST = 2000
DONE = (MatchState.APPROVED, MatchState.REJECTED, MatchState.INTRODUCED)


@dataclass(frozen=True, slots=True)
class DeskCounts:
    """What waits at the desk."""

    new: int
    mine: int
    snoozed: int
    done: int
    screening: int


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which matches of the queue are shown.

    Attributes:
        view: one of `VIEWS`.
        field: technology field code, its branches included; "" is any.
        region: GB/T 2260 code of the demand's region, its parts included; "" is any.
        level: one level; "" is any.
        older_than_days: suggested at least so many days ago.
        order: by score or by age.
    """

    view: str = "new"
    field: str = ""
    region: str = ""
    level: str = ""
    older_than_days: int = 0
    order: str = "score"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a match stands in a queue.

    Attributes:
        index: its position from 0; None where it is not in the queue.
        previous: number of the match before it.
        following: number of the match to look at next; the first one for a match not in the queue.
        total: how many matches the queue holds.
    """

    index: int | None
    previous: int | None
    following: int | None
    total: int


def in_view(view: str, actor: Actor) -> list[ColumnElement[bool]]:
    """The matches of one view within the broker's regions, as conditions in SQL."""
    own = in_regions_of(actor, Role.BROKER, Match.demand_id)
    if view == "mine":
        return [own, Match.state == MatchState.SUGGESTED, Match.assignee_id == actor.person_id]
    if view == "snoozed":
        return [own, Match.state == MatchState.SNOOZED]
    if view == "done":
        return [own, Match.state.in_(DONE)]
    return [own, Match.state == MatchState.SUGGESTED]


def filters_of(wanted: QueueFilter) -> list[ColumnElement[bool]]:
    """What a filter asks for beyond its view, as conditions in SQL."""
    found: list[ColumnElement[bool]] = []
    for name, value in (("field", wanted.field), ("region", wanted.region)):
        if value:
            facet = aliased(EntryFacet)
            found.append(
                select(facet.entry_id)
                .where(facet.entry_id == Match.demand_id, facet.name == name, facet.value == value)
                .exists()
            )
    if wanted.level in Level.__members__.values():
        found.append(Match.level == Level(wanted.level))
    if wanted.older_than_days > 0:
        found.append(Match.suggested_at < now() - timedelta(days=wanted.older_than_days))
    return found


def order_of(wanted: QueueFilter) -> tuple[ColumnElement[Any], ...]:
    """The order of a queue, in SQL."""
    if wanted.view == "done":
        return Match.updated_at.desc(), Match.id.desc()
    if wanted.order == "age":
        return Match.suggested_at.asc(), Match.id.asc()
    return Match.score.desc(), Match.id.asc()


def place_in(numbers: Sequence[int], match_id: int) -> Place:
    """Where a match stands among the numbers of a queue."""
    if match_id not in numbers:
        return Place(None, None, numbers[0] if numbers else None, len(numbers))
    at = numbers.index(match_id)
    before, after = numbers[:at], numbers[at + 1 :]
    # After the last one come those that were passed over.
    following = after[0] if after else before[0] if before else None
    return Place(at, before[-1] if before else None, following, len(numbers))
