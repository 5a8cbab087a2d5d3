"""How far apart two places are."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import TypeAlias

Place: TypeAlias = tuple[float, float]
"""Latitude north and longitude east, in degrees."""

EARTH_RADIUS_KM = 6371.0088
"""Mean radius R1 of the ellipsoid GRS 80 (Moritz 2000)."""


def great_circle_km(one: Place, other: Place) -> float:
    """Return the distance along the surface of a sphere, in kilometres.

    The haversine formula (Sinnott 1984), which stays exact for places that are close together.
    """
    (north, east), (north2, east2) = ((radians(p[0]), radians(p[1])) for p in (one, other))
    half = sin((north2 - north) / 2) ** 2
    half += cos(north) * cos(north2) * sin((east2 - east) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))
