"""Embedders: texts to unit vectors, chosen by name."""

from __future__ import annotations

from search_index.embedders.base import Embedder, EmbedderError
from search_index.embedders.hashing import HashingEmbedder

__all__ = ["Embedder", "EmbedderError", "HashingEmbedder", "embedder_named"]


def embedder_named(name: str = "hashing") -> Embedder:
    """Return the embedder of that name: ``hashing``, or any sentence-transformers name or path.

    Raises EmbedderError when it can't be loaded.
    """
    if name == HashingEmbedder.name:
        return HashingEmbedder()
    from search_index.embedders.transformer import TransformerEmbedder  # needs torch

    return TransformerEmbedder(name)
