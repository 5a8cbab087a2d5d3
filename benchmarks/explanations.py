"""Whether the quoted spans carry the score: comprehensiveness and sufficiency after ERASER.

DeYoung et al., "ERASER: A Benchmark to Evaluate Rationalized NLP Models", ACL 2020. A match's
quoted spans are cut out of both texts, and as much text at random; the score must fall further
without the quoted ones. Then all but the quoted spans is cut out; most of the score must remain.
Only texts are cut: field, industry, price and other columns stay as they are.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from benchmarks.erasing import Cut, Stretches, alone, drawn, length, merged, size, without
from matchmaker.domain.levels import Level
from matchmaker.domain.proportions import Proportion
from matchmaker.matching.assessment import Assessment
from matchmaker.matching.evaluation import side_of
from matchmaker.matching.explain import explain
from matchmaker.matching.matcher import Matcher
from matchmaker.matching.sides import Side
from search_index.evaluation import Judged

DRAWS = 3
SUFFICIENT = 0.6
SEED = 20261125
LEAST, MOST = 500, 600
"""Matches wanted, and looked at when there are more."""


@dataclass(frozen=True, slots=True)
class Match:
    """A pair at weak or better with what was said of it."""

    demand: Side
    other: Side
    assessment: Assessment
    source: str


@dataclass(frozen=True, slots=True)
class Check:
    """Scores of one match: whole, without the quoted or random spans, with nothing but them."""

    languages: str
    source: str
    score: float
    erased: float
    random: float
    alone: float
    random_alone: float
    quoted: float

    @property
    def comprehensive(self) -> bool:
        """Whether cutting out the quoted spans lowers the score more than random ones."""
        return self.erased < self.random

    @property
    def kept(self) -> float:
        """The part of the score that the spans alone reach."""
        return self.alone / self.score


def measure(
    matcher: Matcher, entries: Iterable[Side], judged: Judged | None = None
) -> dict[str, Any]:
    """Check the explanations of at least `LEAST` matches, as far as there are so many.

    Those among ``entries`` come first, then judged pairs of ``judged``. Returns figures for all
    matches, by the languages of the two sides, and by where the matches come from.
    """
    chance = random.Random(SEED)
    matches = list(entry_matches(matcher, list(entries)))
    if judged is not None and len(matches) < LEAST:
        more = list(judged_matches(matcher, judged))
        matches += chance.sample(more, min(len(more), MOST - len(matches)))
    elif len(matches) > MOST:
        matches = chance.sample(matches, MOST)
    checks = [check(matcher, match, chance) for match in matches]
    return {
        **summary(checks),
        "languages": _grouped(checks, "languages"),
        "sources": _grouped(checks, "source"),
    }


def entry_matches(matcher: Matcher, entries: Sequence[Side]) -> Iterator[Match]:
    """All pairs of a demand and another entry at weak or better."""
    others = {side.code: side for side in entries if side.kind != "demand"}
    for demand in entries:
        if demand.kind == "demand":
            yield from _fitting(matcher, demand, others, "sample entries")


def judged_matches(matcher: Matcher, judged: Judged) -> Iterator[Match]:
    """All judged pairs at weak or better."""
    for query, texts in judged.queries.items():
        others = {
            id_: side_of(id_, judged.corpus[id_], "achievement") for id_ in judged.grades[query]
        }
        yield from _fitting(matcher, side_of(query, texts, "demand"), others, "judged pairs")


def _fitting(
    matcher: Matcher, demand: Side, others: Mapping[str, Side], source: str
) -> Iterator[Match]:
    for found in matcher.rank(demand, others.values()):
        if found.level is not Level.NONE:
            yield Match(demand, others[found.other], found, source)


def check(matcher: Matcher, match: Match, chance: random.Random) -> Check:
    """Score one match with its texts cut in each way."""
    demand, other = match.demand, match.other
    mine, theirs = quoted(match)
    analyser = matcher.context.analyser
    draws = [
        (drawn(demand, mine, analyser, chance), drawn(other, theirs, analyser, chance))
        for _ in range(DRAWS)
    ]

    def scored(cut: Cut, spans: tuple[Stretches, Stretches]) -> float:
        return matcher.assess(cut(demand, spans[0]), cut(other, spans[1])).score

    return Check(
        languages=f"{demand.language}-{other.language}",
        source=match.source,
        score=match.assessment.score,
        erased=scored(without, (mine, theirs)),
        random=fmean(scored(without, spans) for spans in draws),
        alone=scored(alone, (mine, theirs)),
        random_alone=fmean(scored(alone, spans) for spans in draws),
        quoted=(length(mine) + length(theirs)) / (size(demand) + size(other)),
    )


def quoted(match: Match) -> tuple[Stretches, Stretches]:
    """What is marked in the two texts where the match is explained."""
    marks = explain(match.assessment).marks
    return (
        merged(match.demand, (mark.demand for mark in marks)),
        merged(match.other, (mark.other for mark in marks)),
    )


def summary(checks: Sequence[Check]) -> dict[str, Any]:
    """Count the figures of some checks; raises ValueError without one."""
    if not checks:
        raise ValueError("there is no match to check")
    comprehensive = Proportion.of(held.comprehensive for held in checks)
    low, high = comprehensive.interval or (0.0, 1.0)
    return {
        "matches": len(checks),
        "comprehensive": _rounded(comprehensive.share or 0.0),
        "interval": [_rounded(low), _rounded(high)],
        "drop_quoted": _rounded(fmean(1 - held.erased / held.score for held in checks)),
        "drop_random": _rounded(fmean(1 - held.random / held.score for held in checks)),
        "quoted_mean": _rounded(fmean(held.quoted for held in checks)),
        "quoted_median": _rounded(median(held.quoted for held in checks)),
        "sufficiency_mean": _rounded(fmean(held.kept for held in checks)),
        "sufficiency_median": _rounded(median(held.kept for held in checks)),
        "sufficient": _rounded(fmean(held.kept >= SUFFICIENT for held in checks)),
        "random_kept_median": _rounded(median(held.random_alone / held.score for held in checks)),
    }


def _grouped(checks: Sequence[Check], name: str) -> dict[str, Any]:
    groups: dict[str, list[Check]] = defaultdict(list)
    for held in checks:
        groups[getattr(held, name)].append(held)
    return {group: summary(held) for group, held in sorted(groups.items())}


def _rounded(value: float) -> float:
    return round(value, 4)
