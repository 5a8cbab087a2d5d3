"""Every job and every periodic name has a task, and settings choose how it travels."""

from __future__ import annotations

from pathlib import Path

import pytest

from matchmaker.bootstrap import Container
from matchmaker.domain.work import JobKind, WorkQueue
from matchmaker.services.waking import route_of, task_name
from tests.conftest import settings_for
from workers.app import make_app
from workers.schedule import PULSE_SECONDS, beat_schedule


@pytest.mark.parametrize("kind", list(JobKind))
def test_every_kind_of_job_has_a_task_in_a_queue_a_worker_listens_to(
    container: Container, kind: JobKind
) -> None:
    app = make_app(container)
    assert route_of(kind).task in app.tasks
    assert route_of(kind).queue in {queue.name for queue in app.conf.task_queues}


def test_everything_that_is_scheduled_has_a_task(container: Container) -> None:
    app = make_app(container)
    names = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert names <= set(app.tasks)
    assert names == {
        task_name(name)
        for name in (
            "reap",
            "beat",
            "queue_daily",
            "sweep",
            "look_after_index",
            "queue_repair",
        )
    }


def test_periodic_tasks_go_where_a_worker_listens_and_expire() -> None:
    for entry in beat_schedule(5.0).values():
        assert entry["options"]["queue"] == WorkQueue.SCHEDULE
        assert entry["options"]["expires"] >= 5.0


def test_lost_jobs_are_looked_for_as_often_as_the_settings_say() -> None:
    assert beat_schedule(0.5)["reap"]["schedule"] == 0.5
    assert beat_schedule(0.5)["beat"]["schedule"] == PULSE_SECONDS


def test_without_redis_work_travels_in_memory_and_is_heard_at_once(container: Container) -> None:
    conf = make_app(container).conf
    assert conf.broker_url.startswith("memory:")
    assert conf.broker_transport_options["polling_interval"] <= 0.02


def test_with_redis_lost_messages_come_back_and_a_hung_server_is_given_up(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, redis_url="redis://127.0.0.1:1/0", lease_seconds=900)
    conf = make_app(Container(settings)).conf
    assert conf.broker_url == "redis://127.0.0.1:1/0"
    assert conf.broker_transport_options["visibility_timeout"] >= 1800
    assert conf.broker_transport_options["unacked_restore_throttle"] == 1
    assert conf.broker_transport_options["socket_timeout"] > 0


def test_only_json_is_accepted(container: Container) -> None:
    conf = make_app(container).conf
    assert conf.accept_content == ["json"]
    assert conf.task_serializer == "json"
