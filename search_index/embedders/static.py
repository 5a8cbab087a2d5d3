"""The bundled static embedder: a text's vector is the mean of its tokens' rows.

Nothing but numpy and the tokenizer's vocabulary is needed: no torch, ready in a fraction of a
second. ``search_index/training`` holds the recipe, the model's folder its card.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import as_file, files
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search_index.analysis import ANALYSIS_VERSION, Analyser
from search_index.embedders.base import EmbedderError, unit, with_titles
from search_index.embedders.vocabulary import Vocabulary

Rows = NDArray[np.float16]

ROWS = "embedding.weight"
"""The name of the rows in the file of weights, as sentence-transformers looks for it."""

DIGEST = "digest"
"""Where the header of that file keeps a digest of tokens and rows."""

_BATCH = 100  # texts at once: bounds memory, and long enough that they share many tokens


class StaticEmbedder:
    """Implements ``Embedder`` with the model in a folder, by default the bundled one.

    Safe to share between threads and across a fork. Rows are kept as half-precision numbers and
    widened as they are read: 23 MB instead of 45.
    """

    name = "static"
    floor = 0.25
    weight = 1.1
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
        starts = range(0, len(texts), _BATCH)
        parts = [self._batch(texts[start : start + _BATCH]) for start in starts]
        return np.concatenate(parts) if parts else np.zeros((0, self.dimension), np.float32)

    def _batch(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Widen each row that the texts need once: that takes longer than adding it up."""
        bags = [self._vocabulary.ids(self._analyser.tokens(text)) for text in texts]
        ends = np.cumsum([len(ids) for ids in bags])
        needed, places = np.unique(list(chain.from_iterable(bags)), return_inverse=True)
        rows = self._rows[needed.astype(np.intp)].astype(np.float32)
        sums = [_total(rows, held) for held in np.split(places, ends[:-1])]
        return unit(np.array(sums, dtype=np.float32))


def _total(rows: NDArray[np.float32], places: NDArray[np.intp]) -> NDArray[np.float32]:
    """Return the sum of the ``places`` of ``rows``, by a product, which is quicker than adding."""
    total: NDArray[np.float32] = np.ones(len(places), np.float32) @ rows.take(places, axis=0)
    return total


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
    """Return rows (float16 [tokens, dimension]), vocabulary, and what changes with either."""
    try:
        rows, digest = _mapped(folder / "model.safetensors")
        vocabulary = Vocabulary((folder / "tokenizer.json").read_text(encoding="utf-8"))
    except Exception as error:
        raise EmbedderError(f"{folder} holds no static embedding model: {error}") from error
    return rows, vocabulary, f"{ANALYSIS_VERSION}.{digest}"


def _mapped(path: Path) -> tuple[Rows, str]:
    """Return the rows of a safetensors file as a view of it, and the digest in its header.

    Only what is needed of the file is read, and all processes share it. The format: the length of
    the header in 8 bytes, the header as JSON, then the numbers.
    """
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    held = header[ROWS]
    if held["dtype"] != "F16":
        raise ValueError(f"the rows are {held['dtype']}, not half-precision numbers")
    start = 8 + length + held["data_offsets"][0]
    rows = np.memmap(path, np.float16, "r", start, tuple(held["shape"]))
    return rows, str(header["__metadata__"][DIGEST])
