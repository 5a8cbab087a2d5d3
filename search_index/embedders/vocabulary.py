"""The tokens a static embedder knows, and how an analysed text becomes their identifiers."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from tokenizers import Tokenizer

from search_index.analysis import Tokens

UNKNOWN = 0
"""The identifier of whatever is not known; its row is zero, so that it says nothing."""

_FEW = 65536  # western words whose pieces are kept in memory


class Vocabulary:
    """Reads tokens as the tokenizer would read them joined by spaces, unknown ones left out.

    Most tokens stand in the vocabulary whole; only western words that do not are cut into pieces
    by the tokenizer itself. Safe to share between threads and processes.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Take the tokenizer; its own text form goes with the object to another process."""
        self._tokenizer = tokenizer
        self._known: dict[str, int] = tokenizer.get_vocab()
        self._pieces = lru_cache(maxsize=_FEW)(self._cut)

    def __reduce__(self) -> tuple[type[Vocabulary], tuple[Tokenizer]]:
        return Vocabulary, (self._tokenizer,)

    @classmethod
    def read(cls, path: Path) -> Vocabulary:
        """Read a ``tokenizer.json``."""
        return cls(Tokenizer.from_file(str(path)))

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

    def _cut(self, word: str) -> tuple[int, ...]:
        ids = self._tokenizer.encode(word, add_special_tokens=False).ids
        return tuple(held for held in ids if held != UNKNOWN)


def joined(tokens: Tokens) -> str:
    """Return a text of which the tokenizer makes the same identifiers as ``Vocabulary.ids``."""
    return " ".join((*tokens.grams, *tokens.words))
