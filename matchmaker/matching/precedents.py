"""Verdicts on like pairs: how near each lies to a pair, and what it said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

# Reading clauses comes past here, and has to start without numpy.
if TYPE_CHECKING:
    from search_index.documents import Vector

NEAREST = 12
"""Verdicts that a pair is judged by at the most: the nearest."""

NEAR_FROM = 0.2
"""Nearness below which a verdict on another pair says nothing of this one."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict on some pair.

    ``demand`` and ``other`` are the public codes of its two sides, ``fit`` what it said in
    [0, 1] (1 for approved), ``reason`` the code of a rejection, "" for an approval.
    """

    demand: str
    other: str
    fit: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Precedent:
    """A verdict as it bears on one pair: ``nearness`` in (0, 1], the rest as in ``Judged``.

    It names nobody: a reader of a pair must not learn which others were judged.
    """

    nearness: float
    fit: float
    reason: str = ""


def precedents_of(
    demand: str,
    others: Iterable[str],
    judged: Sequence[Judged],
    vectors: Mapping[str, Vector],
    floor: float = 0.0,
) -> dict[str, tuple[Precedent, ...]]:
    """Return what ``judged`` says of the pairs of ``demand`` with each of ``others``, by code.

    The nearness of two pairs is the product of the nearness of their demands and that of their
    other sides: cosines counted from ``floor``, 1 for the same entry. ``vectors`` holds float32
    [dimension] of unit length by code; entries without one are near to themselves alone. A
    verdict on the pair itself is left out. Others without a precedent are left out.
    """
    by_demand = [(held, _nearness(demand, held.demand, vectors, floor)) for held in judged]
    near = [(held, value) for held, value in by_demand if value >= NEAR_FROM]
    found = {}
    for other in others:
        bearing = [
            Precedent(round(value * other_value, 4), held.fit, held.reason)
            for held, value in near
            if (held.demand, held.other) != (demand, other)
            and (other_value := _nearness(other, held.other, vectors, floor)) * value >= NEAR_FROM
        ]
        if bearing:
            bearing.sort(key=lambda held: (-held.nearness, held.fit, held.reason))
            found[other] = tuple(bearing[:NEAREST])
    return found


def _nearness(left: str, right: str, vectors: Mapping[str, Vector], floor: float) -> float:
    if left == right:
        return 1.0
    if left not in vectors or right not in vectors:
        return 0.0
    cosine = float(vectors[left] @ vectors[right])
    return max((cosine - floor) / (1 - floor), 0.0)
