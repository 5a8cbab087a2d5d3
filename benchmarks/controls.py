"""Control rows of the ranking benchmark: what chance and well-known rankers reach on a folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from statistics import fmean
from typing import Any

import numpy as np
import rjieba
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from search_index.analysis import CJK
from search_index.documents import passage
from search_index.evaluation import Judged, measure

SHUFFLES = 100
SEED = 20261125
#: Of the usual parameters (Robertson and Zaragoza 2009) those that favour the controls here.
K1, B = 1.5, 0.75

Cut = Callable[[str], list[str]]
Scores = NDArray[np.float64]

_RUN = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
_CHINESE = re.compile(rf"[{CJK}]")


def controls(judged: Judged) -> dict[str, dict[str, Any]]:
    """Return the measures of each control ranker, by name, as ``evaluate`` gives them."""
    return {
        "random order": random_order(judged),
        "BM25, jieba words": ranked(judged, bm25(judged, words)),
        "BM25, CJK bigrams": ranked(judged, bm25(judged, bigrams)),
        "TF-IDF, characters 1-2": ranked(judged, tfidf(judged)),
    }


def random_order(judged: Judged, shuffles: int = SHUFFLES) -> dict[str, Any]:
    """Return what chance reaches: the mean of seeded shuffles of the corpus."""
    chance, ids = np.random.default_rng(SEED), np.array(list(judged.corpus))
    runs = [
        measure({query: list(chance.permutation(ids)) for query in judged.queries}, judged.grades)
        for _ in range(shuffles)
    ]
    means = {name: round(fmean(run[name] for run in runs), 4) for name in _MEASURES}
    return {**means, "queries": len(judged.queries)}


_MEASURES = ("ndcg@10", "map", "recall@100")


def ranked(judged: Judged, scores: Scores) -> dict[str, Any]:
    """Measure scores [queries, corpus]; equal ones stand in the corpus's order."""
    ids = list(judged.corpus)
    orders = np.argsort(-scores, axis=1, kind="stable")
    rankings = {
        query: [ids[place] for place in order]
        for query, order in zip(judged.queries, orders, strict=True)
    }
    return measure(rankings, judged.grades)


def bm25(judged: Judged, cut: Cut) -> Scores:
    """Return Okapi BM25 (Robertson and Zaragoza 2009) of all documents, [queries, corpus].

    A word counts as often as the query says it: with long queries that matters.
    """
    counting = CountVectorizer(analyzer=cut)
    counts = counting.fit_transform(_texts(judged.corpus)).astype(np.float64).tocsr()
    asked = counting.transform(_texts(judged.queries)).astype(np.float64)
    scores: Scores = (asked @ _weighted(counts).T).toarray()
    return scores


def _weighted(counts: csr_matrix) -> csr_matrix:
    documents = counts.shape[0]
    held = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log1p((documents - held + 0.5) / (held + 0.5))
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    ground = K1 * (1 - B + B * lengths / lengths.mean())
    each = np.repeat(ground, np.diff(counts.indptr))
    weights = rarity[counts.indices] * counts.data * (K1 + 1) / (counts.data + each)
    return csr_matrix((weights, counts.indices, counts.indptr), counts.shape)


def tfidf(judged: Judged) -> Scores:
    """Return cosines of TF-IDF over characters and pairs of them, [queries, corpus]."""
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
    corpus = vectors.fit_transform(_texts(judged.corpus))
    scores: Scores = (vectors.transform(_texts(judged.queries)) @ corpus.T).toarray()
    return scores


def words(text: str) -> list[str]:
    """Cut a text as jieba does for search, with the words inside long ones, letters and figures."""
    return [word for word in rjieba.cut_for_search(text.lower(), True) if _RUN.search(word)]


def bigrams(text: str) -> list[str]:
    """Cut Chinese into pairs of neighbours, anything else at its spaces."""
    return [piece for run in _RUN.findall(text.lower()) for piece in _pieces(run)]


def _pieces(run: str) -> Iterator[str]:
    if len(run) < 2 or not _CHINESE.match(run):
        yield run
        return
    yield from (run[place : place + 2] for place in range(len(run) - 1))


def _texts(items: Mapping[str, Mapping[str, str]]) -> list[str]:
    return [passage(texts) for texts in items.values()]
