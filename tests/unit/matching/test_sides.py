"""Sides and the texts of their fields."""

from __future__ import annotations

from datetime import date

from matchmaker.matching.sides import Side


def test_every_stated_field_reads_as_text() -> None:
    side = Side(
        code="CG-1",
        kind="achievement",
        keywords=("膜", "盐"),
        trl=6,
        confirmed_on=date(2026, 11, 1),
        extras={"benefits": "省电"},
    )
    assert side.text("keywords") == "膜\n盐"
    assert side.text("trl") == "6"
    assert side.text("confirmed_on") == "2026-11-01"
    assert side.text("benefits") == "省电"


def test_what_is_not_stated_or_unheard_of_is_empty() -> None:
    side = Side(code="CG-1", kind="achievement")
    assert [side.text(name) for name in ("title", "price_fen", "extras", "nonsense")] == [""] * 4
    assert side.whole("region") is None


def test_translations_know_their_language() -> None:
    side = Side(code="CG-1", kind="achievement", title="膜", extras={"title.en": "Membrane"})
    assert side.text_fields() == ("title", "title.en")
    assert [side.language_of(name) for name in side.text_fields()] == ["zh", "en"]


def test_a_whole_field_is_quoted_from_its_start_to_its_end() -> None:
    span = Side(code="XQ-1", kind="demand", region="150603").whole("region")
    assert span is not None
    assert (span.field, span.start, span.end, span.text) == ("region", 0, 6, "150603")
