"""Reads the training corpus: pairs of texts that mean the same, and phrases to ask a teacher for.

The corpus is a folder of xz-compressed JSON lines, one file a source. Fields used here: title,
abstract, keywords, their English twins, headings and sections, aligned terms.
"""

from __future__ import annotations

import json
import lzma
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]

ABSTRACTS = ("chinaxiv-abstracts", "csl-abstracts", "patents")
TITLES = (*ABSTRACTS, "patent-titles", "chinaxiv-sections")

_PHRASE = 60  # characters of a phrase that the teacher reads
_SENTENCE = 48
_LEAST_SENTENCE = 14
_CHINESE = re.compile("[\u4e00-\u9fff]")
_SPLIT = re.compile("[。；;!?！？\n]")
_KEYWORDS = re.compile("[;；,，、\n]")


@dataclass(frozen=True, slots=True)
class Pairs:
    """Texts of which ``left[i]`` and ``right[i]`` mean the same, and nothing else does."""

    name: str
    left: tuple[str, ...]
    right: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.left)


@cache
def rows(folder: Path, source: str) -> tuple[Row, ...]:
    """Return the items of one source, in their order."""
    with lzma.open(folder / f"{source}.jsonl.xz", "rt", encoding="utf-8") as lines:
        return tuple(json.loads(line) for line in lines)


def held_out(folder: Path, count: int, seed: int) -> frozenset[str]:
    """Return the identifiers of ``count`` ChinaXiv papers with both abstracts, kept from training.

    Their sections are kept out too. A version's number is no part of an identifier.
    """
    both = sorted(
        {
            paper(row)
            for row in rows(folder, "chinaxiv-abstracts")
            if row.get("abstract_en") and _CHINESE.search(row["abstract"])
        }
    )
    return frozenset(random.Random(seed).sample(both, count))


def held_out_pairs(folder: Path, papers: frozenset[str]) -> Pairs:
    """Return the Chinese and English abstracts of ``papers``, one of each."""
    found = {
        paper(row): row
        for row in rows(folder, "chinaxiv-abstracts")
        if paper(row) in papers and row.get("abstract_en")
    }
    kept = [found[name] for name in sorted(found)]
    return Pairs(
        "held out", tuple(r["abstract"] for r in kept), tuple(r["abstract_en"] for r in kept)
    )


def paper(row: Row) -> str:
    """Return what identifies a paper of ChinaXiv in all its versions and sections.

    Terms have no identifier: theirs is empty, which no paper's is.
    """
    return re.split("[V#]", str(row.get("id", "")))[0]


def pairs(folder: Path, without: frozenset[str]) -> list[Pairs]:
    """Return all kinds of pairs; papers in ``without`` take no part."""
    kept = {name: _kept(folder, name, without) for name in _SOURCES}
    return [_pairs(name, found) for name, found in _kinds(kept)]


def phrases(folder: Path, without: frozenset[str], sentences: int, seed: int) -> list[str]:
    """Return distinct short Chinese texts: titles, keywords, headings, terms, and ``sentences``.

    They are what the teacher embeds, so they are short: its time grows with their length.
    """
    found = dict.fromkeys(_short(folder, without))
    drawn = list(_one_sentence(folder, without, random.Random(seed)))
    random.Random(seed).shuffle(drawn)
    found.update(dict.fromkeys(drawn[:sentences]))
    return sorted(found, key=lambda text: (len(text), text))


def texts(folder: Path) -> Iterator[str]:
    """Yield every text of the corpus, for counting words."""
    for name in _SOURCES:
        for row in rows(folder, name):
            for field, value in row.items():
                if field not in _NO_TEXT and value:
                    yield _said(value)


_SOURCES = (*TITLES, "arxiv-zh-en", "d2l-zh-en", "terms-zh-en")
_NO_TEXT = frozenset({"id", "lang", "from", "clc", "ipc", "cpc", "discipline", "categories"})


def _kept(folder: Path, name: str, without: frozenset[str]) -> list[Row]:
    return [row for row in rows(folder, name) if paper(row) not in without]


def _kinds(held: Mapping[str, list[Row]]) -> Iterator[tuple[str, Iterable[tuple[str, str]]]]:
    abstracts = [row for name in ABSTRACTS for row in held[name]]
    papers, sections = held["chinaxiv-abstracts"], held["chinaxiv-sections"][::2]
    arxiv, book = held["arxiv-zh-en"], held["d2l-zh-en"]
    yield "title-abstract", ((_get(r, "title"), _get(r, "abstract")) for r in abstracts)
    yield "keywords-abstract", ((_get(r, "keywords"), _get(r, "abstract")) for r in abstracts)
    yield "title-keywords", ((_get(r, "title"), _get(r, "keywords")) for r in abstracts)
    yield "heading-section", ((_heading(r), _get(r, "text")) for r in sections)
    yield (
        "abstracts-zh-en",
        (
            *((_get(r, "abstract"), _get(r, "abstract_en")) for r in papers),
            *((_get(r, "zh_translation"), _get(r, "abstract_en")) for r in arxiv),
            *((_get(r, "text"), _get(r, "text_en")) for r in book),
        ),
    )
    yield "digest-zh-en", ((_digest(r), _get(r, "abstract_en")) for r in arxiv)
    yield (
        "titles-zh-en",
        (
            *((_get(r, "title"), _get(r, "title_en")) for r in papers),
            *((_get(r, "keywords"), _get(r, "keywords_en")) for r in papers),
            *((_get(r, "zh_title_translation"), _get(r, "title_en")) for r in arxiv),
            *((_get(r, "heading"), _get(r, "heading_en")) for r in book),
        ),
    )
    yield (
        "cross-title",
        (
            *((_get(r, "title"), _get(r, "abstract_en")) for r in papers),
            *((_get(r, "title_en"), _get(r, "abstract")) for r in papers),
            *((_get(r, "title_en"), _digest(r)) for r in arxiv),
        ),
    )
    yield "terms-zh-en", ((r["zh"], r["en"]) for r in held["terms-zh-en"])
    yield (
        "title-abstract-en",
        ((_get(r, "title_en"), _get(r, "abstract_en")) for r in (*papers, *arxiv)),
    )


def _pairs(name: str, found: Iterable[tuple[str, str]]) -> Pairs:
    kept = dict.fromkeys((left, right) for left, right in found if left and right)
    return Pairs(name, tuple(left for left, _ in kept), tuple(right for _, right in kept))


def _get(row: Row, field: str) -> str:
    return _said(row.get(field) or "")


def _said(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value).strip()


def _heading(row: Row) -> str:
    return f"{_get(row, 'title')} {_get(row, 'heading')}".strip()


def _digest(row: Row) -> str:
    return "".join(_get(row, f"zh_{part}") for part in ("motivation", "method", "result"))


def _short(folder: Path, without: frozenset[str]) -> Iterator[str]:
    for name in TITLES:
        for row in _kept(folder, name, without):
            yield from _phrases([_get(row, "title"), _get(row, "heading")])
            keywords = row.get("keywords") or []
            yield from _phrases(
                keywords if isinstance(keywords, list) else _KEYWORDS.split(keywords)
            )
    yield from _phrases(row["zh"] for row in rows(folder, "terms-zh-en"))


def _phrases(found: Iterable[str]) -> Iterator[str]:
    for text in found:
        kept = text.strip()[:_PHRASE]
        if len(_CHINESE.findall(kept)) > 1:
            yield kept


def _one_sentence(folder: Path, without: frozenset[str], chance: random.Random) -> Iterator[str]:
    for name in ABSTRACTS:
        for row in _kept(folder, name, without):
            found = _SPLIT.split(_get(row, "abstract"))
            if long := [sentence for sentence in found if len(sentence) > _LEAST_SENTENCE]:
                yield from _phrases([chance.choice(long)[:_SENTENCE]])
