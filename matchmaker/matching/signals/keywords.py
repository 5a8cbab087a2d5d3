"""Keywords: which keywords of one side does the other side name, in these or other words?"""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.matching.bags import CONCEPT, coverage
from matchmaker.matching.context import Context
from matchmaker.matching.prepared import Passage, Prepared
from matchmaker.matching.sides import Evidence, Note, Reading, Span
from matchmaker.matching.signals.base import unknown
from matchmaker.matching.similarity import both_speak, saturated

NAME = "keywords"

HALF = 0.2
"""The mean share named that reads one half: postings seldom choose the same keywords."""

NAMED_FROM = 0.5
"""The share of a keyword's weight from which on the other side counts as naming it."""

_QUOTED = 5


def read(context: Context, demand: Prepared, other: Prepared) -> Reading:
    """Take the mean over both sides' keywords of how much of each the other side names."""
    if not both_speak(demand.whole, other.whole, demand.common_language(other)):
        return unknown(NAME, "no_common_words")
    ours, theirs = _named(demand, other), _named(other, demand)
    if not (ours or theirs):
        return unknown(NAME, "no_keywords")
    means = [sum(share for share, _, _ in held) / len(held) for held in (ours, theirs) if held]
    mean = sum(means) / len(means)
    evidence = [Evidence(one, two, share) for share, one, two in ours if two]
    evidence += [Evidence(one, two, share) for share, two, one in theirs if one]
    evidence.sort(key=lambda held: -held.strength)
    note = Note("named", {"named": sum(1 for *_, two in ours if two), "count": len(ours)})
    return Reading(NAME, saturated(mean, HALF), tuple(evidence[:_QUOTED]), note)


def _named(side: Prepared, other: Prepared) -> list[tuple[float, Span, Span | None]]:
    """Return for each comparable keyword the share named, the keyword, and where it is named."""
    language = side.common_language(other)
    found = []
    for keyword in side.keywords:
        if language not in (keyword.language, CONCEPT):
            continue
        weights = (keyword.concepts if language == CONCEPT else keyword.bag).weights
        if weights:
            share = _share(side, keyword, other.whole[language].weights)
            place = _place(weights, other, language) if share >= NAMED_FROM else None
            found.append((share, keyword.span, place))
    return found


def _share(side: Prepared, keyword: Passage, present: Mapping[str, float]) -> float:
    """A known term counts as named by any of its synonyms, for the part of the keyword it is."""
    known = sum(
        span.end - span.start
        for concept in keyword.concepts.weights.keys() & present.keys()
        for span in side.places_within(concept, keyword.span)
    )
    part = min(known / len(keyword.span.text), 1.0)
    return max(part, coverage(keyword.bag.weights, present))


def _place(weights: Mapping[str, float], other: Prepared, language: str) -> Span | None:
    """Return where the other side names the most telling part of a keyword."""
    for feature in sorted(weights, key=lambda name: (-weights[name], name)):
        if places := other.places_of(feature, language):
            return places[0]
    return None
