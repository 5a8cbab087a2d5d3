"""On the seed data, fitting entries come first and nothing is claimed where nothing fits."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import select

import seed_data
from matchmaker.bootstrap import Container
from matchmaker.domain.levels import Level
from matchmaker.matching.assessment import Assessment
from matchmaker.models import Entry

EXPECTED = Path(seed_data.__file__).parent / "expected_matches.csv"
LEAST_SHARE = 0.90
FIRST = 5

#: Demand key → (other key, assessment), best first.
Ranking = Mapping[str, list[tuple[str, Assessment]]]


def expected() -> dict[str, set[str]]:
    """Demand key → keys of the entries that truly fit; empty where none does."""
    pairs: dict[str, set[str]] = defaultdict(set)
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            pairs[row["demand"]].update({row["entry"]} - {""})
    return dict(pairs)


@pytest.fixture(scope="module")
def ranking(seeded: Container) -> Ranking:
    """The partners of every listed demand, as `matchmaker match` would print them."""
    with seeded.database.read() as session:
        keys = {
            row.code: row.seed_key for row in session.execute(select(Entry.code, Entry.seed_key))
        }
    codes = {key: code for code, key in keys.items()}
    return {
        demand: [
            (keys[entry.code], assessment)
            for entry, assessment in seeded.matching.assess_entry(codes[demand], 10)
        ]
        for demand in expected()
    }


def test_the_list_is_as_long_as_it_should_be() -> None:
    pairs = expected()
    fitting = [demand for demand, entries in pairs.items() if entries]
    assert len(fitting) >= 30
    assert len(pairs) - len(fitting) >= 5
    assert max(len(entries) for entries in pairs.values()) <= 5


def test_nine_in_ten_fitting_entries_are_among_the_first_five(ranking: Ranking) -> None:
    wanted = found = 0
    missed = []
    for demand, entries in expected().items():
        first = {key for key, _ in ranking[demand][:FIRST]}
        wanted, found = wanted + len(entries), found + len(entries & first)
        missed += [f"{demand} → {key}" for key in sorted(entries - first)]
    assert found / wanted >= LEAST_SHARE, f"{found} of {wanted}; missed: {missed}"


@pytest.mark.parametrize("demand", sorted(d for d, entries in expected().items() if not entries))
def test_a_demand_that_nothing_fits_has_no_match_above_weak(ranking: Ranking, demand: str) -> None:
    above = [(key, held.level) for key, held in ranking[demand] if held.level.reaches(Level.FAIR)]
    assert above == []
