"""Character n-grams of folded texts as 64-bit hashes, for a whole batch at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from search_index.analysis import fold
from search_index.stopwords import STOP_WORDS

Hashes = NDArray[np.uint64]
Flags = NDArray[np.bool_]

FEATURES_VERSION = "1"
"""Raised when the same text would give other features."""

_GAP = 0x20  # stands for whatever is not a letter, so that n-grams know where a word ends
_SIMPLE = 0x3000  # below lie the scripts that are written in words, above those in characters
_SEEDS = {"character": 1, "pair": 2, "triple": 3, "word": 4}


def features(texts: Sequence[str]) -> tuple[NDArray[np.int64], Hashes]:
    """Return the features of ``texts`` with repetitions: text index [m] and hash [m].

    Chinese characters (without stop characters) and pairs of neighbours; three-letter pieces of
    other words, and those words whole; numbers on their own say nothing and are left out.
    """
    codes, owner = _codes(texts)
    ideographs, letters = _scripts(codes)
    said = ideographs & ~np.isin(codes, _stop_characters())
    pairs = np.flatnonzero(ideographs[:-1] & ideographs[1:])
    triples, words, word_hashes = _western(codes, letters)
    padded = np.where(letters, codes, _GAP)
    wide = codes.astype(np.uint64)
    parts = [
        (np.flatnonzero(said), _mixed(wide[said], "character")),
        (pairs, _mixed(wide[pairs] << np.uint64(21) | wide[pairs + 1], "pair")),
        (triples, _mixed(_triple(padded, triples), "triple")),
        (words, _mixed(word_hashes, "word")),
    ]
    places = np.concatenate([place for place, _ in parts])
    return owner[places], np.concatenate([hashes for _, hashes in parts])


def _codes(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return code points of all texts in one row, a gap around each, and whose they are."""
    folded = [f" {fold(text)} " for text in texts]
    joined = "".join(folded).encode("utf-32-le", errors="replace")
    lengths = [len(text) for text in folded]
    return np.frombuffer(joined, dtype="<u4"), np.repeat(np.arange(len(texts)), lengths)


def _scripts(codes: NDArray[np.uint32]) -> tuple[Flags, Flags]:
    ideographs = (codes >= 0x3400) & (codes <= 0x9FFF) | (codes >= 0x20000) & (codes < 0x40000)
    ideographs |= (codes >= 0xF900) & (codes <= 0xFAFF) | (codes >= 0xAC00) & (codes <= 0xD7AF)
    ideographs |= (codes >= 0x3040) & (codes <= 0x30FF) | (codes == 0x3005) | (codes == 0x3007)
    letters = np.zeros(len(codes), dtype=np.bool_)
    simple = codes < _SIMPLE
    letters[simple] = _letter_table()[codes[simple]]
    return ideographs, letters


def _western(
    codes: NDArray[np.uint32], letters: Flags
) -> tuple[NDArray[np.int64], NDArray[np.int64], Hashes]:
    """Return the middles of letter triples, and start and hash of each word with a letter."""
    edges = np.diff(letters.astype(np.int8), prepend=np.int8(0), append=np.int8(0))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    if not len(starts):
        return starts, starts, np.zeros(0, dtype=np.uint64)
    places = np.flatnonzero(letters)
    lengths = ends - starts
    firsts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    within = np.arange(len(places)) - np.repeat(firsts, lengths)
    powers = _mixed(within.astype(np.uint64), "word")
    hashes = np.add.reduceat((codes[places].astype(np.uint64) + np.uint64(1)) * powers, firsts)
    digits = (codes[places] >= 0x30) & (codes[places] <= 0x39)
    spoken = np.logical_or.reduceat(~digits, firsts)
    return places[np.repeat(spoken, lengths)], starts[spoken], hashes[spoken]


def _triple(padded: NDArray[np.uint32], middles: NDArray[np.int64]) -> Hashes:
    wide = padded.astype(np.uint64)
    left, right = wide[middles - 1], wide[middles + 1]
    return (left << np.uint64(42)) | (wide[middles] << np.uint64(21)) | right


def _mixed(values: Hashes, channel: str) -> Hashes:
    """Spread ``values`` over 64 bits (the finaliser of SplitMix64, Steele et al. 2014)."""
    mixed = values + np.uint64(_SEEDS[channel] * 0x9E3779B97F4A7C15 % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


@lru_cache(maxsize=1)
def _letter_table() -> Flags:
    return np.array([chr(code).isalnum() for code in range(_SIMPLE)], dtype=np.bool_)


@lru_cache(maxsize=1)
def _stop_characters() -> NDArray[np.uint32]:
    return np.array([ord(word) for word in sorted(STOP_WORDS) if len(word) == 1], dtype=np.uint32)
