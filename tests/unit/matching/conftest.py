"""A small context and two sides that every test of matching may start from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeAlias

import pytest

from matchmaker.matching.context import Context, Floors
from matchmaker.matching.matcher import Matcher
from matchmaker.matching.prepared import Prepared, prepare
from matchmaker.matching.sides import Reading, Side
from matchmaker.matching.signals.base import Read
from matchmaker.matching.synonyms import Synonyms
from matchmaker.matching.trees import Tree
from search_index.analysis import Analyser
from search_index.embedders.hashing import HashingEmbedder

TODAY = date(2026, 11, 23)
GROUPS = {
    "mine-water": ["矿井水", "mine water"],
    "reverse-osmosis": ["反渗透", "reverse osmosis", "RO"],
    "zero-liquid-discharge": ["零排放", "液体零排放", "zero liquid discharge", "ZLD"],
    "energy-use": ["吨水能耗", "energy per tonne of water"],
}
Make: TypeAlias = Callable[..., Side]
Ask: TypeAlias = Callable[[Read, Side, Side], Reading]


@pytest.fixture(scope="session")
def matching_context() -> Context:
    return Context(
        embedder=HashingEmbedder(),
        analyser=Analyser(["矿井水", "反渗透", "零排放", "高盐废水"]),
        today=TODAY,
        synonyms=Synonyms(GROUPS),
        fields=Tree({"water": "", "water.mine": "water", "water.smart": "water", "energy": ""}),
        industries=Tree({"06": "B", "46": "D", "44": "D"}),
        floors=Floors(0.0, 0.15),
    )


@pytest.fixture(scope="session")
def matcher(matching_context: Context) -> Matcher:
    return Matcher(matching_context)


@pytest.fixture(scope="session")
def make_demand() -> Make:
    def make(**values: Any) -> Side:
        given: dict[str, Any] = {
            "code": "XQ-2026-000001",
            "kind": "demand",
            "title": "高盐矿井水零排放成本太高",
            "summary": "矿井水浓缩后的浓盐水蒸发费用高，希望降低吨水能耗。",
            "body": "现有两级反渗透，膜三个月就结垢。\n希望吨水电耗明显下降，并回收氯化钠。",
            "keywords": ("矿井水", "零排放", "膜结垢"),
            "extras": {
                "clauses": "产水率不低于 95 %\n吨水能耗低于 8 kWh",
                "key_technology": "膜浓缩",
            },
            "fields": ("water.mine",),
            "industries": ("06",),
            "region": "150603",
            "demand_type": "technical_problem",
            "transfer_modes": ("joint_development", "licence"),
            "budget_max_fen": 300_000_000,
        }
        return Side(**given | values)

    return make


@pytest.fixture(scope="session")
def make_achievement() -> Make:
    def make(**values: Any) -> Side:
        given: dict[str, Any] = {
            "code": "CG-2026-000001",
            "kind": "achievement",
            "title": "矿井水电渗析与反渗透耦合浓缩技术",
            "summary": "用电渗析替代末级反渗透，浓盐水再浓缩，吨水能耗低。",
            "body": "针对高盐矿井水，先软化再浓缩，膜结垢周期延长到一年。\n"
            "吨水电耗 6.5 kWh，产水率 96 %，氯化钠纯度 99 %。",
            "keywords": ("矿井水", "电渗析", "浓盐水"),
            "extras": {"benefits": "运行费用比蒸发低四成。"},
            "fields": ("water.mine",),
            "industries": ("46",),
            "region": "150602",
            "stage": "pilot",
            "trl": 6,
            "transfer_modes": ("licence",),
            "price_fen": 200_000_000,
            "confirmed_on": date(2026, 11, 1),
        }
        return Side(**given | values)

    return make


@pytest.fixture(scope="session")
def unrelated(make_achievement: Make) -> Side:
    return make_achievement(
        code="CG-2026-000002",
        title="羊绒针织物抗起球整理",
        summary="等离子体处理纤维表面，提高抗起球等级。",
        body="处理后起球等级四级，手感不变。",
        keywords=("羊绒", "起球"),
        extras={},
        fields=("textile.cashmere",),
        industries=("17",),
        region="150602",
    )


@pytest.fixture
def ask(matching_context: Context) -> Ask:
    def ask(read: Read, demand: Side, other: Side) -> Reading:
        first, second = prepared(matching_context, demand, other)
        return read(matching_context, first, second)

    return ask


def prepared(context: Context, demand: Side, other: Side) -> tuple[Prepared, Prepared]:
    first, second = prepare(context, [demand, other])
    return first, second
