"""What `make quality` measures, against examples that are counted by hand."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import controls, quality, quality_page
from benchmarks.erasing import alone, drawn, length, merged, without
from benchmarks.explanations import Check, summary
from matchmaker.matching.sides import Side, Span
from search_index.analysis import Analyser
from search_index.evaluation import Judged

JUDGED = Judged(
    corpus={
        "a": {"title": "矿井水处理", "body": ""},
        "b": {"title": "羊绒分梳装备", "body": ""},
    },
    queries={"q": {"title": "矿井水", "body": ""}},
    grades={"q": {"a": 3, "b": 0}},
)
SIDE = Side(
    "XQ-1", "demand", title="矿井水处理", keywords=("矿井水", "零排放"), body="吨水成本高。"
)


@pytest.mark.parametrize("cut", [controls.words, controls.bigrams])
def test_bm25_finds_the_document_that_shares_words(cut: controls.Cut) -> None:
    assert controls.ranked(JUDGED, controls.bm25(JUDGED, cut))["ndcg@10"] == 1.0


def test_bm25_is_the_formula_of_the_book() -> None:
    judged = Judged(
        corpus={"a": {"title": "x y", "body": ""}, "b": {"title": "z", "body": ""}},
        queries={"q": {"title": "x x", "body": ""}},
        grades={"q": {"a": 1, "b": 0}},
    )
    rarity = np.log1p((2 - 1 + 0.5) / (1 + 0.5))
    ground = 1.5 * (1 - 0.75 + 0.75 * 2 / 1.5)
    scores = controls.bm25(judged, controls.bigrams)
    assert scores == pytest.approx(np.array([[2 * rarity * 2.5 / (1 + ground), 0.0]]))


def test_chance_is_halfway_between_the_two_orders() -> None:
    figures = controls.random_order(JUDGED, shuffles=2000)
    assert figures["map"] == pytest.approx((1 + 0.5) / 2, abs=0.03)


def test_chance_is_the_same_each_time() -> None:
    assert controls.random_order(JUDGED, 5) == controls.random_order(JUDGED, 5)


def test_overlapping_spans_are_one_stretch_and_columns_are_no_text() -> None:
    spans = [
        Span("title", 0, 3, "矿井水"),
        Span("title", 1, 5, "井水处理"),
        Span("region", 0, 2, "15"),
    ]
    assert merged(SIDE, spans) == {"title": [(0, 5)]}


def test_cutting_out_leaves_the_rest_and_alone_leaves_nothing_else() -> None:
    stretches = {"title": [(0, 3)], "keywords": [(0, 3)]}
    cut, kept = without(SIDE, stretches), alone(SIDE, stretches)
    assert (cut.title, cut.keywords, cut.body) == (" 处理", ("零排放",), SIDE.body)
    assert (kept.title, kept.keywords, kept.body) == ("矿井水", ("矿井水",), "")


def test_random_stretches_are_as_many_and_no_shorter_where_there_is_room() -> None:
    side = Side("XQ-1", "demand", body="煤矿的矿井水处理成本太高，希望降低吨水电耗并回收盐分。" * 4)
    stretches = {"body": [(3, 6), (10, 12)]}
    found = drawn(side, stretches, Analyser(), random.Random(1))
    assert len(found["body"]) == 2
    assert length(found) >= length(stretches)


def a_check(erased: float, chance: float, kept: float) -> Check:
    return Check("zh-zh", "test", 0.5, erased, chance, kept, 0.1, 0.2)


def test_explanations_are_counted_match_by_match() -> None:
    figures = summary([a_check(0.1, 0.4, 0.3), a_check(0.4, 0.4, 0.25)])
    assert figures["comprehensive"] == 0.5
    assert figures["sufficient"] == 0.5
    assert figures["sufficiency_mean"] == 0.55
    assert figures["quoted_median"] == 0.2
    assert figures["random_kept_median"] == 0.2
    assert figures["drop_quoted"] == pytest.approx(0.5)


def test_a_section_that_is_measured_alone_leaves_the_others_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, Any] = {"levels": {"pairs": 7}}
    results, page = tmp_path / "measured.json", tmp_path / "quality.md"
    results.write_text(json.dumps({"sections": kept}), encoding="utf-8")
    monkeypatch.setattr(quality, "RESULTS", results)
    monkeypatch.setattr(quality_page, "PAGE", page)
    monkeypatch.setattr(quality_page, "PARTS", {"ranking": ("Ranking", lambda held: held["text"])})
    monkeypatch.setitem(quality.SECTIONS, "ranking", lambda bench: {"text": "one figure"})
    quality.main([str(tmp_path), "ranking"])
    sections = json.loads(results.read_text(encoding="utf-8"))["sections"]
    assert sections["levels"] == {"pairs": 7}
    assert sections["ranking"]["command"].endswith("SECTIONS=ranking")
    assert "one figure" in page.read_text(encoding="utf-8")


def test_every_section_has_its_words_on_the_page() -> None:
    assert list(quality.SECTIONS) == list(quality_page.PARTS)
