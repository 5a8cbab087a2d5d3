"""Marks: one number on both sides, and texts cut into pieces that add up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from matchmaker.matching.marking import Segment, marks_of, segments
from matchmaker.matching.sides import Evidence, Reading, Span

TEXT = "先软化再浓缩，膜结垢少"


def span(start: int, end: int, text: str = TEXT) -> Span:
    return Span("body", start, end, text[start:end])


def test_a_text_without_spans_is_one_piece() -> None:
    assert segments(TEXT, []) == [Segment(TEXT, None)]


def test_an_empty_text_has_no_pieces() -> None:
    assert segments("", [(Span("body", 0, 0, ""), 1)]) == []


def test_the_shorter_of_two_overlapping_spans_wins() -> None:
    pieces = segments(TEXT, [(span(0, 6), 1), (span(1, 3), 2)])
    assert pieces == [
        Segment("先", 1),
        Segment("软化", 2),
        Segment("再浓缩", 1),
        Segment("，膜结垢少", None),
    ]


def test_spans_that_cross_share_their_overlap_by_number() -> None:
    pieces = segments("abcdef", [(span(0, 4, "abcdef"), 1), (span(2, 6, "abcdef"), 2)])
    assert pieces == [Segment("abcd", 1), Segment("ef", 2)]


@given(
    st.text(max_size=30),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(1, 9)), max_size=6),
)
def test_the_pieces_give_the_text_again(text: str, bounds: list[tuple[int, int, int]]) -> None:
    spans = [(Span("body", min(a, b), max(a, b), ""), number) for a, b, number in bounds]
    pieces = segments(text, spans)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)
    assert all(one.mark != two.mark for one, two in zip(pieces, pieces[1:], strict=False))


def test_the_strongest_pair_is_number_one_and_the_same_pair_is_marked_once() -> None:
    weak = Evidence(span(0, 1), span(0, 1), 0.2)
    strong = Evidence(span(1, 3), span(1, 3), 0.9)
    first, second = marks_of(
        [Reading("terms", 0.5, (weak, strong)), Reading("title", 0.5, (strong,))]
    )
    assert (first.number, first.demand, first.signals) == (1, span(1, 3), ("terms", "title"))
    assert (second.number, second.demand, second.signals) == (2, span(0, 1), ("terms",))


def test_what_stands_on_one_side_alone_is_not_marked() -> None:
    alone = Evidence(None, span(0, 1), 1.0)
    disagreeing = Evidence(span(0, 1), span(2, 3), 0.0)
    assert marks_of([Reading("freshness", 1.0, (alone, disagreeing))]) == ()


def test_there_are_no_more_marks_than_can_be_told_apart() -> None:
    evidence = tuple(Evidence(span(n, n + 1), span(n, n + 1), 0.5) for n in range(9))
    assert len(marks_of([Reading("terms", 0.5, evidence)], limit=4)) == 4
