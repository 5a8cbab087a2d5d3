"""Each embedder keeps the contract."""

from __future__ import annotations

import importlib.util
import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from search_index.analysis import Analyser
from search_index.embedders import Embedder, EmbedderError, StaticEmbedder, embedder_named
from search_index.embedders.static import bundled_folder
from search_index.embedders.vocabulary import joined
from tests.contracts.embedder_contract import TEXTS, EmbedderContract

HAS_TORCH = importlib.util.find_spec("sentence_transformers") is not None
MODEL = os.environ.get("MATCHMAKER_TEST_MODEL", "")
WHAT_IT_NEEDS = (
    "needs torch and a model folder: pip install '.[transformers]', "
    "then MATCHMAKER_TEST_MODEL=<folder> make test"
)


@cache
def transformer() -> Embedder:
    """The model, loaded once for all tests."""
    return embedder_named(MODEL)


class TestHashingEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return embedder_named("hashing")


class TestStaticEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return embedder_named("static")


@pytest.mark.torch
@pytest.mark.skipif(not (HAS_TORCH and Path(MODEL or "?").is_dir()), reason=WHAT_IT_NEEDS)
class TestTransformerEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return transformer()


def test_the_trained_model_is_the_default() -> None:
    assert isinstance(embedder_named(), StaticEmbedder)


def test_the_trained_model_is_small_enough_to_come_along() -> None:
    size = sum(path.stat().st_size for path in bundled_folder().rglob("*") if path.is_file())
    assert size <= 25_000_000


def test_a_text_and_its_translation_are_nearer_than_two_subjects() -> None:
    chinese, english, other = embedder_named().encode(
        ["矿井水膜法处理与回用", "membrane treatment and reuse of mine water", "山羊绒纤维分梳设备"]
    )
    assert chinese @ english > max(chinese @ other, 0.3)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match="holds no static embedding model"):
        StaticEmbedder(tmp_path)


@pytest.mark.torch
@pytest.mark.skipif(not HAS_TORCH, reason="needs torch: pip install '.[transformers]'")
def test_sentence_transformers_reads_the_same_vectors_from_the_folder() -> None:
    from sentence_transformers import SentenceTransformer

    analyser, texts = Analyser(), [*TEXTS, "PM2.5 of electrochemical nanofiltration", "?"]
    read = SentenceTransformer(str(bundled_folder()), device="cpu").float()
    theirs = read.encode([joined(analyser.tokens(text)) for text in texts])
    ours = np.concatenate([StaticEmbedder().encode([text.replace("\n", " ")]) for text in texts])
    assert np.abs(theirs - ours).max() < 1e-4


@pytest.mark.skipif(HAS_TORCH, reason="sentence-transformers is installed")
def test_a_model_without_its_package_says_what_to_install() -> None:
    with pytest.raises(EmbedderError, match="pip install sentence-transformers"):
        embedder_named("some/model")
