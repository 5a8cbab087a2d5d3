"""Region: how near are the two sides, by county, city and province?"""

from __future__ import annotations

from matchmaker.matching.context import Context
from matchmaker.matching.prepared import Prepared
from matchmaker.matching.sides import Note, Reading
from matchmaker.matching.signals.base import stated, unknown

NAME = "region"

NEARNESS = {6: 1.0, 4: 0.8, 2: 0.5, 0: 0.2}
"""The value by how many digits of both GB/T 2260 codes are the same: county, city, province."""

_SCOPES = {6: "same_county", 4: "same_city", 2: "same_province", 0: "elsewhere"}


def read(context: Context, demand: Prepared, other: Prepared) -> Reading:
    """Compare the administrative codes pair of digits by pair of digits."""
    ours, theirs = demand.side.region, other.side.region
    if not (ours and theirs):
        return unknown(NAME, "not_stated")
    same = _same_digits(ours, theirs)
    evidence = stated(demand.side, other.side, "region", "region", NEARNESS[same])
    return Reading(NAME, NEARNESS[same], (evidence,), Note(_SCOPES[same]))


def _same_digits(left: str, right: str) -> int:
    if left == right:
        return 6
    return next((digits for digits in (4, 2) if left[:digits] == right[:digits] != "00"), 0)
