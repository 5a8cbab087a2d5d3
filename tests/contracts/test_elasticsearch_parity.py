"""Both backends rank the sample entries alike: same words, same weights, same fusion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from matchmaker.bootstrap import Container
from search_index.backends.elasticsearch import AliasedGenerations, Layout, Node
from search_index.documents import Document, Hit, Query, passage
from search_index.lifecycle import IndexHandle
from tests.support.elasticsearch import elasticsearch_prefix

pytestmark = pytest.mark.elasticsearch

QUERIES = (
    "矿井水处理",
    "高盐废水零排放",
    "煤矸石综合利用",
    "粉煤灰制备建材",
    "二氧化碳捕集封存",
    "光伏板清洗机器人",
    "风电叶片防冰",
    "羊绒分梳",
    "沙棘果油提取",
    "储能电池低温",
    "绿氢制备",
    "电石渣",
    "无人驾驶矿卡",
    "蒙药质量控制",
    "盐碱地改良",
    "煤化工催化剂",
    "智能化综采工作面",
    "牛羊疫病检测",
    "hydrogen storage",
    "水",
)
AUDIENCES = ("public", "registered", "brokers")
FACETS = ("kind", "field", "region", "stage")


@dataclass(frozen=True)
class Sides:
    """The sample entries in both backends."""

    documents: Sequence[Document]
    embedded: IndexHandle
    cluster: IndexHandle
    container: Container

    def query(self, text: str) -> Query:
        vector = self.container.embedder.encode([text])[0]
        return Query(text).near(vector).for_audiences(*AUDIENCES)


LAYOUTS = {
    "quick": Layout(),
    "exact": Layout(vectors="flat"),
    "exact in three shards": Layout(shards=3, vectors="flat"),
}


@pytest.fixture(scope="module", params=list(LAYOUTS))
def sides(request: pytest.FixtureRequest, seeded: Container) -> Iterator[Sides]:
    documents = list(seeded.index_source.documents())
    with elasticsearch_prefix() as (address, prefix):
        place = AliasedGenerations(Node(address, timeout=30), prefix, LAYOUTS[request.param])
        handle = IndexHandle(place, analyser=seeded.analyser, embedder=seeded.embedder)
        handle.rebuild(documents)
        yield Sides(documents, seeded.index, handle, seeded)
        handle.close()


def overlap(ours: Sequence[Hit], theirs: Sequence[Hit]) -> float:
    """The share of the embedded backend's hits that the other one has too."""
    wanted = {hit.id for hit in theirs}
    return len(wanted & {hit.id for hit in ours}) / len(wanted) if wanted else 1.0


def test_searches_find_as_many_and_the_same_ten_first(sides: Sides) -> None:
    shares, same_order, answered = [], 0, 0
    for text in QUERIES:
        query = sides.query(text).page(0, 10).facets_of(*FACETS)
        ours, theirs = sides.cluster.search(query), sides.embedded.search(query)
        assert (ours.total, ours.facets) == (theirs.total, theirs.facets), text
        shares.append(overlap(ours.hits, theirs.hits))
        same_order += [hit.id for hit in ours.hits] == [hit.id for hit in theirs.hits]
        answered += bool(theirs.hits)
        for hit, other in zip(ours.hits, theirs.hits, strict=True):
            assert hit.score == pytest.approx(other.score, abs=0.02), text
    assert answered >= 15
    assert sum(shares) / len(shares) >= 0.95
    assert same_order >= 0.9 * len(QUERIES)


def test_pages_follow_each_other_alike(sides: Sides) -> None:
    for text in QUERIES[:4]:
        query = sides.query(text).of_kinds("achievement", "demand").page(10, 10)
        ours, theirs = sides.cluster.search(query), sides.embedded.search(query)
        assert overlap(ours.hits, theirs.hits) >= 0.8, text


def test_the_newest_come_in_the_same_order(sides: Sides) -> None:
    for text in QUERIES[:4]:
        query = sides.query(text).sorted_by("newest").page(0, 10)
        ours, theirs = sides.cluster.search(query), sides.embedded.search(query)
        assert [hit.id for hit in ours.hits] == [hit.id for hit in theirs.hits]
        for hit, other in zip(ours.hits, theirs.hits, strict=True):
            assert hit.score == pytest.approx(other.score, abs=0.02)


def test_candidates_of_demands_are_the_same(sides: Sides) -> None:
    shares = []
    for demand in [one for one in sides.documents if one.kind == "demand"][:40]:
        vector = sides.container.embedder.encode([passage(demand.texts)])[0]
        query = Query().for_audiences(*AUDIENCES).of_kinds("achievement", "expert")
        ours = sides.cluster.candidates(demand.texts, vector, query, 10)
        theirs = sides.embedded.candidates(demand.texts, vector, query, 10)
        shares.append(overlap(ours, theirs))
    assert sum(shares) / len(shares) >= 0.95
