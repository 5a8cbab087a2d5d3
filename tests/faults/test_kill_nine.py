"""200 entries are published while the process is killed at 20 random moments: nothing is lost."""

from __future__ import annotations

import multiprocessing
import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from matchmaker.bootstrap import Container
from matchmaker.domain.calendar import today
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.levels import Level
from matchmaker.domain.lifecycles import EntryState, MatchState
from matchmaker.domain.work import JobState
from matchmaker.models import Entry, Match, Vector
from matchmaker.services.documents import embedded_text, text_hash
from matchmaker.services.entries.reading import every_kind
from tests.conftest import settings_for
from tests.faults.publisher import work
from tests.support.world import World

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]

#: Forks from a server that has imported everything, so that a start costs no import.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.publisher"])
ENTRIES, KILLS = 200, 20
#: Subject, measure, unit: each topic is told ten times a side, with other figures.
TOPICS = (
    ("高盐矿井水蒸发结晶", "吨水成本", "元"),
    ("循环流化床粉煤灰制陶粒", "筒压强度", "MPa"),
    ("风光制氢电解槽宽负荷运行", "直流电耗", "kWh/Nm3"),
    ("羊绒分梳落绒率控制", "纤维长度", "mm"),
    ("光伏组件免水清洁", "清洁效率", "%"),
    ("沙地苜蓿滴灌水肥一体化", "亩产", "kg"),
    ("露天矿卡车无人驾驶感知", "识别距离", "m"),
    ("稀土永磁电机退磁检测", "检出率", "%"),
    ("蒙药制剂质量控制", "含量偏差", "%"),
    ("乳制品风味稳定", "保质期", "天"),
)


def submit_all(world: World) -> None:
    """Half demands, half achievements, all waiting for screening."""
    until = today() + timedelta(days=365)
    for number in range(ENTRIES):
        kind = EntryKind.DEMAND if number % 2 else EntryKind.ACHIEVEMENT
        subject, measure, unit = TOPICS[number // 2 % len(TOPICS)]
        figure = 10 + number
        values = {
            "title": f"{subject}{'需求' if number % 2 else '技术'}",
            "summary": f"{subject}，{measure}达到 {figure} {unit}。",
            "body": f"围绕{subject}开展，{measure}为 {figure} {unit}，批次 {number}。",
            "keywords": [subject],
            "valid_until": until,
        }
        if kind is EntryKind.DEMAND:
            values["clauses"] = []
        who = "firm" if number % 2 else "university"
        entry = world.draft(who, kind, **values)
        world.container.steps.submit(world.actor(who), entry.code, entry.version)


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """A data folder with 200 submitted entries."""
    path = tmp_path / "data"
    path.mkdir()
    for file in template.glob("portal.sqlite3*"):
        shutil.copy(file, path)
    container = Container(settings_for(path))
    submit_all(World(container))
    container.close()
    return path


@contextmanager
def publisher(folder: Path) -> Iterator[tuple[BaseProcess, Connection]]:
    """A process of its own that publishes, from the moment it is at work until it has ended."""
    listening, telling = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=work, args=(folder, telling))
    process.start()
    telling.close()
    try:
        assert listening.recv() == "ready"
        yield process, listening
    finally:
        process.join(60)
        process.close()
        listening.close()


@pytest.fixture
def survivors(folder: Path) -> Iterator[Container]:
    """What is there after 20 kills and one run to the end."""
    chance = random.Random(20261123)
    for _ in range(KILLS):
        with publisher(folder) as (process, _listening):
            time.sleep(chance.uniform(0.0, 0.4))
            process.kill()
    with publisher(folder) as (_process, listening):
        assert listening.recv() == "done"
    container = Container(settings_for(folder))
    yield container
    container.close()


def test_twenty_kills_lose_and_double_nothing(survivors: Container) -> None:
    container = survivors
    with container.database.read() as session:
        entries = session.scalars(select(Entry).options(*every_kind())).all()
        hashes = Counter(session.scalars(select(Vector.text_hash)))
        pairs = Counter(
            (row.demand_id, row.other_id)
            for row in session.execute(select(Match.demand_id, Match.other_id))
        )
    assert len(entries) == ENTRIES
    assert {entry.status for entry in entries} == {EntryState.PUBLISHED}
    assert {hashes[text_hash(embedded_text(entry))] for entry in entries} == {1}
    wanted = {entry.code: entry.index_version for entry in entries}
    assert dict(container.index.versions()) == wanted
    assert all(entry.matched_version == entry.index_version for entry in entries)
    counts = container.jobs.counts()
    assert {state: counts[state] for state in JobState if state is not JobState.DONE} == {
        JobState.PENDING: 0,
        JobState.RUNNING: 0,
        JobState.DEAD: 0,
    }
    assert set(pairs.values()) == {1}
    assert_matches_are_those_of_a_fresh_start(container)


def assert_matches_are_those_of_a_fresh_start(container: Container) -> None:
    """Every demand has its topic's achievements, and assessing anew finds the same strong pairs."""
    held = strong_pairs(container)
    assert sum(map(len, held.values())) >= ENTRIES // 2 * (ENTRIES // 2 // len(TOPICS))
    for demand in sorted(held)[:: len(TOPICS) - 1]:
        fresh = {
            other.code
            for other, assessment in container.matching.assess_entry(demand, 100)
            if assessment.level is Level.STRONG
        }
        assert held[demand] == fresh


def strong_pairs(container: Container) -> dict[str, set[str]]:
    """The standing strong matches: code of the demand → codes of the others."""
    found: dict[str, set[str]] = {}
    with container.database.read() as session:
        matches = session.scalars(
            select(Match)
            .where(
                Match.state == MatchState.SUGGESTED,
                Match.level == Level.STRONG,
            )
            .options(selectinload(Match.demand), selectinload(Match.other))
        )
        for match in matches:
            found.setdefault(match.demand.code, set()).add(match.other.code)
    return found
