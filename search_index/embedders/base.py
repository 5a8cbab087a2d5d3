"""The port every embedder implements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class EmbedderError(Exception):
    """An embedder can't be loaded; the message says what is missing and how to get it."""


class Embedder(Protocol):
    """Texts to unit vectors, the same in every process and thread."""

    @property
    def name(self) -> str:
        """What the embedder is chosen by in settings."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever the same text would get another vector."""
        ...

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        ...

    @property
    def floor(self) -> float:
        """The cosine below which two texts have nothing to do with each other."""
        ...

    @property
    def weight(self) -> float:
        """What a cosine of 1 is worth beside a lexical score of at most 1."""
        ...

    @property
    def bilingual(self) -> bool:
        """Whether a Chinese and an English text of one meaning get vectors close together."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 [len(texts), dimension]; unit rows, a zero row for an empty text.

        The first line of a text of several lines is its title (see ``documents.passage``) and
        counts as much as the whole; ``with_titles`` does that for an implementation.
        """
        ...


def with_titles(
    texts: Sequence[str], encode: Callable[[Sequence[str]], NDArray[np.float32]]
) -> NDArray[np.float32]:
    """Return the vectors of ``texts``, the title of each weighed as much as its whole.

    ``encode`` gives unit rows. A long body would drown the title else: on judged demands this
    brought 0.02 in nDCG@10 over the whole text alone.
    """
    heads = [text.strip().partition("\n") for text in texts]
    headed = [place for place, (_, _, body) in enumerate(heads) if body]
    vectors = encode(texts)
    if headed:
        vectors[headed] = unit(vectors[headed] + encode([heads[place][0] for place in headed]))
    return vectors


def unit(rows: NDArray[Any]) -> NDArray[np.float32]:
    """Return ``rows`` [n, d] scaled to unit length; zero rows stay zero."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: NDArray[np.float32] = (rows / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)
    return scaled
