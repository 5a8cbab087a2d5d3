"""How far apart two places are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.matching.distances import EARTH_RADIUS_KM, great_circle_km
from matchmaker.services.taxonomies import Taxonomies

BEIJING, SHANGHAI = (39.90, 116.41), (31.23, 121.47)
places = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


def test_beijing_and_shanghai_are_a_thousand_kilometres_apart() -> None:
    assert great_circle_km(BEIJING, SHANGHAI) == pytest.approx(1067, abs=5)


def test_a_degree_of_the_equator_is_a_360th_of_it() -> None:
    assert great_circle_km((0, 0), (0, 1)) == pytest.approx(111.195, abs=0.01)


@given(places, places)
def test_a_distance_is_the_same_back_and_at_most_half_the_way_around(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    there = great_circle_km(one, other)
    assert there == pytest.approx(great_circle_km(other, one), abs=1e-6)
    assert 0 <= there <= 3.1416 * EARTH_RADIUS_KM
    assert great_circle_km(one, one) == 0


def test_every_region_below_the_country_has_a_seat_close_to_the_city_above_it() -> None:
    taxonomies = Taxonomies()
    regions = taxonomies.scheme("regions")
    assert set(taxonomies.seats) == set(regions) - {"000000"}
    for code, term in regions.items():
        if term.details["level"] == "county":
            apart = great_circle_km(taxonomies.seats[code], taxonomies.seats[term.parent])
            assert apart < 550, term.name("en")
