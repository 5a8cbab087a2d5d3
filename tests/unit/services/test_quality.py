"""Snapshots of quality: what is counted from a small world of verdicts, and when it is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import time_machine

from matchmaker.bootstrap import Container
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.levels import Level
from matchmaker.domain.work import DAILY, JobState
from tests.support.verdicts import Judgement, judge
from tests.support.world import World


def figures(container: Container) -> dict[str, Any]:
    container.quality.take()
    published = container.quality.published()
    assert published is not None
    return published.latest.figures


def test_a_portal_without_entries_knows_nothing_and_says_so(container: Container) -> None:
    counted = figures(container)
    assert counted["demands"] == 0
    assert counted["coverage"]["fair"]["share"] is None
    assert counted["precision"]["1"]["share"] is None


def test_coverage_counts_published_demands_by_their_best_match_that_holds(world: World) -> None:
    judge(world, [Judgement()], Level.FAIR)
    judge_weak = world.published("firm", EntryKind.DEMAND, title="没有匹配的需求")
    assert judge_weak.id
    counted = figures(world.container)
    assert counted["coverage"]["fair"] == {"hits": 1, "total": 2, "share": 0.5}


def test_a_weak_match_covers_at_weak_alone(world: World) -> None:
    judge(world, [Judgement()], Level.WEAK)
    coverage = figures(world.container)["coverage"]
    assert (coverage["fair"]["hits"], coverage["weak"]["hits"]) == (0, 1)


def test_a_rejected_match_covers_nothing(world: World) -> None:
    judge(world, [Judgement(approved=False)])
    assert figures(world.container)["coverage"]["weak"]["hits"] == 0


def test_precision_at_a_depth_counts_verdicts_on_what_stood_there(world: World) -> None:
    first = [Judgement(rank=1)] * 30
    fifth = [Judgement(rank=5, approved=False)] * 10
    judge(world, [*first, *fifth, Judgement(rank=11)])
    precision = figures(world.container)["precision"]
    assert [precision[depth]["total"] for depth in ("1", "5", "10")] == [30, 40, 40]
    assert [precision[depth]["share"] for depth in ("1", "5", "10")] == [1.0, 0.75, 0.75]


def test_below_the_minimum_no_share_is_told(world: World) -> None:
    judge(world, [Judgement()] * 29)
    held = figures(world.container)
    assert held["precision"]["10"] == {
        "hits": None,
        "total": 29,
        "share": None,
        "low": None,
        "high": None,
    }
    assert held["calibration"] == {"cases": 29, "error": None, "bins": []}


def test_a_verdict_that_was_taken_back_does_not_count(world: World) -> None:
    judge(world, [Judgement(), Judgement(undone=True)])
    assert figures(world.container)["verdicts"] == 1


def test_calibration_compares_predictions_with_approvals(world: World) -> None:
    judge(world, [Judgement(probability=0.75, approved=number < 20) for number in range(40)])
    calibration = figures(world.container)["calibration"]
    [held] = calibration["bins"]
    assert (held["from"], held["to"]) == (0.7, 0.8)
    assert (held["predicted"], held["hits"], held["total"]) == (0.75, 20, 40)
    assert calibration["error"] == 0.25


def test_times_are_told_as_median_and_nine_of_ten(world: World) -> None:
    judge(world, [Judgement(hours=hours) for hours in range(1, 31)])
    times = figures(world.container)["times"]
    assert times["match_to_verdict"] == {"cases": 30, "median": 15.5 * 3600, "p90": 27.0 * 3600}
    assert times["verdict_to_introduction"]["median"] == 15.5 * 1800
    assert times["posting_to_match"] == {"cases": 1, "median": None, "p90": None}


def test_a_day_has_one_snapshot_and_a_month_shows_its_last(container: Container) -> None:
    for day in (datetime(2026, 10, 3, 4, tzinfo=UTC), datetime(2026, 10, 30, 4, tzinfo=UTC)):
        with time_machine.travel(day, tick=False):
            container.quality.take()
            container.quality.take()
    with time_machine.travel(datetime(2026, 11, 2, 4, tzinfo=UTC), tick=False):
        container.quality.take()
    published = container.quality.published()
    assert published is not None
    assert [held.day.isoformat() for held in published.months] == ["2026-11-02", "2026-10-30"]
    assert published.latest is published.months[0]


def test_the_days_work_takes_a_snapshot(world: World) -> None:
    assert world.container.quality.published() is None
    world.container.periodic.queue_daily()
    world.work()
    assert world.container.quality.published() is not None
    assert world.container.jobs.counts()[JobState.DONE] == len(DAILY)
