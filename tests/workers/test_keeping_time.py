"""Two schedules are started: one sends, the other stands by and takes over."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from matchmaker.bootstrap import Container
from matchmaker.models import Turn
from tests.support.processes import COMMAND, environment
from tests.support.services import eventually, require_redis

pytestmark = [pytest.mark.slow, pytest.mark.redis, pytest.mark.xdist_group("workers")]

Beat = subprocess.Popen[bytes]
QUEUE = "matchmaker:schedule"


@pytest.fixture
def broker() -> Iterator[Any]:
    """An empty Redis database; no worker takes anything out of it."""
    import redis

    with redis.Redis.from_url(require_redis()) as client:
        client.flushdb()
        yield client
        client.flushdb()


@pytest.fixture
def start(container: Container, broker: Any) -> Iterator[Callable[[], Beat]]:
    """Starts a process that keeps the schedule, which has ended when the test has."""
    folder = container.settings.data_dir
    started: list[Beat] = []

    def begin() -> Beat:
        with (folder / "log").open("ab") as log:
            beat = subprocess.Popen(
                [*COMMAND, "beat"],
                env=environment(
                    folder, MATCHMAKER_REDIS_URL=require_redis(), MATCHMAKER_REAP_SECONDS="0.2"
                ),
                stdout=log,
                stderr=log,
            )
        started.append(beat)
        return beat

    yield begin
    for beat in started:
        beat.kill()
        beat.wait()


def holder(container: Container) -> int:
    """The process that has the turn; 0: none."""
    with container.database.read() as session:
        name = session.scalar(select(Turn.holder))
    return int(name.rpartition(":")[2]) if name else 0


def senders(broker: Any) -> set[int]:
    """The processes that sent what waits in the queue."""
    origins = (json.loads(m)["headers"]["origin"] for m in broker.lrange(QUEUE, 0, -1))
    return {int(origin.partition("@")[0].removeprefix("gen")) for origin in origins}


def two(container: Container, start: Callable[[], Beat]) -> tuple[Beat, Beat]:
    """Two schedules, of which the first has the turn."""
    first = start()
    assert eventually(lambda: holder(container) == first.pid, 30)
    return first, start()


def test_of_two_schedules_one_sends(
    container: Container, start: Callable[[], Beat], broker: Any
) -> None:
    first, second = two(container, start)
    log = container.settings.data_dir / "log"
    assert eventually(lambda: log.read_text().count("Keeping the schedule") == 2, 30)
    broker.delete(QUEUE)
    assert eventually(lambda: int(broker.llen(QUEUE)) >= 20, 30)
    assert senders(broker) == {first.pid}
    assert second.poll() is None


def test_when_the_one_that_sends_is_killed_the_other_takes_over(
    container: Container, start: Callable[[], Beat], broker: Any
) -> None:
    first, second = two(container, start)
    first.kill()
    assert eventually(lambda: holder(container) == second.pid, 60)
    broker.delete(QUEUE)
    assert eventually(lambda: senders(broker) == {second.pid}, 30)


def test_when_the_one_that_sends_ends_well_the_turn_is_free_at_once(
    container: Container, start: Callable[[], Beat]
) -> None:
    first = start()
    assert eventually(lambda: holder(container) == first.pid, 30)
    first.send_signal(signal.SIGTERM)
    assert first.wait(30) == 0
    assert holder(container) == 0
