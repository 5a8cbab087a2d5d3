"""The file of weights holds together, and says so when it does not."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.kinds import OTHER_SIDE
from matchmaker.domain.levels import Level
from matchmaker.matching import weights as module
from matchmaker.matching.calibration import level_of, probability_of_fair
from matchmaker.matching.signals.registry import NAMES
from matchmaker.matching.weights import WeightsError, bundled_weights, parse_weights, read_weights

PATH = Path(module.__file__).with_name("weights.json")
WEIGHTS = bundled_weights()


def changed(*path: str, to: Any) -> str:
    data = deepcopy(json.loads(PATH.read_text(encoding="utf-8")))
    place = data
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = to
    return json.dumps(data)


def test_the_bundled_file_is_what_the_package_uses() -> None:
    assert read_weights(PATH) == WEIGHTS


def test_every_kind_of_other_side_has_its_weights() -> None:
    assert set(WEIGHTS.fit) == {kind.value for kind in OTHER_SIDE}


def test_every_signal_counts_somewhere() -> None:
    counted = set(WEIGHTS.text) | {name for held in WEIGHTS.fit.values() for name in held}
    assert counted == set(NAMES)


def test_the_file_says_how_its_numbers_were_found() -> None:
    assert "fit_weights" in WEIGHTS.found


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        "{}",
        changed("text", to={"title": 1.0}),
        changed("text", to=dict.fromkeys(WEIGHTS.text, 0.0)),
        changed("text", "title", to=-1.0),
        changed("fit", "expert", "charm", to=0.1),
        changed("fit", "expert", "field", to=-0.1),
        changed("fit", "expert", "field", to=2.1),
        changed("levels", "strong", to=0.01),
        changed("levels", "weak", to=0.0),
        changed("probability", "width", to=0.0),
        changed("probability", "middle", to=None),
    ],
)
def test_a_file_that_does_not_hold_together_is_refused(text: str) -> None:
    with pytest.raises(WeightsError):
        parse_weights(text)


@given(st.floats(0, 1), st.floats(0, 1))
def test_higher_scores_never_mean_lower_levels_or_probabilities(one: float, two: float) -> None:
    low, high = sorted((one, two))
    assert level_of(WEIGHTS, high).reaches(level_of(WEIGHTS, low))
    assert probability_of_fair(WEIGHTS, low) <= probability_of_fair(WEIGHTS, high)


def test_each_level_starts_at_its_least_score() -> None:
    for level, least in WEIGHTS.levels.items():
        assert level_of(WEIGHTS, least) is level
    assert level_of(WEIGHTS, 0.0) is Level.NONE


def test_an_embedder_without_measured_floors_uses_its_own() -> None:
    assert WEIGHTS.floors_of("unheard-of", 0.4).sentence == 0.4
    assert WEIGHTS.floors_of("hashing", 0.4) == WEIGHTS.floors["hashing"]
