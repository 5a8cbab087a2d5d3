"""Any sentence-transformers model by name or path; needs the optional package of that name."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search_index.embedders.base import EmbedderError, unit, with_titles

_BATCH = 32


class TransformerEmbedder:
    """Implements ``Embedder``; the model is loaded when it is made, which takes seconds.

    Do not fork after encoding: torch's threads do not survive it.
    """

    floor = 0.45
    weight = 0.8
    bilingual = False

    def __init__(self, name: str) -> None:
        """Load the model ``name``; raises EmbedderError when that is impossible."""
        self.name = name
        self._model = _loaded(name)
        self.dimension = int(self._model.get_embedding_dimension())
        self.version = _version(name)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See ``Embedder.encode``."""
        return with_titles(texts, self._plain)

    def _plain(self, texts: Sequence[str]) -> NDArray[np.float32]:
        found = np.zeros((len(texts), self.dimension), dtype=np.float32)
        said = [place for place, text in enumerate(texts) if text.strip()]
        if said:
            rows = self._model.encode(
                [texts[place] for place in said],
                batch_size=_BATCH,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
            found[said] = unit(rows.astype(np.float32))  # a model may compute in float16
        return found


def _loaded(name: str) -> Any:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EmbedderError(
            f"the embedding model {name!r} needs sentence-transformers: "
            "pip install sentence-transformers, or choose the embedder 'hashing'"
        ) from error
    try:
        return SentenceTransformer(name)
    except Exception as error:
        raise EmbedderError(f"the embedding model {name!r} can't be loaded: {error}") from error


def _version(name: str) -> str:
    """Return a digest of a model folder's configuration and sizes, or the name of a remote one."""
    folder = Path(name)
    if not folder.is_dir():
        return name
    sizes = sorted(
        (str(path.relative_to(folder)), path.stat().st_size)
        for path in folder.rglob("*")
        if path.is_file()
    )
    return blake2b(repr(sizes).encode(), digest_size=6).hexdigest()
