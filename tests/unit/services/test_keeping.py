"""What is kept is made once, forgotten by its group's version, and needs no Redis."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matchmaker.domain.actors import VISITOR
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.work import JobKind
from matchmaker.services.keeping import MOST_KEPT, Keeping, KeptInMemory, KeptInRedis
from matchmaker.services.redis_client import client_of
from matchmaker.services.statistics import Statistics
from matchmaker.services.waking import Breaker
from tests.support.redis_server import RedisServer, redis_server
from tests.support.world import World


class Made:
    """Makes a new text at each call."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> str:
        self.times += 1
        return f"第{self.times}次"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis of this test's own."""
    with redis_server(tmp_path) as running:
        yield running


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
def keeping(request: pytest.FixtureRequest) -> Keeping:
    """Both ways to keep."""
    if request.param == "memory":
        return KeptInMemory()
    return KeptInRedis(client_of(request.getfixturevalue("server").url))


def ask(keeping: Keeping, made: Made, name: str = "a", group: str = "figures") -> str:
    return keeping.kept(group, name, 60, made)


def test_a_text_is_made_once(keeping: Keeping) -> None:
    made = Made()
    assert [ask(keeping, made) for _ in range(3)] == ["第1次"] * 3


def test_each_name_and_group_has_its_own(keeping: Keeping) -> None:
    made = Made()
    asked = [ask(keeping, made, "a"), ask(keeping, made, "b"), ask(keeping, made, "a", "else")]
    assert asked == ["第1次", "第2次", "第3次"]


def test_a_forgotten_group_is_made_anew_and_others_are_not(keeping: Keeping) -> None:
    made = Made()
    ask(keeping, made, "a"), ask(keeping, made, "a", "else")
    keeping.forget("figures")
    assert ask(keeping, made, "a") == "第3次"
    assert ask(keeping, made, "a", "else") == "第2次"


def test_what_was_being_made_while_it_was_forgotten_is_not_kept(keeping: Keeping) -> None:
    made = Made()

    def overtaken() -> str:
        keeping.forget("figures")
        return made()

    assert keeping.kept("figures", "a", 60, overtaken) == "第1次"
    assert ask(keeping, made) == "第2次"


def test_in_memory_a_text_is_made_anew_when_its_time_is_up() -> None:
    clock, made = Clock(), Made()
    keeping = KeptInMemory(clock)
    ask(keeping, made)
    clock.now = 60.0
    assert ask(keeping, made) == "第2次"


@pytest.mark.redis
def test_two_processes_share_what_is_kept_and_what_is_forgotten(server: RedisServer) -> None:
    one, two, made = KeptInRedis(client_of(server.url)), KeptInRedis(client_of(server.url)), Made()
    assert ask(one, made) == ask(two, made) == "第1次"
    two.forget("figures")
    assert ask(one, made) == ask(two, made) == "第2次"


@pytest.mark.redis
@pytest.mark.parametrize("strike", [RedisServer.kill, RedisServer.freeze, RedisServer.fill])
def test_without_redis_texts_are_kept_in_memory_and_the_log_says_so(
    server: RedisServer, strike: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    clock, made = Clock(), Made()
    keeping = KeptInRedis(client_of(server.url), breaker=Breaker(clock))
    strike(server)
    ask(keeping, made)
    again = ask(keeping, made)
    assert ask(keeping, made) == again
    keeping.forget("figures")
    assert ask(keeping, made) != again
    assert "kept_in_memory" in "".join(capsys.readouterr())


@pytest.mark.redis
def test_when_redis_is_back_it_is_used_again(server: RedisServer) -> None:
    clock, made = Clock(), Made()
    keeping = KeptInRedis(client_of(server.url), breaker=Breaker(clock))
    server.kill()
    ask(keeping, made)
    server.start()
    clock.now = 100.0
    text = ask(keeping, made)
    assert ask(KeptInRedis(client_of(server.url)), made) == text


def test_the_figures_of_the_home_page_follow_what_is_published(world: World) -> None:
    statistics = Statistics(world.container.database)
    before = statistics.overview(VISITOR)
    world.published("firm", EntryKind.DEMAND)
    assert statistics.overview(VISITOR) == before
    statistics.follow([JobKind.SEND_MAIL])
    assert statistics.overview(VISITOR) == before
    statistics.follow([JobKind.EMBED])
    after = statistics.overview(VISITOR)
    assert after.entries[EntryKind.DEMAND] == before.entries[EntryKind.DEMAND] + 1
    assert after.fields["water.mine"][EntryKind.DEMAND] == 1


def test_nothing_but_figures_is_kept(world: World) -> None:
    kept: list[str] = []

    class Spied(KeptInMemory):
        def kept(self, group: str, name: str, seconds: float, make: Any) -> str:
            kept.append(super().kept(group, name, seconds, make))
            return kept[-1]

    world.published("firm", EntryKind.DEMAND)
    Statistics(world.container.database, Spied()).overview(VISITOR)
    [text] = kept
    assert set(json.loads(text)) == {"entries", "fields", "organisations", "introductions"}
    assert "矿井水" not in text


def test_memory_forgets_all_before_it_holds_too_much() -> None:
    keeping, made = KeptInMemory(), Made()
    for number in range(MOST_KEPT + 1):
        ask(keeping, made, name=str(number))
    ask(keeping, made, name=str(MOST_KEPT))
    assert made.times == MOST_KEPT + 1
    ask(keeping, made, name="0")
    assert made.times == MOST_KEPT + 2
