"""The hashing embedder: the same vector everywhere, and fast."""

from __future__ import annotations

import lzma
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from search_index.embedders.features import features
from search_index.embedders.hashing import HashingEmbedder, rarity
from search_index.training.idf import document_counts, said, texts, weights

TEXT = "钙钛矿太阳能电池 perovskite H2O2"


def test_another_process_gives_the_same_vector() -> None:
    program = (
        "from search_index.embedders.hashing import HashingEmbedder;"
        f"print(HashingEmbedder(64).encode([{TEXT!r}]).tobytes().hex())"
    )
    command = [sys.executable, "-c", program]
    root = Path(__file__).parents[3]
    there = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    assert there.stdout.strip() == HashingEmbedder(64).encode([TEXT]).tobytes().hex()


def test_features_are_characters_pairs_letter_triples_and_words() -> None:
    owner, hashes = features(["水泵", "pump", "泵"])
    assert np.bincount(owner).tolist() == [2 + 1, 4 + 1, 1]
    assert hashes[owner == 2][0] in hashes[owner == 0]


def test_numbers_alone_and_stop_characters_are_no_features() -> None:
    owner, _ = features(["2024", "的", "，。", "5g"])
    assert np.bincount(owner, minlength=4).tolist() == [0, 0, 0, 2 + 1]


def test_pairs_do_not_reach_from_one_text_into_the_next() -> None:
    together, alone = features(["水", "泵"])[1], features(["水泵"])[1]
    assert len(together) == 2
    assert len(set(alone.tolist()) - set(together.tolist())) == 1


def test_rare_features_weigh_more_than_common_ones() -> None:
    common, rare = (rarity(features([text])[1]).mean() for text in ("研究", "羧酸"))
    assert rare > common + 2


def test_the_version_names_features_table_and_dimension() -> None:
    assert HashingEmbedder(64).version != HashingEmbedder(128).version


def test_too_few_dimensions_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 16"):
        HashingEmbedder(8)


def test_lone_surrogates_are_embedded_without_an_error() -> None:
    assert HashingEmbedder(64).encode(["水\ud800泵"]).any()


def test_the_table_counts_texts_not_occurrences() -> None:
    counts, total = document_counts(iter(["水水水", "水泵", "羊"]))
    assert total == 3
    assert counts.max() == 2
    table = weights(counts, total)
    assert table[counts == 2] == pytest.approx(round((np.log(4 / 3) + 1) / 0.05), abs=1)


def test_training_texts_leave_identifiers_out(tmp_path: Path) -> None:
    item = '{"id": "CN1", "title": "水泵", "keywords": ["泵", "水"], "year": 3}\n'
    with lzma.open(tmp_path / "some.jsonl.xz", "wt", encoding="utf-8") as file:
        file.write(item)
    assert [text.split() for text in texts(tmp_path)] == [["水泵", "泵", "水"]]
    assert said(3) == ""
