"""The Celery app: how work travels; what is done, and how often it is tried, the job table says."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from celery import Celery
from kombu.entity import Queue

from matchmaker.domain.work import WorkQueue
from matchmaker.services.waking import BackgroundWaker
from workers.limits import limits_of
from workers.schedule import beat_schedule
from workers.tasks.jobs import job_tasks
from workers.tasks.upkeep import upkeep_tasks

if TYPE_CHECKING:
    from matchmaker.bootstrap import Container
    from matchmaker.config import Settings

MEMORY = "memory://localhost/"


class PortalApp(Celery):
    """A Celery app that knows the services its tasks call."""

    def __init__(self, container: Container) -> None:
        settings = container.settings
        super().__init__("matchmaker", broker=settings.redis_url or MEMORY, set_as_current=False)
        self.container = container
        self.conf.update(_configuration(settings))

    def put(self, task: str, args: tuple[Any, ...], queue: str) -> None:
        """Hand one message to the broker.

        Raises:
            OSError, kombu.exceptions.OperationalError: it can't be reached.
        """
        self.send_task(task, args=args, queue=queue, ignore_result=True, retry=False)

    def worker_of(
        self,
        pool: str,
        concurrency: int,
        queues: Collection[WorkQueue],
        when_ready: Callable[[object], None],
    ) -> Any:
        """Make Celery's worker, which `start` runs in the calling thread.

        It talks to the broker alone: workers need not know of each other.

        Args:
            pool: `threads` or `prefork`.
            concurrency: threads or processes that work on tasks.
            queues: what it listens to.
            when_ready: called each time it begins to take tasks.
        """
        return self.WorkController(
            pool=pool,
            concurrency=concurrency,
            queues=list(queues),
            ready_callback=when_ready,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )


def make_app(container: Container) -> PortalApp:
    """Build the app with all its tasks.

    Args:
        container: the services the tasks call, the same in every thread.
    """
    app = PortalApp(container)
    for task in (*job_tasks(), *upkeep_tasks()):
        limits = limits_of(task.queue, container.settings)
        task.soft_time_limit, task.time_limit = limits
        app.register_task(task)
    app.finalize()
    return app


def wake_after_commits(container: Container, app: PortalApp) -> BackgroundWaker:
    """Have every commit that queued a job wake a worker.

    Returns:
        The waker, to be closed when the process ends.
    """
    waker = BackgroundWaker(app.put, follow=container.statistics.follow)
    container.database.on_commit(waker.wake)
    return waker


def _configuration(settings: Settings) -> dict[str, Any]:
    return {
        "accept_content": ["json"],
        "beat_schedule": beat_schedule(settings.reap_seconds),
        # A full Redis refuses single commands; the worker must outlive that as it does a lost one.
        "broker_channel_error_retry": True,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": _transport_options(settings),
        "task_acks_late": True,
        "task_default_queue": WorkQueue.INTERACTIVE.value,
        "task_ignore_result": True,
        "task_queues": [Queue(queue.value) for queue in WorkQueue],  # type: ignore[no-untyped-call]
        "task_reject_on_worker_lost": True,
        "task_serializer": "json",
        "timezone": "Asia/Shanghai",
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_enable_remote_control": False,
        "worker_hijack_root_logger": False,
        "worker_max_memory_per_child": settings.worker_memory_mb * 1024 or None,
        "worker_prefetch_multiplier": 1,
    }


def _transport_options(settings: Settings) -> dict[str, Any]:
    if not settings.redis_url:
        # The default of one second is what a wake-up would wait for.
        return {"polling_interval": 0.02}
    return {
        # A message that was not acknowledged comes back; the job table makes it harmless.
        "visibility_timeout": max(600, round(settings.lease_seconds * 2)),
        # Kombu looks for such messages on every tenth occasion only, unless told otherwise.
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 3,
        "socket_timeout": 10,
        "global_keyprefix": "matchmaker:",
    }
