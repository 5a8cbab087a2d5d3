"""Reads clauses out of a demand and figures out of an offer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from matchmaker.matching.clauses import background
from matchmaker.matching.clauses.bounding import bounds_of
from matchmaker.matching.clauses.comparators import Manner
from matchmaker.matching.clauses.figures_aside import without
from matchmaker.matching.clauses.model import Clause
from matchmaker.matching.clauses.quantities import Quantity, Shape, quantities
from matchmaker.matching.clauses.roles import Found, Role, found_in
from matchmaker.matching.clauses.subjects import (
    BOUNDARY,
    SENTENCE_END,
    condition_start,
    condition_text,
    segment_end,
    segment_start,
    trimmed,
)
from matchmaker.matching.clauses.unit_words import COUNTS, MONEY

LONGEST_SUBJECT = 40
"""Characters of a subject; more is a sentence without punctuation, and its end names it."""

_DURATIONS = frozenset({"年", "月", "个月", "天", "日", "周", "year", "years", "months", "days"})
_LARGE_SUM = 100_000


def read_clauses(text: str) -> tuple[Clause, ...]:
    """Return what ``text`` of a demand requires, in its order; empty where it requires nothing."""
    return tuple(_read(text, wished=True))


def read_figures(text: str) -> tuple[Clause, ...]:
    """Return the figures that ``text`` of an offer states; one given without a bound is ``=``."""
    return tuple(_read(text, wished=False))


def _read(text: str, *, wished: bool) -> Iterator[Clause]:
    masked = without(text)
    for start, end, held in _sentences(masked):
        yield from _Sentence(text, masked, start, end, wished=wished).clauses(held)


def _sentences(masked: str) -> Iterator[tuple[int, int, list[Quantity]]]:
    """Yield (start, end, quantities) of the sentences that hold any."""
    held = list(quantities(masked))
    start = 0
    ends = [match.end() for match in SENTENCE_END.finditer(masked)] + [len(masked)]
    for end in ends if held else ():
        inside = [quantity for quantity in held if start <= quantity.start < end]
        if inside:
            yield start, end, inside
        start = end


class _Sentence:
    """Reads one sentence ``text[start:end]``; ``masked`` is ``text`` without figures aside."""

    def __init__(self, text: str, masked: str, start: int, end: int, *, wished: bool) -> None:
        self._text, self._masked = text, masked
        self._start, self._end, self._wished = start, end, wished

    def clauses(self, held: list[Quantity]) -> list[Clause]:
        """Return the clauses among ``held``, with the conditions that stand around them."""
        read: list[Clause] = []
        ahead, floor, subject_end = "", self._start, None
        for found in found_in(self._masked, held):
            if found.role is Role.START:
                subject_end = found.start
                continue
            if found.role is Role.CONDITION:
                words = self._condition(found, floor)
                if read and self._joined(read[-1].end, found.quantity.start):
                    read[-1] = replace(read[-1], condition=read[-1].condition or words)
                else:
                    ahead = words
            elif found.role is Role.FIGURE:
                clause = self._clause(found, floor, subject_end, ahead, read)
                read += [clause] if clause else []
            if _parts(found):
                floor = found.end
            subject_end = None
        return read

    def _joined(self, end: int, start: int) -> bool:
        """Whether no punctuation parts a figure from the condition behind it."""
        return not BOUNDARY.search(self._text, end, start)

    def _condition(self, found: Found, floor: int) -> str:
        start = found.quantity.start
        if not found.bracketed:
            start = condition_start(self._text, segment_start(self._text, start, floor), start)
        return condition_text(self._text, start, found.end)

    def _clause(
        self, found: Found, floor: int, subject_end: int | None, ahead: str, read: list[Clause]
    ) -> Clause | None:
        begin, stop = self._subject(found, floor, subject_end)
        subject = self._text[begin:stop]
        if not (self._requires if self._wished else self._states)(found, subject):
            return None
        bounds = bounds_of(self._masked, found, subject, wished=self._wished)
        start = begin if subject else found.start
        if not subject and read and not self._text[read[-1].end : start].strip("，,、;； "):
            subject = read[-1].subject
        return Clause(
            text=self._text[start : found.end],
            start=start,
            end=found.end,
            subject=subject,
            comparator=bounds.comparator,
            low=bounds.low,
            high=bounds.high,
            unit=found.quantity.unit,
            condition=ahead,
        )

    def _subject(self, found: Found, floor: int, subject_end: int | None) -> tuple[int, int]:
        stop = found.start if subject_end is None else subject_end
        start = segment_start(self._text, stop, floor)
        found_words = trimmed(self._text, max(start, stop - LONGEST_SUBJECT), stop)
        return found_words if found_words[0] < found_words[1] else self._ahead_of(stop, floor)

    def _ahead_of(self, stop: int, floor: int) -> tuple[int, int]:
        """Return the subject before a condition that parts it from its figure."""
        start = segment_start(self._text, stop, self._start)
        opening = condition_start(self._text, start, floor) if start < floor else start
        return trimmed(self._text, start, opening) if opening > start else (stop, stop)

    def _segment(self, found: Found) -> str:
        start = segment_start(self._text, found.start, self._start)
        return self._text[start : segment_end(self._text, found.end)]

    def _requires(self, found: Found, subject: str) -> bool:
        segment = self._segment(found)
        if background.administrative(segment) or self._no_measure(found, segment):
            return False
        if background.status_ahead(self._text[self._start : found.quantity.start]):
            return found.wording is not None and found.wording.manner in _TOWARDS
        return self._bounded_enough(found, subject) or self._stands_alone(found, subject)

    def _bounded_enough(self, found: Found, subject: str) -> bool:
        quantity = found.quantity
        if not found.bounded or not (subject or quantity.unit):
            return False
        if quantity.spelled and (not quantity.unit or (quantity.low, quantity.unit) == (1, "个")):
            return False
        return bool(subject or found.wording) or not self._qualifies(found)

    def _qualifies(self, found: Found) -> bool:
        """Whether a figure only qualifies the noun behind it: "两套以上装置"."""
        if found.trailing is None or found.trailing.inner:
            return False
        return _NOUN.match(self._text, found.end) is not None

    def _no_measure(self, found: Found, segment: str) -> bool:
        """Whether the unit is one of money or of heads and no product is measured by it."""
        quantity = found.quantity
        if quantity.unit in MONEY:
            if quantity.low >= _LARGE_SUM and "每" not in segment:
                return True
            return not background.cost_of_one(segment)
        return background.counts_people(quantity.unit, segment)

    def _stands_alone(self, found: Found, subject: str) -> bool:
        """Whether a figure without a bound is a wanted one: "液压系统压力 31.5 MPa"."""
        quantity = found.quantity
        if len(subject) < 2 or quantity.spelled or quantity.unit in _NEVER_ALONE:
            return False
        if not quantity.unit and not (quantity.shape is Shape.RANGE and _PH.search(subject)):
            return False
        rest = self._text[found.end : segment_end(self._text, found.end)]
        before = self._text[self._start : found.end]
        return not (_WORD.search(rest) or background.setting(before + rest))

    def _states(self, found: Found, subject: str) -> bool:
        segment = self._segment(found)
        if background.administrative(segment) or background.of_others(segment):
            return False
        return bool(subject or found.bounded) and bool(found.quantity.unit or subject)


def _parts(found: Found) -> bool:
    """Whether words before a quantity name another thing than those behind it: 一次 does not."""
    bare = found.role is Role.FIGURE and found.quantity.spelled and not found.bounded
    plain = found.role is Role.ASIDE or bare
    return not (plain or found.bracketed)


_TOWARDS = frozenset({Manner.TOWARDS_MORE, Manner.TOWARDS_LESS})
_NEVER_ALONE = _DURATIONS | MONEY | frozenset(COUNTS) | {"次", "倍", "度"}
_PH = re.compile(r"pH", re.IGNORECASE)
_NOUN = re.compile(r"[一-鿿]")
_WORD = re.compile(r"\w")
