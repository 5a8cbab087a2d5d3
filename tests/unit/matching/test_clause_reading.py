"""What a text requires, and what it only reports."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching.clauses.model import Clause, Comparator
from matchmaker.matching.clauses.reading import read_clauses, read_figures

FRAGMENTS = (
    *("产水率", "不低于", "95 %", "±", "0.5 ℃", "从", "到", "10^-3", "1×10⁻⁹", "万", "以上", "在"),
    *("25 ℃ 下", "，", "。", "（", "）", "GB/T 22900-2022", "一百五十", "半", "百分之", "kWh/m³"),
    *(
        "10 的 6 次方",
        "目前",
        "at least ",
        "from 40 % to ",
        "pH 6～9",
        "\n",
        "\0",
        "-",
        "1e99",
        "²",
    ),
)
TEXTS = st.text(max_size=200) | st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join)


def only(text: str) -> Clause:
    read = read_clauses(text)
    assert len(read) == 1, read
    return read[0]


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_any_text_is_read_and_every_clause_quotes_it(text: str) -> None:
    for clause in (*read_clauses(text), *read_figures(text)):
        assert clause.text
        assert text[clause.start : clause.end] == clause.text
        assert clause.subject in text
        assert (clause.high is None) == (
            clause.comparator not in {Comparator.BETWEEN, Comparator.WITHIN}
        )


def test_the_condition_that_stands_ahead_belongs_to_the_clause() -> None:
    clause = only("在 25 ℃ 下，电导率大于 1 mS/cm。")
    assert (clause.subject, clause.condition) == ("电导率", "25 ℃")


@pytest.mark.parametrize(
    ("share", "figure"), [("十分之一", (10, "%")), ("五分之二", (40, "%")), ("千分之三", (3, "‰"))]
)
def test_a_share_in_words_is_read_as_a_figure(share: str, figure: tuple[float, str]) -> None:
    clause = only(f"混合盐不超过盐总量的{share}。")
    assert (clause.low, clause.unit) == figure
    assert clause.text.endswith(share)


def test_of_a_rise_the_end_is_required() -> None:
    clause = only("目前产水率偏低，希望产水率从 70% 提高到 90%。")
    assert (clause.comparator, clause.low) == (Comparator.AT_LEAST, 90)


def test_of_a_fall_the_end_is_the_most_there_may_be() -> None:
    clause = only("产销差率由 21% 降到 10%。")
    assert (clause.comparator, clause.low) == (Comparator.AT_MOST, 10)


@pytest.mark.parametrize(
    ("text", "low", "unit"),
    [
        ("年消纳固废不少于 50 万吨", 500_000, "吨"),
        ("使用寿命不少于一千五百小时", 1500, "小时"),
        ("漏点偏差不超过一米半", 1.5, "米"),
        ("提取率不低于百分之八十五", 85, "%"),
        ("浸出率低于 1×10⁻⁵ g", 1e-5, "g"),
        ("存活数大于 10 的 6 次方 个", 1e6, "个"),
        ("灰尘去除率不低于九成五", 9.5, "成"),
    ],
)
def test_numerals_and_powers_are_resolved(text: str, low: float, unit: str) -> None:
    clause = only(text)
    assert clause.low == pytest.approx(low)
    assert clause.unit == unit


def test_better_means_smaller_for_an_error_and_larger_for_a_yield() -> None:
    assert only("定位误差优于 0.1 mm").comparator is Comparator.BELOW
    assert only("产品收率优于 95%").comparator is Comparator.ABOVE


def test_a_deviation_holds_its_middle_and_its_size() -> None:
    clause = only("烧结温度 1450±20 ℃")
    assert (clause.comparator, clause.low, clause.high) == (Comparator.WITHIN, 1450, 20)


@pytest.mark.parametrize(
    "text",
    [
        "预算不超过 300 万元",
        "符合 GB/T 22900-2022",
        "目前误报率超过 30%",
        "2027 年 6 月 30 日前完成",
        "型号 XK-3000",
    ],
)
def test_what_is_only_reported_or_administered_is_no_clause(text: str) -> None:
    assert read_clauses(text) == ()


def test_an_offer_that_reaches_a_figure_states_it() -> None:
    reached, bounded = read_figures("产水率达到 95%，脱盐率达到 98% 以上")
    assert reached.comparator is Comparator.EQUAL
    assert bounded.comparator is Comparator.AT_LEAST


@pytest.mark.parametrize(
    ("text", "low", "subject"),
    [
        ("翻修单价不高于新缸的 45%", 45, "翻修单价"),
        ("清水含盐量不超过每升 0.5 克", 0.5, "清水含盐量"),
        ("每十兆瓦设备价不超过 90 万元", 900_000, "每十兆瓦设备价"),
        ("外护表面温度在气温 20 ℃ 时不超过 45 ℃", 45, "外护表面温度"),
        ("150 ℃ 放置 100 小时，开路磁通损失低于 3%", 3, "开路磁通损失"),
    ],
)
def test_words_between_the_subject_and_its_figure_are_read_over(
    text: str, low: float, subject: str
) -> None:
    clause = only(text)
    assert (clause.low, clause.subject) == (low, subject)


@pytest.mark.parametrize(
    "text", ["两年内不复燃", "至少 1 人有两套以上装置开车经历", "比现在至少减少一半"]
)
def test_figures_that_only_qualify_a_noun_or_a_time_are_no_clause(text: str) -> None:
    assert read_clauses(text) == ()
