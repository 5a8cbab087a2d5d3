"""Chooses the tokens of the static embedder and writes the tokenizer that reads them.

Chinese words, characters and pairs of characters stand in it whole; western words as word pieces.
The tokenizer reads text that ``search_index.analysis`` has already split, its tokens joined by
spaces: overlapping words and pairs are no segmentation that a tokenizer could make itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from multiprocessing import Pool

import rjieba
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import WhitespaceSplit
from tokenizers.trainers import WordPieceTrainer

from search_index.analysis import Analyser, is_chinese

UNKNOWN = "[UNK]"
_CHUNK = 2000
_LEAST = {1: 10, 2: 10, 3: 8, 4: 8}
"""In how many texts a Chinese token of that length must stand; longer ones in 8."""

_analyser: Analyser | None = None


def counted(texts: Iterable[str], processes: int) -> Counter[str]:
    """Return in how many of ``texts`` each token stands."""
    counts: Counter[str] = Counter()
    with Pool(processes) as pool:
        for found in pool.imap(_count, _chunks(texts)):
            counts.update(found)
    return counts


def chosen(counts: Counter[str], size: int, pieces: int) -> list[str]:
    """Return ``size`` tokens, ``pieces`` of them western, the most frequent first.

    Characters and words of the dictionary come first. What else stands together may be a new
    term, but more often it only stands across the border of two words.
    """
    known = rjieba.Jieba().has_word
    often = [token for token, count in counts.items() if is_chinese(token) and _often(token, count)]
    words = {token for token in often if len(token) == 1 or known(token)}
    ranked = sorted(often, key=lambda token: (token not in words, -counts[token], token))
    western = _word_pieces(counts, pieces)
    return [*ranked[: size - len(western) - 1], *western]


def tokenizer_of(tokens: Iterable[str]) -> Tokenizer:
    """Return the tokenizer whose identifiers follow the order of ``tokens``, unknown first."""
    vocabulary = {token: place for place, token in enumerate(dict.fromkeys((UNKNOWN, *tokens)))}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token=UNKNOWN, max_input_chars_per_word=40))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    return tokenizer


def _often(token: str, count: int) -> bool:
    return count >= _LEAST.get(len(token), _LEAST[4])


def _word_pieces(counts: Counter[str], size: int) -> list[str]:
    tokenizer = Tokenizer(WordPiece(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    trainer = WordPieceTrainer(
        vocab_size=size, special_tokens=[UNKNOWN], show_progress=False, min_frequency=5
    )
    tokenizer.train_from_iterator(_western(counts), trainer)
    held = tokenizer.get_vocab()
    return [token for token in sorted(held, key=lambda name: held[name]) if token != UNKNOWN]


def _western(counts: Counter[str]) -> Iterator[str]:
    """Yield each western word as often as it weighs: rare ones all, frequent ones by the root."""
    for token in sorted(counts):
        if token.isascii() and token.isalpha():
            yield " ".join([token] * max(1, int(counts[token] ** 0.5)))


def _chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    for text in texts:
        chunk.append(text)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    yield chunk


def _count(chunk: list[str]) -> Counter[str]:
    global _analyser  # one a process: the dictionary takes 0.1 s and 30 MB
    _analyser = _analyser or Analyser()
    counts: Counter[str] = Counter()
    for text in chunk:
        tokens = _analyser.tokens(text)
        counts.update({*tokens.words, *tokens.grams})
    return counts
