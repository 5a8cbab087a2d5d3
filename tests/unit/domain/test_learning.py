"""What decisions and reasons teach, and that every reason is decided on."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from matchmaker.domain.learning import REJECTED_AS, SILENT, level_taught
from matchmaker.domain.levels import Level

REASONS = Path("seed_data/taxonomies/reason_codes.csv")


def test_every_reason_teaches_a_level_or_is_silent_on_purpose() -> None:
    with REASONS.open(encoding="utf-8") as lines:
        codes = {row["code"] for row in csv.DictReader(lines) if row["use"] == "match_reject"}
    assert set(REJECTED_AS) | SILENT == codes
    assert not set(REJECTED_AS) & SILENT


@pytest.mark.parametrize(
    ("decision", "reason", "shown", "taught"),
    [
        ("approve", "", Level.STRONG, Level.STRONG),
        ("approve", "", Level.WEAK, Level.FAIR),
        ("reject", "different_problem", Level.STRONG, Level.NONE),
        ("reject", "maturity_too_low", Level.STRONG, Level.WEAK),
        ("reject", "already_in_contact", Level.STRONG, None),
        ("snooze", "", Level.STRONG, None),
    ],
)
def test_a_verdict_teaches_what_it_says(
    decision: str, reason: str, shown: Level, taught: Level | None
) -> None:
    assert level_taught(decision, reason, shown) is taught
