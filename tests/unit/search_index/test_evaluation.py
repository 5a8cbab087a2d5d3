"""Evaluating a small judged folder with the real index."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from search_index.analysis import Analyser
from search_index.embedders import HashingEmbedder
from search_index.evaluation import evaluate, measure, read_folder

CORPUS = {
    "a": "矿井水深度处理技术",
    "b": "羊绒分梳装备",
    "c": "煤矿矿井水井下处理",
    "d": "风机叶片涂层",
}
QUERIES = {
    "q1": ("矿井水深度处理", "需要成套工艺"),
    "q2": ("羊绒加工", ""),
    "unjudged": ("风机", ""),
}
JUDGED = [("q1", "a", 3), ("q1", "c", 2), ("q1", "b", 0), ("q2", "b", 1), ("q2", "d", 0)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    corpus = [{"_id": id_, "title": title, "text": ""} for id_, title in CORPUS.items()]
    queries = [{"_id": id_, "title": title, "text": text} for id_, (title, text) in QUERIES.items()]
    for name, items in (("corpus", corpus), ("queries", queries)):
        lines = [json.dumps(item, ensure_ascii=False) for item in items]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    rows = ["query-id\tcorpus-id\tscore", *(f"{q}\t{d}\t{g}" for q, d, g in JUDGED)]
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("\n".join(rows), encoding="utf-8")
    return tmp_path


def test_a_folder_is_measured_as_a_whole_and_in_its_parts(folder: Path) -> None:
    figures = evaluate(folder, Analyser(), HashingEmbedder())
    assert figures["queries"] == 2
    assert figures["ndcg@10"] == 1.0
    assert figures["map"] == 1.0
    assert figures["recall@100"] == 1.0
    assert set(figures["parts"]) == {"lexical", "vector"}
    assert figures["parts"]["vector"]["ndcg@10"] == 1.0
    assert figures["seconds"] >= figures["parts"]["lexical"]["seconds"]


def test_queries_without_judgements_are_left_out(folder: Path) -> None:
    assert set(read_folder(folder).queries) == {"q1", "q2"}


def test_queries_without_a_relevant_document_count_for_ndcg_alone() -> None:
    figures = measure(
        {"q1": ["a", "c"], "q2": ["d", "b"]},
        {
            "q1": {"a": 3, "c": 2},
            "q2": {"b": 1, "d": 0},
        },
    )
    assert figures["ndcg@10"] == pytest.approx((1 + 0.63093) / 2, abs=1e-4)
    assert figures["map"] == 1.0
    assert figures["queries"] == 2


def test_queries_without_any_gain_count_for_no_measure() -> None:
    grades = {"q1": {"a": 3, "b": 0}, "q2": {"c": 0, "d": 0}}
    figures = measure({"q1": ["b", "a"], "q2": ["c", "d"]}, grades)
    assert figures["ndcg@10"] == pytest.approx(0.6309, abs=1e-4)
    assert figures["queries"] == 2


def test_a_folder_without_judgements_is_refused(folder: Path) -> None:
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no query"):
        evaluate(folder, Analyser(), HashingEmbedder())
