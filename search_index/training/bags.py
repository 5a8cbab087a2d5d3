"""Texts as rows of token identifiers, made once and drawn from in every step of training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import Pool

import numpy as np
from numpy.typing import NDArray

from search_index.analysis import Analyser
from search_index.embedders.vocabulary import Vocabulary

Ids = NDArray[np.int32]

_CHUNK = 1000
_held: tuple[Analyser, Vocabulary] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Bags:
    """The identifiers of all texts in one row (int32), and where each text begins (int64 [n+1])."""

    ids: Ids
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def drawn(
        self, rows: NDArray[np.int64], most: int, chance: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return identifiers and offsets of ``rows`` as an embedding bag takes them.

        Of a longer text ``most`` tokens are drawn anew each time: quicker, and a text is known by
        any part of it.
        """
        lengths = self.starts[rows + 1] - self.starts[rows]
        taken = np.minimum(lengths, most)
        offsets = np.cumsum(taken) - taken
        within = np.arange(taken.sum()) - np.repeat(offsets, taken)
        wide = np.repeat(lengths, taken)
        anywhere = (chance.random(len(within)) * wide).astype(np.int64)
        places = np.repeat(self.starts[rows], taken) + np.where(wide > most, anywhere, within)
        return self.ids[places].astype(np.int64), offsets


def bags_of(texts: Sequence[str], vocabulary: Vocabulary, processes: int) -> Bags:
    """Look up the tokens of ``texts``; a text of unknown tokens alone holds the unknown one."""
    chunks = [list(texts[start : start + _CHUNK]) for start in range(0, len(texts), _CHUNK)]
    with Pool(processes, _begin, (vocabulary,)) as pool:
        found = [ids for part in pool.imap(_encode, chunks) for ids in part]
    starts = np.concatenate(([0], np.cumsum([len(ids) for ids in found])))
    return Bags(np.concatenate(found), starts.astype(np.int64))


def _begin(vocabulary: Vocabulary) -> None:
    global _held  # one a process
    _held = (Analyser(), vocabulary)


def _encode(texts: list[str]) -> list[Ids]:
    assert _held is not None
    analyser, vocabulary = _held
    found = [np.array(vocabulary.ids(analyser.tokens(text)), dtype=np.int32) for text in texts]
    return [ids if len(ids) else np.zeros(1, dtype=np.int32) for ids in found]
