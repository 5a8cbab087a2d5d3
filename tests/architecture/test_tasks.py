"""Background work: every kind of job has somebody who does it, a task that runs it, and a queue."""

from __future__ import annotations

import pytest

from matchmaker.bootstrap import Container
from matchmaker.domain.work import DAILY, QUEUE_OF, JobKind, WorkQueue
from matchmaker.services.waking import route_of, task_name
from matchmaker.web.labels import LABELS
from workers.app import PortalApp, make_app
from workers.tasks.base import PortalTask

of_each_kind = pytest.mark.parametrize("kind", JobKind)


@pytest.fixture(scope="module")
def app(shared: Container) -> PortalApp:
    """The Celery app with all its tasks."""
    return make_app(shared)


@of_each_kind
def test_a_kind_of_job_has_a_handler(shared: Container, kind: JobKind) -> None:
    assert callable(shared._handlers()[kind])


@of_each_kind
def test_a_kind_of_job_has_a_task_and_a_queue_somebody_listens_to(
    app: PortalApp, kind: JobKind
) -> None:
    route = route_of(kind)
    assert isinstance(app.tasks[route.task], PortalTask)
    assert route.queue in {queue.name for queue in app.conf.task_queues}


@of_each_kind
def test_a_kind_of_job_has_a_name_for_the_operator(kind: JobKind) -> None:
    assert str(LABELS["job_kind"][kind])


def test_two_kinds_of_job_never_share_a_task() -> None:
    assert len({route_of(kind).task for kind in JobKind}) == len(JobKind)


def test_the_worker_listens_to_the_queues_that_the_sender_names(app: PortalApp) -> None:
    assert {queue.name for queue in app.conf.task_queues} == set(WorkQueue)


def test_every_kind_of_job_has_its_queue_written_down() -> None:
    assert set(QUEUE_OF) == set(JobKind)


@of_each_kind
def test_a_task_says_the_queue_that_its_messages_go_to(app: PortalApp, kind: JobKind) -> None:
    assert app.tasks[route_of(kind).task].queue is QUEUE_OF[kind]


@pytest.mark.parametrize("kind", [*DAILY, JobKind.REBUILD, JobKind.REMATCH, JobKind.MATCH_AGAIN])
def test_what_takes_minutes_or_comes_in_thousands_never_stands_before_a_posting(
    kind: JobKind,
) -> None:
    assert QUEUE_OF[kind] is WorkQueue.BULK


def test_nothing_but_looks_travels_in_the_queue_of_the_schedule() -> None:
    assert WorkQueue.SCHEDULE not in QUEUE_OF.values()


def test_the_schedule_calls_tasks_that_exist_in_queues_that_exist(app: PortalApp) -> None:
    schedule = app.conf.beat_schedule
    assert {entry["task"] for entry in schedule.values()} <= set(app.tasks)
    assert {entry["options"]["queue"] for entry in schedule.values()} == {WorkQueue.SCHEDULE}


def test_every_task_of_ours_is_called_by_somebody(app: PortalApp) -> None:
    ours = {name for name, task in app.tasks.items() if isinstance(task, PortalTask)}
    routed = {route_of(kind).task for kind in JobKind}
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert ours == routed | scheduled


def test_every_task_has_the_base_that_owns_the_rule_of_retries(app: PortalApp) -> None:
    prefix = task_name("")
    for name, task in app.tasks.items():
        if name.startswith(prefix):
            assert isinstance(task, PortalTask)
            assert (task.max_retries, task.acks_late) == (0, True)
            assert task.reject_on_worker_lost
            assert 0 < task.soft_time_limit < task.time_limit


def test_no_worker_takes_more_messages_than_it_works_on(app: PortalApp) -> None:
    assert app.conf.worker_prefetch_multiplier == 1
