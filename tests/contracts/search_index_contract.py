"""What every search backend promises; a backend's own test subclasses this and gives `index`."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from search_index.backends.base import SearchIndex
from search_index.documents import Document, Hit, Query, passage
from search_index.embedders import HashingEmbedder
from search_index.timing import LEXICAL, VECTORS, told_to

EMBEDDER = HashingEmbedder(256)
EVERYONE = Query().for_audiences("public")
TITLES = {
    "water": "矿井水深度处理与回用技术",
    "membrane": "反渗透膜法处理煤化工高盐废水",
    "wind": "寒冷地区风力发电机组叶片防冰涂层",
    "cashmere": "羊绒纤维无损分梳装备",
    "battery": "Solid-state lithium-ion batteries for cold regions",
}


def document(
    id_: str,
    title: str = "",
    version: int = 1,
    *,
    embedded: bool = True,
    audiences: tuple[str, ...] = ("public",),
    kind: str = "achievement",
    **rest: object,
) -> Document:
    """A document of one title, embedded unless told otherwise."""
    texts = {"title": title or TITLES.get(id_, "样例")}
    vector = EMBEDDER.encode([passage(texts)])[0] if embedded else None
    return Document(id_, version, kind, texts=texts, vector=vector, audiences=audiences, **rest)  # type: ignore[arg-type]


def found(index: SearchIndex, query: Query) -> list[str]:
    """The ids of the first page."""
    return [hit.id for hit in index.search(query).hits]


def asking(text: str) -> Query:
    """A public search for a text by its words alone."""
    return Query(text).for_audiences("public")


class SearchIndexContract:
    """Subclasses define the fixture `index`: empty, for vectors of `EMBEDDER.dimension`."""

    @pytest.fixture
    def index(self) -> SearchIndex:
        raise NotImplementedError

    @pytest.fixture
    def filled(self, index: SearchIndex) -> SearchIndex:
        index.write([document(id_) for id_ in TITLES])
        return index

    # Writing

    def test_a_document_is_found_as_soon_as_its_write_returns(self, index: SearchIndex) -> None:
        assert index.write([document("water")]) == 1
        assert found(index, asking("矿井水")) == ["water"]

    def test_a_newer_version_replaces_the_text(self, filled: SearchIndex) -> None:
        filled.write([document("water", "沙棘果油提取", version=2)])
        assert found(filled, asking("矿井水")) == []
        assert found(filled, asking("沙棘")) == ["water"]
        assert filled.count() == len(TITLES)

    @pytest.mark.parametrize("version", [4, 5])
    def test_an_older_or_equal_version_changes_nothing(
        self, index: SearchIndex, version: int
    ) -> None:
        index.write([document("water", version=5)])
        assert index.write([document("water", "沙棘果油提取", version=version)]) == 0
        assert found(index, asking("矿井水")) == ["water"]
        assert dict(index.versions()) == {"water": 5}

    def test_the_newest_of_several_versions_in_one_write_stays(self, index: SearchIndex) -> None:
        index.write([document("water", f"第{n}版矿井水", version=n) for n in (1, 3, 2)])
        assert dict(index.versions()) == {"water": 3}
        assert index.search(asking("矿井水")).total == 1

    def test_a_vector_of_another_length_is_refused(self, index: SearchIndex) -> None:
        wrong = Document("x", 1, "demand", vector=np.zeros(3, dtype=np.float32))
        with pytest.raises(ValueError, match="256"):
            index.write([wrong])
        assert index.count() == 0

    def test_writing_nothing_is_no_error(self, index: SearchIndex) -> None:
        assert index.write([]) == 0
        assert index.remove([]) == 0

    def test_a_healthy_index_says_so(self, filled: SearchIndex) -> None:
        filled.check()  # raises where it is not

    # Tombstones

    def test_a_removed_document_is_found_no_more(self, filled: SearchIndex) -> None:
        assert filled.remove([("water", 2)]) == 1
        assert found(filled, asking("矿井水")) == []
        assert "water" not in dict(filled.versions())
        assert dict(filled.tombstones()) == {"water": 2}

    def test_a_late_older_write_does_not_bring_a_removed_document_back(
        self, filled: SearchIndex
    ) -> None:
        filled.remove([("water", 3)])
        assert filled.write([document("water", version=2)]) == 0
        assert found(filled, asking("矿井水")) == []

    def test_a_newer_write_brings_a_removed_document_back(self, filled: SearchIndex) -> None:
        filled.remove([("water", 3)])
        assert filled.write([document("water", version=4)]) == 1
        assert found(filled, asking("矿井水")) == ["water"]
        assert dict(filled.tombstones()) == {}

    def test_a_removal_that_is_older_changes_nothing(self, index: SearchIndex) -> None:
        index.write([document("water", version=5)])
        assert index.remove([("water", 5)]) == 0
        assert index.count() == 1

    def test_a_removal_before_the_first_write_keeps_it_out(self, index: SearchIndex) -> None:
        index.remove([("water", 2)])
        index.write([document("water", version=1)])
        assert index.count() == 0

    def test_a_sweep_forgets_only_what_was_removed_before(self, filled: SearchIndex) -> None:
        filled.remove([("water", 2)])
        assert filled.sweep(datetime.now(UTC) - timedelta(days=1)) == 0
        assert filled.sweep(datetime.now(UTC) + timedelta(seconds=1)) == 1
        assert dict(filled.tombstones()) == {}
        assert filled.count() == len(TITLES) - 1

    # Words

    @pytest.mark.parametrize(
        ("text", "first"),
        [
            ("矿井水处理", "water"),
            ("防冰", "wind"),
            ("羊绒分梳", "cashmere"),
            ("lithium battery", "battery"),
            ("ＬＩＴＨＩＵＭ ｉｏｎ", "battery"),
            ("绒", "cashmere"),
        ],
    )
    def test_words_of_either_language_find_their_document(
        self, filled: SearchIndex, text: str, first: str
    ) -> None:
        assert found(filled, asking(text))[0] == first

    def test_words_that_stand_nowhere_find_nothing(self, filled: SearchIndex) -> None:
        result = filled.search(asking("量子纠缠通信"))
        assert (result.hits, result.total) == ((), 0)

    def test_words_that_say_nothing_find_nothing(self, filled: SearchIndex) -> None:
        assert filled.search(asking("的")).total == 0

    def test_a_match_in_the_title_ranks_above_one_in_the_body(self, index: SearchIndex) -> None:
        for id_, texts in {
            "body": {"title": "节能改造案例汇编", "body": "余热回收装置的运行记录"},
            "title": {"title": "余热回收装置的运行记录", "body": "节能改造案例汇编"},
        }.items():
            index.write([Document(id_, 1, "project", texts=texts, audiences=("public",))])
        assert found(index, asking("余热回收")) == ["title", "body"]

    def test_text_that_looks_like_a_query_language_is_just_text(self, filled: SearchIndex) -> None:
        assert found(filled, asking('"矿井水" (处理 OR *) ~2 \\ [')) == ["water"]
        assert found(filled, asking("矿井水 AND 处理"))[0] == "water"

    # Vectors

    def test_a_near_vector_is_found_without_a_common_word(self, filled: SearchIndex) -> None:
        vector = EMBEDDER.encode([TITLES["wind"]])[0]
        (hit, *_) = filled.search(EVERYONE.near(vector)).hits
        assert hit.id == "wind"
        assert hit.similarity == pytest.approx(1.0, abs=0.01)
        assert hit.lexical == 0.0

    def test_similarities_are_cosines_of_what_is_held_with_a_vector(
        self, filled: SearchIndex
    ) -> None:
        filled.write([document("bare", embedded=False)])
        vector = EMBEDDER.encode([TITLES["water"]])[0]
        near = filled.similarities(vector, ["water", "wind", "bare", "unheard-of"])
        expected = float(EMBEDDER.encode([TITLES["wind"]])[0] @ vector)
        assert near == pytest.approx({"water": 1.0, "wind": expected}, abs=0.01)

    def test_a_document_without_a_vector_is_found_by_its_words(self, index: SearchIndex) -> None:
        index.write([document("water", embedded=False)])
        vector = EMBEDDER.encode(["矿井水"])[0]
        (hit,) = index.search(asking("矿井水").near(vector)).hits
        assert (hit.id, hit.similarity) == ("water", None)

    # Candidates

    def test_candidates_need_no_common_word_with_every_part_of_a_long_text(
        self, filled: SearchIndex
    ) -> None:
        text = {
            "title": "煤矿疏干水净化",
            "body": "我公司每天排放矿井水一万吨，需要深度处理后回用，并降低盐分。",
        }
        vector = EMBEDDER.encode([passage(text)])[0]
        hits = filled.candidates(text, vector, EVERYONE, 2)
        assert [hit.id for hit in hits] == ["water", "membrane"]
        assert hits[0].score > hits[1].score

    def test_candidates_join_both_rankings(self, filled: SearchIndex) -> None:
        vector = EMBEDDER.encode([TITLES["cashmere"]])[0]
        hits = filled.candidates("矿井水", vector, EVERYONE, 10)
        assert {"water", "cashmere"} <= {hit.id for hit in hits}

    def test_candidates_work_with_either_ranking_alone(self, filled: SearchIndex) -> None:
        vector = EMBEDDER.encode([TITLES["wind"]])[0]
        by_vector: list[Hit] = filled.candidates("", vector, EVERYONE, 1)
        by_words = filled.candidates(TITLES["wind"], None, EVERYONE, 1)
        assert [hit.id for hit in by_vector] == [hit.id for hit in by_words] == ["wind"]

    def test_candidates_obey_audience_kind_filter_and_exclusion(self, index: SearchIndex) -> None:
        index.write(
            [
                document("open", "矿井水", kind="expert", filters={"field": ("water",)}),
                document("hidden", "矿井水", kind="expert", audiences=("brokers",)),
                document("project", "矿井水", kind="project", filters={"field": ("water",)}),
                document("dry", "矿井水", kind="expert", filters={"field": ("energy",)}),
                document("out", "矿井水", kind="expert", filters={"field": ("water",)}),
            ]
        )
        query = EVERYONE.of_kinds("expert").where("field", "water").without("out")
        vector = EMBEDDER.encode(["矿井水"])[0]
        assert [hit.id for hit in index.candidates("矿井水", vector, query, 10)] == ["open"]

    def test_a_strict_filter_still_fills_the_candidates(self, index: SearchIndex) -> None:
        crowd = [document(f"n{n}", "矿井水 处理", embedded=False) for n in range(900)]
        rare = [document(f"r{n}", "矿井水 以及许多别的事情", numbers={"trl": 9}) for n in range(3)]
        index.write([*crowd, *rare])
        query = EVERYONE.within("trl", 9, 9)
        ids = [hit.id for hit in index.candidates("矿井水 处理", None, query, 3)]
        assert sorted(ids) == ["r0", "r1", "r2"]

    # Who sees what

    def test_without_an_audience_nothing_is_found(self, filled: SearchIndex) -> None:
        assert filled.search(Query("矿井水")).total == 0
        assert filled.candidates("矿井水", None, Query(), 5) == []

    def test_a_document_is_found_by_any_of_its_audiences(self, index: SearchIndex) -> None:
        index.write([document("water", audiences=("organisation:7", "brokers"))])
        assert found(index, Query("矿井水").for_audiences("public", "brokers")) == ["water"]
        assert found(index, Query("矿井水").for_audiences("public", "organisation:8")) == []

    def test_what_is_hidden_is_not_counted(self, index: SearchIndex) -> None:
        index.write([document("a", "矿井水"), document("b", "矿井水", audiences=("brokers",))])
        vector = EMBEDDER.encode(["矿井水"])[0]
        result = index.search(asking("矿井水").near(vector).facets_of("kind"))
        assert result.total == 1
        assert result.facets == {"kind": {"achievement": 1}}

    # Filters, facets, order, pages

    @pytest.fixture
    def shelf(self, index: SearchIndex) -> SearchIndex:
        index.write(
            [
                document(
                    f"d{n}",
                    f"污水处理第{n}号",
                    kind="demand" if n % 2 else "achievement",
                    language="zh",
                    filters={"field": ("water", "carbon") if n < 3 else ("energy",)},
                    numbers={"price": float(n)} if n else {},
                    dates={"date": date(2026, 1, 1) + timedelta(days=n)},
                )
                for n in range(6)
            ]
        )
        return index

    def test_values_of_a_filter_are_or_and_filters_are_and(self, shelf: SearchIndex) -> None:
        query = EVERYONE.where("field", "carbon", "energy")
        assert shelf.search(query).total == 6
        assert set(found(shelf, query.where("kind", "demand"))) == {"d1", "d3", "d5"}
        assert shelf.search(query.where("field", "unheard-of")).total == 0
        assert shelf.search(query.where("colour", "red")).total == 0

    def test_a_range_includes_its_ends_and_leaves_out_what_has_no_value(
        self, shelf: SearchIndex
    ) -> None:
        assert set(found(shelf, EVERYONE.within("price", None, 2))) == {"d1", "d2"}
        assert set(found(shelf, EVERYONE.within("price", None, 1, or_missing=True))) == {"d0", "d1"}
        days = EVERYONE.within("date", date(2026, 1, 2), date(2026, 1, 3))
        assert set(found(shelf, days)) == {"d1", "d2"}

    def test_facets_count_the_whole_result_but_for_their_own_filter(
        self, shelf: SearchIndex
    ) -> None:
        query = asking("污水处理").facets_of("field", "kind").where("field", "energy").page(0, 1)
        result = shelf.search(query.of_kinds("demand"))
        assert (len(result.hits), result.total) == (1, 2)
        assert result.facets["field"] == {"energy": 2, "carbon": 1, "water": 1}
        assert result.facets["kind"] == {"demand": 2, "achievement": 1}

    def test_a_facet_nobody_has_is_empty(self, shelf: SearchIndex) -> None:
        assert shelf.search(EVERYONE.facets_of("colour")).facets == {"colour": {}}

    def test_browsing_shows_the_newest_first(self, shelf: SearchIndex) -> None:
        assert found(shelf, EVERYONE) == ["d5", "d4", "d3", "d2", "d1", "d0"]

    def test_any_number_or_date_sorts_with_missing_values_last(self, shelf: SearchIndex) -> None:
        assert found(shelf, EVERYONE.sorted_by("price"))[0] == "d1"
        assert found(shelf, EVERYONE.sorted_by("price"))[-1] == "d0"
        assert found(shelf, EVERYONE.sorted_by("-price"))[0] == "d5"
        assert found(shelf, EVERYONE.sorted_by("-price"))[-1] == "d0"
        assert found(shelf, asking("污水处理").sorted_by("date"))[0] == "d0"

    def test_pages_follow_each_other_without_gap_or_overlap(self, shelf: SearchIndex) -> None:
        query = asking("污水处理")
        pages = [found(shelf, query.page(start, 2)) for start in (0, 2, 4, 6)]
        assert sorted(pages[0] + pages[1] + pages[2]) == [f"d{n}" for n in range(6)]
        assert pages[3] == []

    def test_excluded_ids_are_neither_found_nor_counted(self, shelf: SearchIndex) -> None:
        result = shelf.search(asking("污水处理").without("d1", "unheard-of"))
        assert result.total == 5

    # Threads, and the rest

    def test_writers_and_readers_work_side_by_side(self, index: SearchIndex) -> None:
        started = threading.Barrier(8)

        def write(worker: int) -> None:
            started.wait()
            for n in range(5):
                index.write([document(f"{worker}-{n}", "矿井水处理")])
                assert f"{worker}-{n}" in found(index, asking("矿井水").page(0, 100))

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(write, range(8)))
        assert index.count() == 40
        assert index.search(asking("矿井水")).total == 40
        index.verify()

    def test_one_document_rewritten_by_many_threads_ends_at_its_newest(
        self, index: SearchIndex
    ) -> None:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda n: index.write([document("water", version=n)]), range(1, 21)))
        assert dict(index.versions()) == {"water": 20}
        assert index.search(asking("矿井水")).total == 1

    def test_a_refresh_changes_nothing_that_was_seen(self, filled: SearchIndex) -> None:
        before = found(filled, asking("矿井水处理"))
        filled.refresh()
        assert found(filled, asking("矿井水处理")) == before

    def test_whoever_listens_is_told_how_long_each_part_took(self, filled: SearchIndex) -> None:
        told: list[tuple[str, float]] = []
        vector = EMBEDDER.encode(["矿井水处理"])[0]
        filled.search(asking("矿井水处理").near(vector))
        assert told == []
        for ask in (
            lambda: filled.search(asking("矿井水处理").near(vector)),
            lambda: filled.candidates("矿井水处理", vector, EVERYONE, 3),
        ):
            told.clear()
            with told_to(lambda part, seconds: told.append((part, seconds))):
                ask()
            assert {part for part, _ in told} == {LEXICAL, VECTORS}
            assert all(0 <= seconds < 60 for _, seconds in told)

    def test_closing_twice_is_no_error(self, index: SearchIndex) -> None:
        index.close()
        index.close()
