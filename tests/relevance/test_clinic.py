"""The clinic agrees with readers on the demands that were held out."""

from __future__ import annotations

from benchmarks.clinic_quality import labelled, measure


def test_the_kind_and_the_elements_of_held_out_demands_are_found() -> None:
    figures = measure(held_out=True)
    assert figures["kind_accuracy"] >= 0.85
    assert figures["element_precision"] >= 0.85
    assert figures["element_recall"] >= 0.85


def test_the_labelled_set_is_large_enough_and_a_third_is_held_out() -> None:
    held, used = labelled(held_out=True), labelled(held_out=False)
    assert len(held) + len(used) >= 60
    assert 3 * len(held) >= len(held) + len(used)
