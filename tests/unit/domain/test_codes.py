"""Public codes: written one way, read as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.codes import PublicCode, parse_code
from matchmaker.domain.kinds import EntryKind

CODES = st.builds(
    PublicCode,
    kind=st.sampled_from(EntryKind),
    year=st.integers(1950, 9999),
    number=st.integers(1, 10**9),
)
BLANKS = st.text(alphabet=" \t\n", max_size=3)


@given(CODES, BLANKS, BLANKS, st.booleans())
def test_what_is_written_can_be_read_again(
    code: PublicCode, before: str, after: str, small: bool
) -> None:
    text = str(code).lower() if small else str(code)
    assert parse_code(before + text + after) == code


@given(CODES)
def test_codes_sort_as_their_numbers_within_kind_and_year(code: PublicCode) -> None:
    following = PublicCode(code.kind, code.year, code.number + 1)
    assert (len(str(code)), str(code)) < (len(str(following)), str(following))


@given(st.text(max_size=30))
def test_any_text_is_a_code_or_none_and_never_an_error(text: str) -> None:
    found = parse_code(text)
    assert found is None or parse_code(str(found)) == found


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (EntryKind.ACHIEVEMENT, "CG-2026-000123"),
        (EntryKind.DEMAND, "XQ-2026-000123"),
        (EntryKind.PROJECT, "XM-2026-000123"),
        (EntryKind.EXPERT, "ZJ-2026-000123"),
    ],
)
def test_each_kind_has_its_letters(kind: EntryKind, text: str) -> None:
    assert str(PublicCode(kind, 2026, 123)) == text


def test_the_millionth_entry_of_a_year_has_a_code_too() -> None:
    assert parse_code("XQ-2026-1000000") == PublicCode(EntryKind.DEMAND, 2026, 1_000_000)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "XQ",
        "XQ-2026",
        "XQ-2026-123",
        "XX-2026-000123",
        "XQ-26-000123",
        "XQ_2026_000123",
        "XQ-2026-000123'; --",
        "XQ-2026-000123\nXQ-2026-000124",
        "../XQ-2026-000123",
        "XQ-2026-00012a",
    ],
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert parse_code(text) is None


def test_digits_as_chinese_keyboards_write_them_are_read() -> None:
    assert str(parse_code("xq-２０２６-０００１２３")) == "XQ-2026-000123"


def test_a_number_no_database_holds_is_no_code() -> None:
    assert parse_code("XQ-2026-" + "9" * 5000) is None
