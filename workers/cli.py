"""The commands that run processes: `matchmaker serve` and `matchmaker worker`."""

from __future__ import annotations

import click

from matchmaker.cli.running import configured
from matchmaker.domain.work import WorkQueue


@click.command()
@click.option("--host", help="Address to listen on, in place of MATCHMAKER_HOST.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port, in place of MATCHMAKER_PORT.")
@click.option(
    "--with-samples/--no-samples",
    "samples",
    default=None,
    help="Whether a first start loads the sample data with its accounts  "
    "[default: only on this machine, in the embedded profile]",
)
def serve(host: str | None, port: int | None, samples: bool | None) -> None:
    """Serve the portal: web, worker and schedule in one process."""
    settings = configured()
    changes = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    from workers.serving import serve as run

    run(settings.model_copy(update=changes), samples=samples)


def _queues(_: click.Context, __: click.Parameter, text: str) -> tuple[WorkQueue, ...]:
    names = [name.strip() for name in text.split(",")]
    if unknown := sorted(set(names) - {queue.value for queue in WorkQueue}):
        raise click.BadParameter(f"there is no queue {', '.join(unknown)}")
    return tuple(WorkQueue(name) for name in dict.fromkeys(names))


@click.command()
@click.option("--beat", is_flag=True, help="Keep the schedule too, in turns with others that do.")
@click.option(
    "--queues",
    default=",".join(WorkQueue),
    show_default=True,
    callback=_queues,
    help="What to listen to, with commas between.",
)
@click.option(
    "--threads", type=click.IntRange(1, 64), help="In place of MATCHMAKER_WORKER_THREADS."
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    help="Work in processes in place of threads: limits in time and memory hold. Needs "
    "PostgreSQL and, except for mail alone, Elasticsearch.",
)
def worker(
    beat: bool, queues: tuple[WorkQueue, ...], threads: int | None, processes: int | None
) -> None:
    """Work through jobs in a process of its own; needs Redis (MATCHMAKER_REDIS_URL)."""
    from workers.working import Plan, work

    if threads and processes:
        raise click.UsageError("Give --threads or --processes, not both.")
    work(configured(), Plan(queues, beat, threads, processes))


@click.command("beat")
def keep_schedule() -> None:
    """Keep the schedule alone; of several that run, one acts and the others stand by."""
    from workers.working import keep_time

    keep_time(configured())
