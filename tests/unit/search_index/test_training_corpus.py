"""Reading the training corpus, on a small one of every source."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from search_index.training import corpus

ABSTRACT = {"title": "矿井水处理", "abstract": "膜法处理高盐矿井水。", "keywords": ["矿井水"]}
ENGLISH = {"title_en": "Mine water", "abstract_en": "Membranes treat saline mine water."}
ROWS: dict[str, list[dict[str, object]]] = {
    "chinaxiv-abstracts": [
        {"id": "202501.00001V1", **ABSTRACT, **ENGLISH},
        {"id": "202501.00002V2", **ABSTRACT, "title": "煤层气抽采", **ENGLISH},
    ],
    "csl-abstracts": [{"id": "1", **ABSTRACT, "title": "羊绒分梳"}],
    "patents": [{"id": "CN1", **ABSTRACT, "title": "一种分梳机"}],
    "patent-titles": [{"id": "CN2", "title": "一种粉煤灰砖"}],
    "chinaxiv-sections": [
        {"id": "202501.00001#2", "title": "矿井水处理", "heading": "方法", "text": "先软化。"},
        {"id": "202501.00002#1", "title": "煤层气抽采", "heading": "引言", "text": "瓦斯。"},
    ],
    "arxiv-zh-en": [{"id": "2501.1", "abstract_en": "We mine.", "zh_translation": "我们开采。"}],
    "d2l-zh-en": [{"id": "d", "text": "学习", "text_en": "Learning"}],
    "terms-zh-en": [{"zh": "反渗透", "en": "reverse osmosis"}],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, rows in ROWS.items():
        lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        (tmp_path / f"{name}.jsonl.xz").write_bytes(lzma.compress(lines.encode()))
    return tmp_path


def test_terms_are_pairs_although_they_have_no_identifier(folder: Path) -> None:
    found = {held.name: held for held in corpus.pairs(folder, frozenset())}
    assert (found["terms-zh-en"].left, found["terms-zh-en"].right) == (
        ("反渗透",),
        ("reverse osmosis",),
    )


def test_a_paper_kept_out_takes_no_part_in_any_version_or_section(folder: Path) -> None:
    kept_out = frozenset({"202501.00001"})
    texts = {
        text
        for held in corpus.pairs(folder, kept_out)
        for text in (*held.left, *held.right)
        if "202501" not in held.name
    }
    assert "煤层气抽采" in texts
    assert not any(text in texts for text in ("先软化。", "矿井水处理 方法"))
    assert corpus.held_out_pairs(folder, kept_out).left == (ABSTRACT["abstract"],)


def test_as_many_papers_are_kept_out_as_asked_always_the_same(folder: Path) -> None:
    once, again = (corpus.held_out(folder, 1, 7) for _ in range(2))
    assert once == again
    assert len(once) == 1
