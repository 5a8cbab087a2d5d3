"""The matcher: ranks, remembers, explains, and survives whatever an entry may hold."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.domain.levels import Level
from matchmaker.matching.assessment import Assessment
from matchmaker.matching.explain import explain, still_true
from matchmaker.matching.matcher import Matcher
from matchmaker.matching.payload import from_payload, to_payload
from matchmaker.matching.sides import Side

WORDS = [
    "矿井水",
    "反渗透",
    "mine water",
    "RO",
    "12.5 kWh",
    "≥95%",
    "，",
    "。",
    "\n",
    " ",
    "膜",
    "é",
    "㎡",
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=12).map("".join) | st.text(max_size=60)
CODES = st.lists(st.sampled_from(["water.mine", "water", "x", "", "150603"]), max_size=3).map(tuple)
FIGURES = st.none() | st.integers(-5, 10**16)
DAYS = st.none() | st.dates()
EXTRAS = st.dictionaries(
    st.sampled_from(["clauses", "benefits", "title.en", "body.en", "keywords.en", "odd.name.x"]),
    TEXTS,
    max_size=4,
)
SIDES = st.builds(
    Side,
    code=st.sampled_from(["", "XQ-1", "CG-1"]),
    kind=st.sampled_from(["achievement", "expert", "project", "demand", ""]),
    language=st.sampled_from(["zh", "en"]),
    title=TEXTS,
    summary=TEXTS,
    body=TEXTS,
    keywords=st.lists(TEXTS, max_size=4).map(tuple),
    extras=EXTRAS,
    fields=CODES,
    industries=CODES,
    region=st.sampled_from(["", "150603", "15", "0"]),
    stage=st.sampled_from(["", "pilot", "odd"]),
    trl=st.none() | st.integers(-1, 12),
    demand_type=st.sampled_from(["", "procurement", "talent", "odd"]),
    transfer_modes=CODES,
    price_fen=FIGURES,
    price_negotiable=st.booleans(),
    budget_max_fen=FIGURES,
    deadline=DAYS,
    confirmed_on=DAYS,
    availability=st.sampled_from(["", "limited", "odd"]),
)


def quotes(assessment: Assessment, demand: Side, other: Side) -> list[bool]:
    spans = [(held.demand, demand) for held in assessment.evidence]
    spans += [(held.other, other) for held in assessment.evidence]
    return [still_true(span, side) for span, side in spans if span]


@settings(max_examples=150, deadline=None)
@given(SIDES, SIDES)
def test_whatever_entries_hold_the_assessment_is_sound(
    matcher: Matcher, demand: Side, other: Side
) -> None:
    assessment = matcher.assess(demand, other)
    assert 0 <= assessment.score <= 1
    assert 0 <= assessment.probability <= 1
    assert all(held.value is None or 0 <= held.value <= 1 for held in assessment.readings)
    assert all(0 <= held.strength <= 1 for held in assessment.evidence)
    assert all(quotes(assessment, demand, other))
    assert all(held.span is None or held.span.text for held in assessment.advice)
    explain(assessment)


@settings(max_examples=50, deadline=None)
@given(SIDES, SIDES)
def test_an_assessment_survives_being_stored(matcher: Matcher, demand: Side, other: Side) -> None:
    payload = to_payload(matcher.assess(demand, other))
    stored = json.loads(json.dumps(payload))
    assert to_payload(from_payload(stored)) == payload


@settings(max_examples=50, deadline=None)
@given(SIDES, SIDES, st.randoms(use_true_random=False))
def test_the_order_of_codes_does_not_matter(
    matcher: Matcher, demand: Side, other: Side, chance: random.Random
) -> None:
    def mixed(codes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(chance.sample(codes, len(codes)))

    turned = replace(
        other,
        fields=mixed(other.fields),
        industries=mixed(other.industries),
        transfer_modes=mixed(other.transfer_modes),
    )
    assert matcher.assess(demand, turned).score == matcher.assess(demand, other).score


def test_what_fits_ranks_before_what_does_not(
    matcher: Matcher, make_demand, make_achievement, unrelated: Side
) -> None:
    ranked = matcher.rank(make_demand(), [unrelated, make_achievement()])
    assert [held.other for held in ranked] == ["CG-2026-000001", "CG-2026-000002"]
    assert ranked[0].level.reaches(Level.FAIR)
    assert ranked[1].level is Level.NONE


def test_equal_scores_rank_by_code(matcher: Matcher, make_demand, make_achievement) -> None:
    others = [make_achievement(code=code) for code in ("CG-3", "CG-1", "CG-2")]
    ranked = matcher.rank(make_demand(), others)
    assert [held.other for held in ranked] == ["CG-1", "CG-2", "CG-3"]


def test_nothing_to_rank_gives_nothing(matcher: Matcher, make_demand) -> None:
    assert matcher.rank(make_demand(), []) == []


def test_two_texts_without_a_code_are_told_apart(
    matcher: Matcher, make_demand, make_achievement
) -> None:
    coded = matcher.assess(make_demand(code="XQ-1"), make_achievement(code="CG-1"))
    unsaved = matcher.assess(make_demand(code=""), make_achievement(code=""))
    assert unsaved == replace(coded, demand="", other="")


def test_an_edited_entry_is_read_anew(matcher: Matcher, make_demand, make_achievement) -> None:
    before = matcher.assess(make_demand(), make_achievement())
    after = matcher.assess(make_demand(), make_achievement(title="", summary="", body="羊绒"))
    assert after.score < before.score
    assert matcher.assess(make_demand(), make_achievement()) == before


def test_stored_vectors_are_used_and_those_of_another_length_are_not(
    matcher: Matcher, make_demand, make_achievement
) -> None:
    demand, other = make_demand(code="XQ-v"), make_achievement(code="CG-v")
    computed = matcher.assess(demand, other).reading("meaning")
    dimension = matcher.context.embedder.dimension
    nothing = np.zeros(dimension, np.float32)
    short = np.ones(dimension // 2, np.float32)
    fresh = Matcher(matcher.context, matcher.weights)
    unknown = fresh.assess(demand, other, {"CG-v": nothing}).reading("meaning")
    assert unknown is not None
    assert unknown.value is None
    fresh = Matcher(matcher.context, matcher.weights)
    assert fresh.assess(demand, other, {"CG-v": short}).reading("meaning") == computed


def test_more_known_and_better_fit_raise_the_score(
    matcher: Matcher, make_demand, make_achievement
) -> None:
    near = matcher.assess(make_demand(), make_achievement(trl=9, stage="industrial"))
    far = matcher.assess(make_demand(), make_achievement(trl=2, stage="laboratory"))
    assert near.score > far.score


def test_region_price_and_freshness_never_lift_texts_that_do_not_agree(
    matcher: Matcher, make_demand, unrelated: Side
) -> None:
    fitting = replace(
        unrelated,
        fields=make_demand().fields,
        industries=make_demand().industries,
        region=make_demand().region,
        trl=9,
        price_fen=1,
        confirmed_on=matcher.context.today,
    )
    assert not matcher.assess(make_demand(), fitting).level.reaches(Level.FAIR)


def test_the_version_names_weights_embedder_and_analysis(matcher: Matcher) -> None:
    for part in (
        matcher.weights.version,
        matcher.context.embedder.name,
        matcher.context.analyser.version,
    ):
        assert part in matcher.version
