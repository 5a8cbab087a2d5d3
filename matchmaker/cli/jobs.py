"""`matchmaker jobs`: the table of background work."""

from __future__ import annotations

import click

from matchmaker.cli.printing import json_option, print_json, print_table
from matchmaker.cli.running import services
from matchmaker.domain.work import JobState

_COLUMNS = (
    "id",
    "kind",
    "subject",
    "status",
    "tries",
    "not_before",
    "lease_until",
    "created_at",
    "finished_at",
    "error",
)


@click.group()
def jobs() -> None:
    """Look at background work."""


@jobs.command("list")
@click.option(
    "--state",
    type=click.Choice([str(state) for state in JobState]),
    help="Only jobs in this state.",
)
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="Most jobs."
)
@json_option
def list_jobs(state: str | None, limit: int, as_json: bool) -> None:
    """List jobs, newest first."""
    with services() as container:
        held = container.jobs.listed(JobState(state) if state else None, limit)
        counts = container.jobs.counts()
    rows = [{name: getattr(job, name) for name in _COLUMNS} for job in held]
    if as_json:
        print_json({"counts": counts, "jobs": rows})
        return
    header = ("id", "kind", "subject", "status", "tries", "error")
    print_table(header, [[str(row[name])[:80] for name in header] for row in rows])
    click.echo(", ".join(f"{number} {name}" for name, number in counts.items()) + ".")


@jobs.command()
@click.argument("job_id", type=int, required=False)
@click.option("--all", "every", is_flag=True, help="Retry every dead job.")
def retry(job_id: int | None, every: bool) -> None:
    """Give the dead job JOB_ID a fresh set of tries."""
    if every == (job_id is not None):
        raise click.UsageError("Give a job's number, or --all.")
    with services() as container:
        if job_id is None:
            number = container.work.retry_all()
        else:
            container.work.retry(job_id)
            number = 1
    click.echo(f"{number} queued again.")
