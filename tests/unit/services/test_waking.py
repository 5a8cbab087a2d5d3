"""A commit wakes a worker in the background; a broker that hangs or fails holds nobody."""

from __future__ import annotations

import threading
from typing import Any

from matchmaker.bootstrap import Container
from matchmaker.domain.work import JobKind, WorkQueue
from matchmaker.services.jobs import enqueue
from matchmaker.services.waking import BackgroundWaker, Breaker, route_of
from tests.support.services import eventually


class Broker:
    """Keeps what it is handed; can hang or fail."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, tuple[Any, ...], str]] = []
        self.tries = 0
        self.open = threading.Event()
        self.open.set()
        self.fails = False

    def send(self, task: str, args: tuple[Any, ...], queue: str) -> None:
        self.tries += 1
        self.open.wait()
        if self.fails:
            raise OSError("no broker")
        self.messages.append((task, args, queue))


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_each_kind_of_job_has_a_task_and_a_queue_of_its_own() -> None:
    routes = [route_of(kind) for kind in JobKind]
    assert len({route.task for route in routes}) == len(JobKind)
    assert {route.queue for route in routes} <= set(WorkQueue)


def test_work_of_minutes_waits_in_another_queue_than_work_of_seconds() -> None:
    assert route_of(JobKind.REBUILD).queue != route_of(JobKind.MATCH).queue


def test_a_commit_wakes_a_worker_by_the_name_of_the_task(container: Container) -> None:
    broker = Broker()
    waker = BackgroundWaker(broker.send)
    container.database.on_commit(waker.wake)
    with container.database.write() as session:
        job = enqueue(session, JobKind.MATCH, "XQ-2026-000001")
    waker.close()
    assert broker.messages == [("matchmaker.match", (job,), "interactive")]


def test_a_commit_that_fails_wakes_nobody(container: Container) -> None:
    broker = Broker()
    waker = BackgroundWaker(broker.send)
    container.database.on_commit(waker.wake)
    try:
        with container.database.write() as session:
            enqueue(session, JobKind.MATCH, "XQ-2026-000001")
            raise RuntimeError
    except RuntimeError:
        waker.close()
    assert broker.messages == []


def test_a_broker_that_hangs_holds_no_request(container: Container) -> None:
    broker = Broker()
    broker.open.clear()
    waker = BackgroundWaker(broker.send)
    waker.wake([(JobKind.MATCH, 1)])
    assert eventually(lambda: broker.tries == 1)
    waker.wake([(JobKind.MATCH, 2)])  # returns, or the test would not
    assert broker.messages == []
    broker.open.set()
    waker.close()
    assert [args for _, args, _ in broker.messages] == [(1,), (2,)]


def test_after_a_failure_the_broker_is_left_alone_for_a_while() -> None:
    broker, clock = Broker(), Clock()
    broker.fails = True
    waker = BackgroundWaker(broker.send, Breaker(clock))
    waker.wake([(JobKind.MATCH, number) for number in range(50)])
    waker.close()
    assert broker.tries == 1


def test_the_pause_doubles_up_to_a_limit_and_ends_with_a_success() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    pauses = []
    for _ in range(7):
        breaker.failed()
        start = clock.now
        while not breaker.lets_through():
            clock.now += 0.5
        pauses.append(clock.now - start)
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    breaker.succeeded()
    breaker.failed()
    clock.now += 1
    assert breaker.lets_through()
