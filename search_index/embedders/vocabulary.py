"""The tokens a static embedder knows, and how an analysed text becomes their identifiers."""

from __future__ import annotations

import json
from functools import cached_property, lru_cache

from tokenizers import Tokenizer

from search_index.analysis import Tokens

UNKNOWN = 0
"""The identifier of whatever is not known; its row is zero, so that it says nothing."""

_FEW = 65536  # western words whose pieces are kept in memory


class Vocabulary:
    """Reads tokens as the tokenizer would read them joined by spaces, unknown ones left out.

    Most tokens stand in the vocabulary whole. Only western words that do not are cut into pieces
    by the tokenizer itself, which is made when the first of them comes: that takes longer than
    reading the vocabulary. Safe to share between threads and processes.
    """

    def __init__(self, written: str) -> None:
        """Take the text of a ``tokenizer.json``; raises ValueError or KeyError if it is none."""
        self._written = written
        self._known: dict[str, int] = json.loads(written)["model"]["vocab"]
        self._pieces = lru_cache(maxsize=_FEW)(self._cut)

    def __reduce__(self) -> tuple[type[Vocabulary], tuple[str]]:
        return Vocabulary, (self._written,)

    def ids(self, tokens: Tokens) -> list[int]:
        """Return the identifiers of words and grams, in this order, with repetitions."""
        known = self._known.get
        found = [held for held in map(known, tokens.grams) if held]
        for word, held in zip(tokens.words, map(known, tokens.words), strict=True):
            if held:
                found.append(held)
            elif word.isascii():
                found += self._pieces(word)
        return found

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return Tokenizer.from_str(self._written)

    def _cut(self, word: str) -> tuple[int, ...]:
        ids = self._tokenizer.encode(word, add_special_tokens=False).ids
        return tuple(held for held in ids if held != UNKNOWN)


def joined(tokens: Tokens) -> str:
    """Return a text of which the tokenizer makes the same identifiers as ``Vocabulary.ids``."""
    return " ".join((*tokens.grams, *tokens.words))
