"""Chinese and English tokens, the same for every backend, with offsets into the original text."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import filterfalse, pairwise
from operator import add
from typing import NamedTuple, Protocol

import rjieba
import snowballstemmer

from search_index.stopwords import STOP_WORDS

ANALYSIS_VERSION = "1"
"""Raised when the same text would give other tokens: an index built before needs a rebuild."""

_silent = STOP_WORDS.__contains__

CJK = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"

# Units that may stand after a space, and those so short that they must touch their number.
_UNITS = (
    "%|‰|°c|°f|°|[kmg]?wh|[kmg]?pa|[kmg]w|kv|mah|ah|[kmg]?hz|[mcknμud]m|mm2|cm2|km2|m2|m3|cm3|"
    "[kmμu]g|[mμu]l|[kmg]j|db|pp[mb]|rpm|mol"
)
_SHORT_UNITS = "[mgtlvwkhsdja]"
_LETTER = rf"[^\W_{CJK}]"  # a letter or digit that is no Chinese character
_TOKEN = re.compile(
    rf"(?P<cjk>[{CJK}]+)"
    rf"|(?P<number>\d+(?:,\d{{3}})*(?:\.\d+)?)"
    rf"(?:(?P<unit>\ ?(?:{_UNITS})|{_SHORT_UNITS})(?!{_LETTER})|(?!{_LETTER}))"
    rf"|(?P<word>{_LETTER}+(?:\.\d+)*)"
)
_CJK_START = re.compile(rf"[{CJK}]")
_SENTENCE_END = re.compile(
    rf"[。！？!?；;…]+[”’』」）)\"]*|[\r\n]+|\.+(?=\s|$)|(?<=[{CJK}])\.(?=[{CJK}])"
)
_NUMBERING = re.compile(r"\s*[(（]?(?:\d{1,3}|[a-zA-Z]|[一二三四五六七八九十]{1,3})?[)）]?\s*")


class Token(NamedTuple):
    """A piece of a text: ``original[start:end]`` is what it came from.

    ``text`` is the piece in its indexed form (folded and stemmed), or as it stands for a sentence.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text in its two channels, in order and with repetitions, ready to be indexed.

    ``words`` holds Chinese words, stemmed English words and numbers with units; ``grams`` each
    Chinese character that may say something, and each pair of neighbours.
    """

    words: tuple[str, ...]
    grams: tuple[str, ...]


class _Cutter(Protocol):
    """What rjieba itself, with the dictionary it comes with, and each dictionary of ours can."""

    def cut_for_search(self, sentence: str, hmm: bool = True) -> list[str]: ...

    def tokenize(
        self, sentence: str, mode: str = "default", hmm: bool = True
    ) -> list[tuple[str, int, int]]: ...


class Analyser:
    """Cuts texts into tokens; ``words`` are terms of the domain to be kept whole."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        """Build the dictionary of ``words``; about 0.1 s and 25 MB, so keep one for a process."""
        added = sorted({fold(word) for word in words if word.strip()})
        self._cutter: _Cutter = _dictionary_with(added) if added else rjieba
        self._version = _version(added)

    @property
    def version(self) -> str:
        """Changes whenever the same text may give other tokens."""
        return self._version

    def tokens(self, text: str) -> Tokens:
        """Return the words and grams of ``text``."""
        words, grams = list[str](), list[str]()
        for match in _TOKEN.finditer(fold(text)):
            if match.lastgroup != "cjk":
                words.append(_western(match))
                continue
            run = match.group()
            words += self._cutter.cut_for_search(run)
            grams += filterfalse(_silent, run)
            grams += map(add, run, run[1:])
        return Tokens(tuple(filterfalse(_silent, words)), tuple(grams))

    def spans(self, text: str) -> list[Token]:
        """Return the words of ``text`` with their place in it; long words overlap their parts."""
        folded, places = fold_with_places(text)
        return [
            Token(word, places[start][0], places[end - 1][1])
            for word, start, end in self._words(folded)
        ]

    def sentences(self, text: str) -> list[Token]:
        """Return the sentences of ``text`` with their place in it; see ``sentences``."""
        return sentences(text)

    def _words(self, folded: str) -> Iterator[tuple[str, int, int]]:
        for match in _TOKEN.finditer(folded):
            if match.lastgroup == "cjk":
                yield from self._chinese(match.group(), match.start())
                continue
            word = _western(match)
            if word not in STOP_WORDS:
                yield word, match.start(), match.end()

    def _chinese(self, run: str, offset: int) -> Iterator[tuple[str, int, int]]:
        for word, start, end in self._cutter.tokenize(run, "search"):
            if word not in STOP_WORDS:
                yield word, offset + start, offset + end


def fold(text: str) -> str:
    """Return ``text`` in compatibility form (full width to half, ① to 1) and lower case."""
    return unicodedata.normalize("NFKC", text).lower()


@lru_cache(maxsize=64)  # words and synonyms are looked for in the same text, one after the other
def fold_with_places(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return the folded text and for each of its characters its [start, end) in ``text``.

    Folding can change the length (㎡ becomes m2, an accent joins its letter), so characters are
    folded one by one together with the combining marks that follow them.
    """
    alone = "".join(map(_fold_piece, text))
    if len(alone) == len(text) and not any(map(unicodedata.combining, text)):
        return alone, tuple(pairwise(range(len(text) + 1)))
    starts = [place for place, mark in enumerate(map(unicodedata.combining, text)) if not mark]
    if text and (not starts or starts[0]):  # a text may begin with a mark
        starts.insert(0, 0)
    ends = [*starts[1:], len(text)]
    pieces = [_fold_piece(text[start:end]) for start, end in zip(starts, ends, strict=False)]
    places = (
        held
        for held, piece in zip(zip(starts, ends, strict=False), pieces, strict=True)
        for _ in piece
    )
    return "".join(pieces), tuple(places)


_fold_piece = lru_cache(maxsize=16384)(fold)


def sentences(text: str) -> list[Token]:
    """Return the sentences of ``text``, trimmed, with their place in it.

    Chinese and English marks and line ends close a sentence; the dot of a decimal does not, nor
    that of a numbering ("1. ").
    """
    found: list[Token] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        numbering = match.group()[0] == "." and _NUMBERING.fullmatch(text, start, match.start())
        if not numbering:
            _append_trimmed(found, text, start, match.end())
            start = match.end()
    _append_trimmed(found, text, start, len(text))
    return found


def is_chinese(word: str) -> bool:
    """Return whether a word of the words channel is Chinese."""
    return _CJK_START.match(word) is not None


def _append_trimmed(found: list[Token], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    kept = piece.strip()
    if any(character.isalnum() for character in kept):
        start += len(piece) - len(piece.lstrip())
        found.append(Token(kept, start, start + len(kept)))


def _western(match: re.Match[str]) -> str:
    if number := match.group("number"):
        return str(number).replace(",", "") + (match.group("unit") or "").strip()
    return _stem(match.group("word"))


_stemmer = snowballstemmer.stemmer("english")
_stemmer_lock = threading.Lock()


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    if word in STOP_WORDS or not (word.isascii() and word.isalpha()):
        return word
    with _stemmer_lock:  # the stemmer keeps the word it works on in itself
        return str(_stemmer.stemWord(word))


def _dictionary_with(words: Iterable[str]) -> rjieba.Jieba:
    dictionary = rjieba.Jieba()
    for word in words:
        dictionary.add_word(word, None, None)
    return dictionary


def _version(added: list[str]) -> str:
    if not added:
        return ANALYSIS_VERSION
    digest = blake2b("\n".join(added).encode(), digest_size=6).hexdigest()
    return f"{ANALYSIS_VERSION}+{digest}"
