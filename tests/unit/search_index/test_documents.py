"""Queries are built by steps that leave each other and the original alone."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from search_index.documents import Query, Range, passage


def test_a_step_returns_a_new_query_and_keeps_the_old_one() -> None:
    query = Query("水")
    query.of_kinds("demand").where("field", "water").for_audiences("public").page(10, 5)
    assert query == Query("水")


def test_steps_may_come_in_any_order() -> None:
    left = Query("水").of_kinds("demand").where("field", "a").within("price", 1, 2).without("x")
    right = Query("水").without("x").within("price", 1, 2).where("field", "a").of_kinds("demand")
    assert left == right


def test_a_filter_set_twice_holds_its_last_values_and_none_removes_it() -> None:
    query = Query().where("field", "a").where("kind", "k").where("field", "b", "c")
    assert dict(query.filters) == {"kind": ("k",), "field": ("b", "c")}
    assert dict(query.where("field").filters) == {"kind": ("k",)}


def test_a_range_set_twice_holds_its_last_bounds() -> None:
    query = Query().within("date", date(2026, 1, 1)).within("date", None, date(2026, 2, 1))
    assert query.ranges == (Range("date", None, date(2026, 2, 1)),)


def test_exclusions_add_up() -> None:
    assert Query().without("a").without("b", "a").excluded == {"a", "b"}


def test_a_vector_does_not_make_queries_unequal() -> None:
    assert Query("水").near(np.zeros(4, dtype=np.float32)) == Query("水")


@pytest.mark.parametrize(("offset", "limit"), [(-1, 10), (0, -1)])
def test_a_page_before_the_start_is_refused(offset: int, limit: int) -> None:
    with pytest.raises(ValueError, match="zero or more"):
        Query().page(offset, limit)


def test_a_passage_is_title_summary_keywords_and_body_in_that_order() -> None:
    texts = {"body": "四", "title": "一", "organisation": "某院", "keywords": "三", "summary": ""}
    assert passage(texts) == "一\n三\n四"
