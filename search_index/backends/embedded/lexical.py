"""The words and grams of the documents in tantivy, found by BM25 and keyed by store row."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from search_index.analysis import Analyser
from search_index.documents import Texts
from search_index.terms import (
    DOCUMENT_WEIGHTS,
    GRAMS,
    QUERY_WEIGHTS,
    WORDS,
    Bag,
    bag,
    heaviest,
    idf,
    required,
    search_units,
    weighed,
)

_HEAP = 32_000_000  # bytes of tantivy's write buffer
_TOKENIZER = "split"


@dataclass(frozen=True, slots=True)
class Found:
    """Store rows (int64 [n]) and their scores (float64 [n]), best first."""

    seqs: NDArray[np.int64]
    scores: NDArray[np.float64]
    complete: bool = True


class LexicalSearcher:
    """A frozen view of the lexical index: what was committed when it was made."""

    def __init__(
        self, searcher: tantivy.Searcher, schema: tantivy.Schema, analyser: Analyser
    ) -> None:
        self._searcher, self._schema, self._analyser = searcher, schema, analyser
        self._rarities: dict[tuple[str, str], float] = {}

    def matching(self, text: str, kinds: Iterable[str] = ()) -> Found:
        """Return all documents of ``kinds`` (all when empty) that ``text`` finds.

        They have enough of its words, or of its grams.
        """
        words, loose = search_units(self._analyser.tokens(text))
        if not words and not loose:
            return _nothing()
        member = _any_of([self._enough(units) for units in (words, loose) if units])
        scoring = self._scoring(bag(text, self._analyser, QUERY_WEIGHTS))
        clauses = [(tantivy.Occur.Must, _silent(member)), *self._of(kinds)]
        if scoring is not None:
            clauses.append((tantivy.Occur.Should, scoring))
        query = tantivy.Query.boolean_query(clauses)
        return self._run(query, max(self._searcher.num_docs, 1))

    def nearest(self, texts: Texts, kinds: Iterable[str], limit: int) -> Found:
        """Return the ``limit`` best documents of ``kinds`` (all when empty) for long texts."""
        scoring = self._scoring(bag(texts, self._analyser, QUERY_WEIGHTS))
        if scoring is None or limit < 1:
            return _nothing()
        clauses = [(tantivy.Occur.Must, scoring), *self._of(kinds)]
        return self._run(tantivy.Query.boolean_query(clauses), limit)

    def seqs(self) -> NDArray[np.int64]:
        """Return the store rows of all documents, ascending."""
        everything = tantivy.Query.all_query()
        return np.sort(self._run(everything, max(self._searcher.num_docs, 1)).seqs)

    def _run(self, query: tantivy.Query, limit: int) -> Found:
        hits = self._searcher.search(query, limit, count=False).hits
        if not hits:
            return _nothing()
        seqs = self._searcher.fast_field_values("seq", [address for _, address in hits])
        return Found(
            np.fromiter(seqs, np.int64, len(hits)),
            np.fromiter((score for score, _ in hits), np.float64, len(hits)),
            complete=len(hits) < limit,
        )

    def _of(self, kinds: Iterable[str]) -> list[tuple[tantivy.Occur, tantivy.Query]]:
        terms = [self._term("kind", kind) for kind in kinds]
        return [(tantivy.Occur.Must, _silent(_any_of(terms)))] if terms else []

    def _enough(self, units: list[tuple[str, str]]) -> tantivy.Query:
        clauses = [(tantivy.Occur.Should, self._term(*unit)) for unit in units]
        wanted = required(len(units))
        return tantivy.Query.boolean_query(clauses, minimum_number_should_match=wanted)

    def _scoring(self, terms: Bag) -> tantivy.Query | None:
        clauses = [
            tantivy.Query.boost_query(self._term(channel, term), weight)
            for channel, term, weight in heaviest(terms, self._rarity)
        ]
        return _any_of(clauses) if clauses else None

    def _rarity(self, channel: str, term: str) -> float:
        """Return BM25's idf of a term, 0 when no document has it."""
        known = self._rarities.get((channel, term))
        if known is None:
            documents = self._searcher.doc_freq(channel, term)
            known = self._rarities[channel, term] = idf(documents, self._searcher.num_docs)
        return known

    def _term(self, field: str, term: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, term, "freq")


class LexicalIndex:
    """A tantivy folder, derived from the store and rebuilt from it when damaged."""

    def __init__(self, folder: Path, analyser: Analyser, *, read_only: bool) -> None:
        self._analyser, self._meta = analyser, folder / "meta.json"
        self._index = _opened(folder, read_only=read_only)
        analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer(_TOKENIZER, analyzer)
        self._writer = None if read_only else self._index.writer(_HEAP, 1)

    def searcher(self) -> LexicalSearcher:
        """Return a view of what is committed now."""
        self._index.reload()
        return LexicalSearcher(self._index.searcher(), self._index.schema, self._analyser)

    def change(
        self, gone: Iterable[int], added: Iterable[tuple[int, str, Mapping[str, str]]]
    ) -> None:
        """Take out the rows ``gone``, put in (seq, kind, texts), and commit to disk."""
        assert self._writer is not None
        for seq in gone:
            self._writer.delete_documents_by_term("key", str(seq))
        for seq, kind, texts in added:
            self._writer.add_document(self._document(seq, kind, texts))
        self._writer.commit()

    def roll_back(self) -> None:
        """Forget changes that a failed commit left behind."""
        assert self._writer is not None
        self._writer.rollback()

    def stamp(self) -> tuple[int, int]:
        """Return what changes when any process has committed."""
        held = self._meta.stat()
        return held.st_mtime_ns, held.st_ino

    def close(self) -> None:
        """Wait for merges and let go of the folder."""
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None

    def _document(self, seq: int, kind: str, texts: Mapping[str, str]) -> tantivy.Document:
        words, grams = weighed(texts, self._analyser, DOCUMENT_WEIGHTS)
        document = tantivy.Document()
        document.add_unsigned("seq", seq)
        document.add_text("key", str(seq))
        document.add_text("kind", kind)
        document.add_text(WORDS, " ".join(words))
        document.add_text(GRAMS, " ".join(grams))
        return document


def _opened(folder: Path, *, read_only: bool) -> tantivy.Index:
    if read_only:
        return tantivy.Index.open(str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return tantivy.Index(_schema(), path=str(folder), reuse=True)
    except (ValueError, OSError):  # damaged, or of another schema: the store has all of it
        shutil.rmtree(folder)
        folder.mkdir()
        return tantivy.Index(_schema(), path=str(folder), reuse=False)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("seq", fast=True)
    # Deleting by the number itself deletes nothing, silently: hence the key as raw text.
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    for channel in (WORDS, GRAMS):
        builder.add_text_field(channel, tokenizer_name=_TOKENIZER, index_option="freq")
    return builder.build()


def _any_of(queries: list[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def _silent(query: tantivy.Query) -> tantivy.Query:
    return tantivy.Query.const_score_query(query, 0.0)


def _nothing() -> Found:
    return Found(np.zeros(0, dtype=np.int64), np.zeros(0))
