"""What every embedder promises; an embedder's own test subclasses this and gives `embedder`."""

from __future__ import annotations

import numpy as np
import pytest

from search_index.embedders.base import Embedder

TEXTS = [
    "高盐废水零排放技术\n采用膜浓缩与蒸发结晶，处理煤化工高盐废水。",
    "Perovskite solar cells with improved humidity stability",
    "羊绒分梳",
    "PM2.5 监测",
]


class EmbedderContract:
    """Subclasses define the fixture `embedder`."""

    @pytest.fixture
    def embedder(self) -> Embedder:
        raise NotImplementedError

    def test_rows_are_unit_vectors_of_its_dimension(self, embedder: Embedder) -> None:
        vectors = embedder.encode(TEXTS)
        assert vectors.shape == (len(TEXTS), embedder.dimension)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-4)

    def test_no_text_gives_no_row(self, embedder: Embedder) -> None:
        assert embedder.encode([]).shape == (0, embedder.dimension)

    def test_an_empty_text_gives_a_zero_row(self, embedder: Embedder) -> None:
        vectors = embedder.encode(["", "羊绒", " \n "])
        assert not vectors[[0, 2]].any()
        assert vectors[1].any()

    def test_a_text_gets_the_same_vector_alone_and_in_company(self, embedder: Embedder) -> None:
        together = embedder.encode(TEXTS)
        alone = np.concatenate([embedder.encode([text]) for text in TEXTS])
        assert (together * alone).sum(axis=1) == pytest.approx(1.0, abs=1e-3)

    def test_like_texts_are_nearer_than_unlike_ones(self, embedder: Embedder) -> None:
        water, waste, wool = embedder.encode(
            ["煤化工高盐废水处理", "高含盐工业废水的膜法处理工艺", "山羊绒纤维分梳设备"]
        )
        assert water @ waste > water @ wool
        assert water @ waste > embedder.floor

    def test_the_title_counts_as_much_as_the_whole(self, embedder: Embedder) -> None:
        title, body = "羊绒分梳设备", "本项目面向牧区企业，提供安装、调试、培训与售后服务。" * 5
        (alone, whole) = embedder.encode([title, f"{title}\n{body}"])
        (drowned,) = embedder.encode([f"{title}。{body}"])
        assert alone @ whole > alone @ drowned

    def test_it_says_what_it_is(self, embedder: Embedder) -> None:
        assert embedder.name
        assert embedder.version
        assert 0 < embedder.floor < 1
