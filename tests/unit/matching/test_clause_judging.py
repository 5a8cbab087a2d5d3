"""Whether figures meet a clause, whatever units both are written in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching.clauses.judging import judge
from matchmaker.matching.clauses.model import Clause, Comparator, Outcome
from matchmaker.matching.clauses.reading import read_clauses, read_figures

#: Units of one dimension, each with how many of the first it holds.
FAMILIES = (
    {"kPa": 1.0, "MPa": 1000.0, "兆帕": 1000.0, "Pa": 0.001},
    {"mg/L": 1.0, "g/L": 1000.0, "毫克/升": 1.0, "kg/m³": 1000.0},
    {"h": 1.0, "小时": 1.0, "min": 1 / 60, "d": 24.0, "秒": 1 / 3600},
    {"kWh": 1.0, "度": 1.0, "MJ": 1 / 3.6, "千瓦时": 1.0},
    {"m³/h": 1.0, "立方米/小时": 1.0, "m³/d": 1 / 24, "L/s": 3.6},
    {"%": 1.0, "‰": 0.1, "成": 10.0},
)
COMPARATORS = st.sampled_from([held for held in Comparator if held is not Comparator.WITHIN])


def clause(comparator: Comparator, low: float, high: float, unit: str) -> Clause:
    two = comparator is Comparator.BETWEEN
    return Clause("数值", 0, 2, "数值", comparator, low, high if two else None, unit, "")


def outcome(demand: str, offer: str) -> Outcome:
    return judge(read_clauses(demand)[0], read_figures(offer))[0]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_the_units_of_both_sides_never_change_a_verdict(data: st.DataObject) -> None:
    family = data.draw(st.sampled_from(FAMILIES))
    units = st.sampled_from(sorted(family))
    drawn = []
    for _ in range(2):
        low, more = data.draw(st.integers(1, 900)), data.draw(st.integers(0, 900))
        drawn.append((data.draw(COMPARATORS), low, low + more))
    first = next(iter(family))
    plain = [clause(how, low, high, first) for how, low, high in drawn]
    turned = []
    for how, low, high in drawn:
        unit = data.draw(units)
        turned.append(clause(how, low / family[unit], high / family[unit], unit))
    assert judge(turned[0], [turned[1]])[0] is judge(plain[0], [plain[1]])[0]


def test_the_figure_that_decides_is_returned() -> None:
    figures = read_figures("吨水电耗 6.5 kWh，产水率 96 %，氯化钠纯度 99 %")
    held, figure = judge(read_clauses("产水率不低于 95 %")[0], figures)
    assert held is Outcome.MET
    assert figure is figures[1]


@pytest.mark.parametrize(
    ("demand", "offer", "expected"),
    [
        ("产水率不低于 95%", "产水率不低于 90%", Outcome.UNKNOWN),
        ("产水率大于 95%", "产水率 95%", Outcome.NOT_MET),
        ("出水氟低于 1 mg/L", "进水氟 0.5 mg/L", Outcome.UNKNOWN),
        ("25 ℃ 下电导率大于 1 mS/cm", "60 ℃ 下电导率 1.5 mS/cm", Outcome.UNKNOWN),
        ("能耗降低 30% 以上", "能耗提高 35%", Outcome.UNKNOWN),
        ("温度不低于 -40 ℃", "温度 250 K", Outcome.MET),
        ("工作温度范围 -40～85 ℃", "工作温度范围 -20～60 ℃", Outcome.NOT_MET),
        ("控温精度 ±0.5 ℃", "控温精度 ±0.3 ℃", Outcome.MET),
    ],
)
def test_what_is_implied_is_met_and_what_overlaps_is_open(
    demand: str, offer: str, expected: Outcome
) -> None:
    assert outcome(demand, offer) is expected


def test_figures_that_contradict_each_other_leave_the_clause_open() -> None:
    assert outcome("产水率不低于 95%", "产水率 96%；另一批产水率 91%") is Outcome.UNKNOWN


def test_units_nobody_knows_are_compared_as_they_stand() -> None:
    known = clause(Comparator.AT_LEAST, 5, 0, "某度")
    assert judge(known, [clause(Comparator.EQUAL, 6, 0, "某度")])[0] is Outcome.MET
    assert judge(known, [clause(Comparator.EQUAL, 6, 0, "kg")])[0] is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("demand", "offer", "expected"),
    [
        ("每小时处理量不低于 45 吨", "处理量 50 t/h", Outcome.MET),
        ("每小时处理量不低于 45 吨", "处理量 40 t/h", Outcome.NOT_MET),
        ("处理量不低于 1000 t/d", "每小时处理量 50 吨", Outcome.MET),
        ("处理能力不低于 500 t/d", "日处理能力 20 吨", Outcome.NOT_MET),
        ("年处理量不低于 8760 吨", "处理量 1.5 t/h", Outcome.MET),
        ("每小时处理量不低于 45 吨", "日处理量 600 吨", Outcome.NOT_MET),
        ("矿石重量不低于 20 吨", "矿石重量 25 吨", Outcome.MET),
    ],
)
def test_an_amount_in_a_span_of_time_is_a_rate(demand: str, offer: str, expected: Outcome) -> None:
    assert outcome(demand, offer) is expected
