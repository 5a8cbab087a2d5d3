"""The bundled static embedder: a text's vector is the mean of its tokens' rows.

Nothing but numpy and the tokenizer's vocabulary is needed: no torch, ready in a fraction of a
second. ``search_index/training`` holds the recipe, the model's folder its card.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from search_index.analysis import ANALYSIS_VERSION, Analyser
from search_index.embedders.base import EmbedderError, unit, with_titles
from search_index.embedders.vocabulary import Vocabulary

Rows = NDArray[np.float16]

ROWS = "embedding.weight"
"""The name of the rows in the file of weights, as sentence-transformers looks for it."""


class StaticEmbedder:
    """Implements ``Embedder`` with the model in a folder, by default the bundled one.

    Safe to share between threads and across a fork. Rows are kept as half-precision numbers and
    widened as they are read: 23 MB instead of 45.
    """

    name = "static"
    floor = 0.3
    bilingual = True

    def __init__(self, folder: Path | None = None) -> None:
        """Load the model; raises EmbedderError when the folder does not hold one."""
        self._rows, self._vocabulary, self.version = _loaded(folder or bundled_folder())
        self._analyser = _own_analyser()
        self.dimension = int(self._rows.shape[1])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See ``Embedder.encode``."""
        return with_titles(texts, self._plain)

    def _plain(self, texts: Sequence[str]) -> NDArray[np.float32]:
        sums = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for place, text in enumerate(texts):
            if ids := self._vocabulary.ids(self._analyser.tokens(text)):
                sums[place] = self._rows[ids].sum(axis=0, dtype=np.float32)
        return unit(sums)


def bundled_folder() -> Path:
    """Return the folder of the model that comes with the package."""
    with as_file(files("search_index") / "models" / "static") as folder:
        return folder


@lru_cache(maxsize=1)
def _own_analyser() -> Analyser:
    """Return an analyser without terms of the domain: the model was trained on its tokens."""
    return Analyser()


@lru_cache(maxsize=2)
def _loaded(folder: Path) -> tuple[Rows, Vocabulary, str]:
    """Return rows (float16 [tokens, dimension]), vocabulary and a digest of both."""
    try:
        rows = load_file(folder / "model.safetensors")[ROWS]
        vocabulary = Vocabulary.read(folder / "tokenizer.json")
    except Exception as error:
        raise EmbedderError(f"{folder} holds no static embedding model: {error}") from error
    digest = blake2b(rows.tobytes(), digest_size=6).hexdigest()
    return rows, vocabulary, f"{ANALYSIS_VERSION}.{digest}"
