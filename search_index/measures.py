"""Ranking measures over graded judgements, one query at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum, log2

RELEVANT = 2
"""The lowest grade that counts as relevant for average precision and recall."""


def ndcg(ranking: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """Return nDCG at ``depth`` of ``ranking`` (ids, best first) over the judged ids alone.

    Gain is 2^grade - 1, discount log2(rank + 1) (Järvelin and Kekäläinen 2002, with the gain of
    Burges et al. 2005). Judged ids that the ranking lacks follow at its end in no order, with a
    gain of nothing. 0 when no judged id has a gain.
    """
    judged = [grades[id_] for id_ in ranking if id_ in grades]
    ideal = _discounted(sorted(grades.values(), reverse=True)[:depth])
    return _discounted(judged[:depth]) / ideal if ideal else 0.0


def average_precision(ranking: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return the average precision of ``ranking`` over the judged ids alone.

    Relevant is grade 2 and above; a relevant id that the ranking lacks counts as never found.
    0 when there is none.
    """
    relevant = sum(grade >= RELEVANT for grade in grades.values())
    judged = [grades[id_] >= RELEVANT for id_ in ranking if id_ in grades]
    found, total = 0, 0.0
    for rank, hit in enumerate(judged, start=1):
        found += hit
        total += found / rank if hit else 0.0
    return total / relevant if relevant else 0.0


def recall(ranking: Sequence[str], grades: Mapping[str, int], depth: int = 100) -> float:
    """Return which share of the relevant ids stands among the first ``depth`` of ``ranking``.

    The ranking is over the whole corpus, judged or not. 0 when nothing is relevant.
    """
    relevant = {id_ for id_, grade in grades.items() if grade >= RELEVANT}
    return len(relevant.intersection(ranking[:depth])) / len(relevant) if relevant else 0.0


def _discounted(grades: Sequence[int]) -> float:
    return fsum((2.0**grade - 1) / log2(rank + 1) for rank, grade in enumerate(grades, start=1))
