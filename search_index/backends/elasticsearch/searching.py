"""One question to Elasticsearch: both rankings, fused as the embedded backend fuses them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from search_index.backends.elasticsearch import asking
from search_index.backends.elasticsearch.asking import BEST_FIRST, Clause
from search_index.backends.elasticsearch.lexical import Lexical
from search_index.backends.elasticsearch.mapping import WINDOW, vector_numbers
from search_index.backends.elasticsearch.node import Node
from search_index.documents import KIND, RELEVANCE, Hit, Query, Result, Texts
from search_index.fusion import NEAREST, Ranking, deep_enough, fused_by_id
from search_index.timing import LEXICAL, VECTORS, tell

_DEEPER = 5  # how much further to look while a better hit may lie below


@dataclass(slots=True)
class Ranked:
    """What is known of some documents, by id: BM25, cosine, and when they were written.

    ``written`` holds every document, in the order they were found.
    """

    lexical: dict[str, float] = field(default_factory=dict)
    cosine: dict[str, float] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)

    def take_words(self, answer: Any) -> None:
        """Add the hits of a search by words; a score of zero is no hit by words."""
        for hit in _hits(answer):
            self.written[hit["_id"]] = hit["sort"][-1]
            if hit["_score"] and hit["_score"] > 0:
                self.lexical[hit["_id"]] = hit["_score"]

    def take_neighbours(self, answer: Any, least: float) -> None:
        """Add the neighbours whose cosine is ``least`` or more."""
        for hit in _hits(answer):
            if (cosine := _cosine(hit)) >= least:
                self.cosine[hit["_id"]] = cosine
                self.written[hit["_id"]] = hit["sort"][-1]

    def scores(self, weight: float) -> dict[str, float]:
        """Return the fused score of every document."""
        lexical = {id_: self.lexical.get(id_, 0.0) for id_ in self.written}
        known = {id_: self.cosine[id_] for id_ in self.written if id_ in self.cosine}
        return fused_by_id(lexical, known, weight)

    def hits(self, ids: Iterable[str], weight: float, highest: float | None = None) -> list[Hit]:
        """Return hits; ``highest`` is the best lexical score where it is not among these."""
        top = highest or max(self.lexical.values(), default=0.0) or 1.0
        return [self._hit(id_, self.lexical.get(id_, 0.0) / top, weight) for id_ in ids]

    def _hit(self, id_: str, share: float, weight: float) -> Hit:
        cosine = self.cosine.get(id_)
        return Hit(id_, share + weight * max(cosine or 0.0, 0.0), share, cosine)


@dataclass(frozen=True, slots=True)
class Near:
    """The nearest of a query's vector above the floor; ``bound`` is the best cosine of others."""

    cosines: Mapping[str, float]
    bound: float


class Searcher:
    """Answers the questions to one index."""

    def __init__(
        self, node: Node, index: str, lexical: Lexical, ranking: Ranking, shards: int
    ) -> None:
        self._node, self._index, self._lexical = node, index, lexical
        self._ranking, self._global_terms = ranking, shards > 1

    def search(self, query: Query, kinds: Iterable[str]) -> Result:
        """Return the page of ``query``; ``kinds`` are all that the index holds."""
        looked_in = tuple(kinds) if KIND in query.facets or not query.kinds else query.kinds
        near = self._near(query, looked_in)
        body = self._body(query, near)
        order = asking.order_of(query)
        if order == RELEVANCE:
            return self._by_relevance(query, body, near)
        return self._by_value(query, body, asking.sorted_by(order))

    def candidates(self, texts: Texts, query: Query, limit: int) -> list[Hit]:
        """Return the ``limit`` best of both rankings among what ``query`` lets pass."""
        passing = [*asking.visible(query), *asking.conditions(query).values()]
        words = self._lexical.nearest(texts)
        vector = vector_numbers(query.vector)
        bodies: list[tuple[str, Clause]] = []
        if words is not None:
            asked = {"bool": {"must": [words], "filter": passing}}
            body = {"query": asked, "size": deep_enough(limit), "sort": list(BEST_FIRST)}
            bodies.append((LEXICAL, body))
        if vector is not None:
            bodies.append((VECTORS, asking.neighbours(vector, limit, passing)))
        answers = self._ask_each(bodies) if limit and bodies else []
        ranked = Ranked()
        if words is not None and answers:
            ranked.take_words(answers[0])
        if vector is not None and answers:
            ranked.take_neighbours(answers[-1], least=1e-9)
        self._complete(ranked, query)
        return self._best(ranked, 0, limit)

    def similarities(self, vector: Sequence[float], ids: Iterable[str]) -> dict[str, float]:
        """Return the cosine of ``vector`` with each of ``ids`` that has one."""
        wanted, found = list(dict.fromkeys(ids)), dict[str, float]()
        for start in range(0, len(wanted), WINDOW):
            some = wanted[start : start + WINDOW]
            body = asking.neighbours(vector, len(some), [asking.among(some)])
            (answer,) = self._ask(VECTORS, body)
            found.update((hit["_id"], _cosine(hit)) for hit in _hits(answer))
        return found

    def _near(self, query: Query, kinds: Sequence[str]) -> Near:
        """Return the nearest of each of ``kinds`` that the viewer may see."""
        vector = vector_numbers(query.vector)
        if vector is None or not kinds:
            return Near({}, 0.0)
        seen = asking.visible(query)
        answers = self._ask(
            VECTORS,
            *(
                asking.neighbours(vector, NEAREST, [*seen, {"term": {KIND: kind}}])
                for kind in kinds
            ),
        )
        found, bound = {}, self._ranking.floor
        for answer in answers:
            held = {hit["_id"]: _cosine(hit) for hit in _hits(answer)}
            found.update({i: cosine for i, cosine in held.items() if cosine >= self._ranking.floor})
            if len(held) == NEAREST:
                bound = max(bound, min(held.values()))
        return Near(found, bound)

    def _body(self, query: Query, near: Near) -> dict[str, Any]:
        """Return the search for the whole result set, with its facets and without its page."""
        conditions = asking.conditions(query)
        chosen = {name: held for name, held in conditions.items() if name in query.facets}
        wanted = [held for name, held in conditions.items() if name not in chosen]
        asked: dict[str, Any] = {"filter": [*asking.visible(query), *wanted]}
        if query.text.strip() or query.vector is not None:
            asked |= {"should": self._matching(query, near), "minimum_should_match": 1}
        body: dict[str, Any] = {"query": {"bool": asked}, "track_total_hits": True}
        if chosen:
            body["post_filter"] = asking.all_of(chosen.values())
        if query.facets:
            body["aggs"] = asking.counted(query.facets, chosen)
        return body

    def _matching(self, query: Query, near: Near) -> list[Clause]:
        """Return what hits are by their words, scored, and by their nearness, not scored."""
        words = self._lexical.matching(query.text) if query.text.strip() else None
        close = {"constant_score": {"filter": asking.among(near.cosines), "boost": 0.0}}
        return [close] if words is None else [words, close]

    def _by_relevance(self, query: Query, body: dict[str, Any], near: Near) -> Result:
        """Look down the lexical ranking until nothing below can reach the page."""
        wanted = query.offset + query.limit
        depth = min(deep_enough(wanted), WINDOW)
        close = {**body, "query": all_scored(body["query"], asking.among(near.cosines))}
        close = {name: held for name, held in close.items() if name != "aggs"}
        while True:
            page = {"size": depth, "sort": list(BEST_FIRST)}
            answer, beside = self._ask(LEXICAL, {**body, **page}, {**close, **page})
            ranked = Ranked(cosine=dict(near.cosines))
            ranked.take_words(answer)
            ranked.take_words(beside)
            self._complete(ranked, query)
            if len(_hits(answer)) < depth or self._settled(ranked, answer, near, wanted, depth):
                break
            depth = min(depth * _DEEPER, WINDOW)
        hits = self._best(ranked, query.offset, query.limit)
        return self._result(query, answer, hits)

    def _settled(self, ranked: Ranked, answer: Any, near: Near, wanted: int, depth: int) -> bool:
        """Return whether no document below ``depth`` can score as high as the page's last."""
        scores = sorted(ranked.scores(self._ranking.similarity_weight).values(), reverse=True)
        top = max(ranked.lexical.values(), default=0.0) or 1.0
        below = _hits(answer)[-1]["_score"] / top
        possible = below + self._ranking.similarity_weight * max(near.bound, 0.0)
        return depth >= WINDOW or wanted == 0 or scores[wanted - 1] > possible

    def _by_value(self, query: Query, body: dict[str, Any], sort: list[Clause]) -> Result:
        page = {"from": query.offset, "size": query.limit, "sort": sort, "track_scores": True}
        (answer,) = self._ask(LEXICAL, {**body, **page})
        ranked = Ranked()
        ranked.take_words(answer)
        self._complete(ranked, query)
        asked = bool(query.text.strip())
        highest = answer["hits"]["max_score"] if asked else None
        if not asked:
            ranked.lexical.clear()
        hits = ranked.hits(ranked.written, self._ranking.similarity_weight, highest)
        return self._result(query, answer, hits)

    def _result(self, query: Query, answer: Any, hits: Iterable[Hit]) -> Result:
        facets = asking.counts(query.facets, answer.get("aggregations", {}))
        return Result(tuple(hits), answer["hits"]["total"]["value"], facets)

    def _complete(self, ranked: Ranked, query: Query) -> None:
        """Add the cosines of the hits that only their words have found."""
        vector = vector_numbers(query.vector)
        unknown = [id_ for id_ in ranked.written if id_ not in ranked.cosine]
        if vector is not None and unknown:
            ranked.cosine.update(self.similarities(vector, unknown))

    def _best(self, ranked: Ranked, offset: int, limit: int) -> list[Hit]:
        weight = self._ranking.similarity_weight
        scores = ranked.scores(weight)
        order = sorted(scores, key=lambda id_: (-scores[id_], -ranked.written[id_]))
        return ranked.hits(order[offset : offset + limit], weight)

    def _ask(self, part: str, *bodies: Clause) -> list[Any]:
        return self._ask_each([(part, body) for body in bodies])

    def _ask_each(self, bodies: Sequence[tuple[str, Clause]]) -> list[Any]:
        """Return the answers to searches that go in one request, and tell what each took there."""
        plain = [{"_source": False, **body} for _, body in bodies]
        answers = self._node.searches(self._index, plain, global_terms=self._global_terms)
        for (part, _), answer in zip(bodies, answers, strict=True):
            tell(part, answer["took"] / 1000)
        return answers


def all_scored(query: Clause, narrower: Clause) -> Clause:
    """Return ``query`` with its scores, for those hits alone that ``narrower`` lets pass."""
    return {"bool": {"must": [query], "filter": [narrower]}}


def _hits(answer: Any) -> list[Any]:
    found: list[Any] = answer["hits"]["hits"]
    return found


def _cosine(hit: Any) -> float:
    """Return the cosine behind a neighbour's score, which is (1 + cosine) / 2."""
    return 2.0 * float(hit["_score"]) - 1.0
