"""Each embedder keeps the contract."""

from __future__ import annotations

import importlib.util
import os
from functools import cache
from pathlib import Path

import pytest

from search_index.embedders import Embedder, EmbedderError, HashingEmbedder, embedder_named
from tests.contracts.embedder_contract import EmbedderContract

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
        return embedder_named()


@pytest.mark.torch
@pytest.mark.skipif(not (HAS_TORCH and Path(MODEL or "?").is_dir()), reason=WHAT_IT_NEEDS)
class TestTransformerEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return transformer()


def test_hashing_is_the_default() -> None:
    assert isinstance(embedder_named(), HashingEmbedder)


@pytest.mark.skipif(HAS_TORCH, reason="sentence-transformers is installed")
def test_a_model_without_its_package_says_what_to_install() -> None:
    with pytest.raises(EmbedderError, match="pip install sentence-transformers"):
        embedder_named("some/model")
