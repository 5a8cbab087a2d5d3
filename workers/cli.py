"""The commands that run processes: `matchmaker serve` and `matchmaker worker`."""

from __future__ import annotations

import click

from matchmaker.cli.running import configured


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


@click.command()
@click.option("--beat", is_flag=True, help="Send the periodic work too; one worker should.")
@click.option(
    "--threads", type=click.IntRange(1, 64), help="In place of MATCHMAKER_WORKER_THREADS."
)
def worker(beat: bool, threads: int | None) -> None:
    """Work through jobs in a process of its own; needs Redis (MATCHMAKER_REDIS_URL)."""
    from workers.working import work

    work(configured(), with_schedule=beat, threads=threads)
