"""Which of many pairs are read closely."""

from __future__ import annotations

from matchmaker.matching.glance import promising
from matchmaker.matching.matcher import Matcher
from matchmaker.matching.sides import Side


def glanced(matcher: Matcher, demand: Side, others: list[Side], most: int) -> list[str]:
    sides = [demand, *others]
    texts = [f"{side.title}\n{side.summary}\n{side.body}" for side in sides]
    rows = matcher.context.embedder.encode(texts)
    vectors = {side.code: row for side, row in zip(sides, rows, strict=True)}
    pairs = [(demand, other) for other in others]
    found = promising(matcher.context, matcher.weights, pairs, vectors, most)
    return [other.code for _, other in found]


def test_few_pairs_are_all_read(
    matcher: Matcher, make_demand, make_achievement, unrelated: Side
) -> None:
    others = [unrelated, make_achievement()]
    assert glanced(matcher, make_demand(), others, 2) == [other.code for other in others]


def test_of_many_those_that_agree_are_read_in_the_order_given(
    matcher: Matcher, make_demand, make_achievement, unrelated: Side
) -> None:
    near = [make_achievement(code=code) for code in ("CG-3", "CG-1")]
    assert glanced(matcher, make_demand(), [near[0], unrelated, near[1]], 2) == ["CG-3", "CG-1"]


def test_the_field_decides_between_the_same_words(
    matcher: Matcher, make_demand, make_achievement
) -> None:
    far = make_achievement(code="CG-1", fields=("energy",))
    near = make_achievement(code="CG-2", fields=make_demand().fields)
    assert glanced(matcher, make_demand(), [far, near], 1) == ["CG-2"]
