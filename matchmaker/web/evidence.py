"""The agreements of two texts that tell a reader most, out of all that the signals quote."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from matchmaker.matching.explain import SignalLine
from matchmaker.matching.sides import Span

MOST = 6
"""So many marks a reader can follow from one text to the other."""

SENTENCE_FROM = 0.18
"""The agreement from which on two sentences are shown as saying the same."""

_SENTENCES = 3
_SENTENCE_SIGNALS = ("body", "meaning")
_WORD_SIGNALS = ("keywords", "title", "terms")


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two quoted spans that say the same, one of the demand and one of the other side.

    `sentence` tells sentences from words.
    """

    demand: Span
    other: Span
    strength: float
    sentence: bool

    @property
    def words(self) -> tuple[str, str]:
        """What is quoted, regardless of where it stands."""
        return self.demand.text.casefold(), self.other.text.casefold()


def agreements(
    lines: Iterable[SignalLine], demand_fields: Collection[str], other_fields: Collection[str]
) -> list[Agreement]:
    """All agreements within some fields, the most telling first, the same words once.

    Sentences that agree say more than words, and words in running text more than bare keywords.

    Args:
        lines: the signals of an explanation.
        demand_fields: fields of the demand to look at.
        other_fields: fields of the other side to look at.
    """
    told = list(lines)
    sentences = [
        held
        for held in _once(_quoted(told, _SENTENCE_SIGNALS, demand_fields, other_fields))
        if held.strength >= SENTENCE_FROM
    ]
    words = _once(_quoted(told, _WORD_SIGNALS, demand_fields, other_fields))
    words.sort(key=lambda held: (_bare(held), -held.strength))
    # Sentences beyond the best few come last: they agree in little more than a word.
    return [*sentences[:_SENTENCES], *words, *sentences[_SENTENCES:]]


def telling(found: Sequence[Agreement], most: int = MOST) -> list[Agreement]:
    """The first agreements that do not lie over each other, so that each can be marked."""
    chosen: list[Agreement] = []
    for held in found:
        if len(chosen) < most and not any(_overlap(held, other) for other in chosen):
            chosen.append(held)
    return chosen


def _quoted(
    lines: Iterable[SignalLine],
    signals: Collection[str],
    demand_fields: Collection[str],
    other_fields: Collection[str],
) -> list[Agreement]:
    return [
        Agreement(held.demand, held.other, held.strength, line.signal in _SENTENCE_SIGNALS)
        for line in lines
        if line.signal in signals
        for held in line.evidence
        if held.demand and held.other and held.strength > 0
        if held.demand.field in demand_fields and held.other.field in other_fields
    ]


def _once(found: Iterable[Agreement]) -> list[Agreement]:
    """The strongest of those that quote the same words, strongest first."""
    best: dict[tuple[str, str], Agreement] = {}
    for held in sorted(found, key=lambda held: -held.strength):
        best.setdefault(held.words, held)
    return list(best.values())


def _bare(held: Agreement) -> int:
    """On how many sides a word stands alone, as a keyword."""
    return sum(span.field.startswith("keywords") for span in (held.demand, held.other))


def _overlap(one: Agreement, two: Agreement) -> bool:
    return _touch(one.demand, two.demand) or _touch(one.other, two.other)


def _touch(one: Span, two: Span) -> bool:
    return one.field == two.field and one.start < two.end and two.start < one.end
