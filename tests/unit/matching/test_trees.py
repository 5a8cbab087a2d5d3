"""Nearness in a tree of codes."""

from __future__ import annotations

import pytest

from matchmaker.matching.trees import Tree

TREE = Tree({"water": "", "water.mine": "water", "water.smart": "water", "energy.pv": "energy"})


@pytest.mark.parametrize(
    ("left", "right", "nearness"),
    [
        ("water.mine", "water.mine", 1.0),
        ("water.mine", "water.smart", 0.5),
        ("water.mine", "water", 2 / 3),
        ("water.mine", "energy.pv", 0.0),
        ("unheard-of", "water", 0.0),
        ("unheard-of", "unheard-of", 1.0),
    ],
)
def test_codes_are_as_near_as_their_common_path_is_long(
    left: str, right: str, nearness: float
) -> None:
    assert TREE.nearness(left, right) == pytest.approx(nearness)
    assert TREE.nearness(right, left) == pytest.approx(nearness)


def test_the_nearest_pair_is_named() -> None:
    assert TREE.nearest(["energy.pv", "water.mine"], ["water.smart"]) == (
        0.5,
        "water.mine",
        "water.smart",
    )


def test_without_codes_there_is_no_nearest_pair() -> None:
    assert TREE.nearest([], ["water"]) is None


def test_a_circle_of_parents_ends() -> None:
    assert Tree({"a": "b", "b": "a"}).path("a") == ("a", "b")
