"""Whether the figures of an offer meet a clause: met, not met, or not to be told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from matchmaker.matching.clauses.intervals import Interval, interval_of
from matchmaker.matching.clauses.measured import SAME, agreement, change_in
from matchmaker.matching.clauses.model import Clause, Comparator, Outcome
from matchmaker.matching.clauses.quantities import Quantity, Shape, quantities
from matchmaker.matching.clauses.units import on_one_scale
from matchmaker.matching.synonyms import Synonyms

_NO_SYNONYMS = Synonyms({})
_WORKING_RANGE = re.compile(r"范围|量程|区间|\brange\b", re.IGNORECASE)


def judge(
    clause: Clause, figures: Sequence[Clause], synonyms: Synonyms = _NO_SYNONYMS
) -> tuple[Outcome, Clause | None]:
    """Return what comes of ``clause``, and the figure that decides or leaves it open.

    Only figures of the same subject and dimension count; unknown without one (then the figure is
    ``None``), or where they disagree.
    """
    change = change_in(clause.text)
    same = [
        figure
        for figure in figures
        if change_in(figure.text) == change
        and agreement(clause.subject, figure.subject, synonyms) >= SAME
    ]
    return _together(list(_told(clause, same)))


def _told(clause: Clause, figures: Sequence[Clause]) -> Iterator[tuple[Outcome, Clause]]:
    for figure in figures:
        outcome = outcome_of(clause, figure)
        if outcome is not None:
            yield outcome, figure


def _together(told: Sequence[tuple[Outcome, Clause]]) -> tuple[Outcome, Clause | None]:
    decided = [held for held in told if held[0] is not Outcome.UNKNOWN]
    if len({outcome for outcome, _ in decided}) == 1:
        return decided[0]
    if told:
        return Outcome.UNKNOWN, told[0][1]
    return Outcome.UNKNOWN, None


@lru_cache(maxsize=16384)
def outcome_of(clause: Clause, figure: Clause) -> Outcome | None:
    """Return what ``figure`` alone, taken as of the same subject, means for ``clause``.

    ``None`` where the two measure different things; unknown where the conditions contradict.
    """
    scales = on_one_scale(clause.unit, figure.unit, clause.text, figure.text)
    if scales is None:
        return None
    if _contradict(clause.condition, figure.condition):
        return Outcome.UNKNOWN
    wanted = interval_of(_bound(clause), scales[0])
    stated = interval_of(_size(figure, clause), scales[1])
    if clause.comparator is Comparator.BETWEEN and _WORKING_RANGE.search(clause.subject):
        return _covering(wanted, stated, figure)
    return stated.outcome_for(wanted)


def _bound(clause: Clause) -> Clause:
    """Read "±0.5" as a deviation of at most 0.5."""
    if clause.comparator is Comparator.WITHIN and not clause.low:
        return replace(clause, comparator=Comparator.AT_MOST, low=clause.high or 0.0, high=None)
    return clause


def _size(figure: Clause, clause: Clause) -> Clause:
    """Read a stated "±0.3" as a deviation of 0.3, save where a value between bounds is wanted."""
    around_nothing = figure.comparator is Comparator.WITHIN and not figure.low
    if around_nothing and clause.comparator is not Comparator.BETWEEN:
        return replace(figure, comparator=Comparator.EQUAL, low=figure.high or 0.0, high=None)
    return figure


def _covering(wanted: Interval, stated: Interval, figure: Clause) -> Outcome:
    """Judge a working range: it must hold all of the wanted one."""
    if figure.comparator is not Comparator.BETWEEN:
        return Outcome.UNKNOWN
    return Outcome.MET if wanted.within(stated) else Outcome.NOT_MET


@lru_cache(maxsize=4096)
def _held_in(condition: str) -> tuple[Quantity, ...]:
    return tuple(quantities(condition))


def _contradict(one: str, other: str) -> bool:
    """Whether two conditions give different values of the same dimension."""
    return any(_differ(left, right) for left in _held_in(one) for right in _held_in(other))


def _differ(left: Quantity, right: Quantity) -> bool:
    scales = on_one_scale(left.unit, right.unit)
    if scales is None:
        return False
    one, two = (
        interval_of(_as_clause(quantity), scale)
        for quantity, scale in zip((left, right), scales, strict=True)
    )
    return one.apart(two)


def _as_clause(quantity: Quantity) -> Clause:
    comparator = {
        Shape.SINGLE: Comparator.EQUAL,
        Shape.RANGE: Comparator.BETWEEN,
        Shape.DEVIATION: Comparator.WITHIN,
    }[quantity.shape]
    return Clause("", 0, 0, "", comparator, quantity.low, quantity.high, quantity.unit, "")
