"""Embedders: texts to unit vectors, chosen by name."""

from __future__ import annotations

from search_index.embedders.base import Embedder, EmbedderError
from search_index.embedders.hashing import HashingEmbedder
from search_index.embedders.static import StaticEmbedder

__all__ = ["Embedder", "EmbedderError", "HashingEmbedder", "StaticEmbedder", "embedder_named"]


def embedder_named(name: str = "static") -> Embedder:
    """Return ``static`` or ``hashing``, or the sentence-transformers model of that name or path.

    Raises EmbedderError when it can't be loaded.
    """
    if name == StaticEmbedder.name:
        return StaticEmbedder()
    if name == HashingEmbedder.name:
        return HashingEmbedder()
    from search_index.embedders.transformer import TransformerEmbedder  # needs torch

    return TransformerEmbedder(name)
