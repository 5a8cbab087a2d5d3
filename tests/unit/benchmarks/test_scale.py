"""The scale benchmark asks what it says, and judges only what one run measured."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.scale import page
from benchmarks.scale.clients import timed_together
from benchmarks.scale.ratios import Ratio, ratios
from benchmarks.search_bench import Generator


def _figures(build: float, p95: float) -> dict[str, Any]:
    return {"build_cpu_s": build, "tokenise_cpu_s": 10, "search_ms": {"1": {"p95": p95}}}


def test_the_same_seed_makes_the_same_entries() -> None:
    first, second, other = Generator(3), Generator(3), Generator(4)
    made = [first.document(number) for number in range(5)]
    assert made == [second.document(number) for number in range(5)]
    assert made != [other.document(number) for number in range(5)]


def test_a_ratio_at_its_target_holds_and_one_above_it_does_not() -> None:
    assert Ratio("", 2.0, 2).held
    assert not Ratio("", 2.01, 2).held


def test_growth_is_judged_only_when_both_sizes_ran() -> None:
    alone = list(ratios({100_000: _figures(15, 5)}))
    assert [ratio.measured for ratio in alone] == [1.5]
    both = list(ratios({100_000: _figures(15, 5), 1_000_000: _figures(30, 65)}))
    assert [(ratio.measured, ratio.held) for ratio in both][2] == (13, False)


@pytest.mark.parametrize("clients", [1, 4])
def test_every_client_asks_as_often_as_told(clients: int) -> None:
    asked: list[int] = []
    timed_together([lambda: asked.append(0), lambda: asked.append(1)], 6, clients)
    assert sorted(asked) == [0] * 3 * clients + [1] * 3 * clients


def test_the_part_of_the_page_replaces_itself_and_nothing_else() -> None:
    once = page.placed("# Head\n", f"{page.BEGIN}\nold\n{page.END}\n")
    twice = page.placed(once, f"{page.BEGIN}\nnew\n{page.END}\n")
    assert twice == once.replace("old", "new")
