"""Background work: workers, queues, what was given up and what to do about it; the outbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import format_timedelta, gettext, ngettext
from werkzeug.wrappers import Response

from matchmaker.domain.policy import Permission
from matchmaker.domain.work import JobKind, JobState
from matchmaker.models import Job
from matchmaker.services.health import SILENCE
from matchmaker.services.work import KindOfWork, QueueOfWork
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.admin import admin
from matchmaker.web.admin.failures import sentence_of
from matchmaker.web.frame import Link
from matchmaker.web.labels import LABELS, label
from matchmaker.web.paging import Page

_PER_PAGE = 50
#: Failures shown on the page of all work; the list of jobs has the rest.
_FAILURES = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A queue, or a kind of work in it, with its figures; ages in words, "" where nothing waits."""

    name: str
    is_queue: bool
    waiting: int
    running: int
    failed: int
    oldest: str
    done: int


@admin.get("/work")
@requires(Permission.ADMINISTER)
def work() -> str:
    """Who works, what waits, and what was given up."""
    queues = services().work.queues()
    failed = sum(queue.total("failed") for queue in queues)
    return render_template(
        "admin/work.html",
        workers=[
            {"row": row, "silent": age > SILENCE} for row, age in services().attendance.seen()
        ],
        lines=[line for queue in queues for line in _lines(queue)],
        failures=services().work.failures(_FAILURES),
        failed=failed,
        sentence_of=sentence_of,
        subject_of=subject_in_words,
        engines=services().health.report(),
    )


@admin.get("/work/<int:number>/drop")
@requires(Permission.ADMINISTER)
def ask_drop(number: int) -> str:
    """Ask before a job is dropped."""
    job = services().work.failure(number)
    return render_template("admin/work_drop.html", job=job, subject=subject_in_words(job))


@admin.post("/work/<int:number>/drop")
@requires(Permission.ADMINISTER)
def drop(number: int) -> Response:
    """Drop a job that was given up."""
    services().work.drop(number, current_actor())
    flash(gettext("The job is dropped."), "success")
    return redirect(url_for("admin.work"), 303)


@admin.post("/work/retry")
@requires(Permission.ADMINISTER)
def retry_all() -> Response:
    """Give every job that was given up a fresh set of tries."""
    number = services().work.retry_all(current_actor())
    message = ngettext("%(num)s job runs again.", "%(num)s jobs run again.", number)
    flash(message, "success")
    return redirect(url_for("admin.work"), 303)


@admin.get("/jobs")
@requires(Permission.ADMINISTER)
def jobs() -> str:
    """Jobs by state; those given up come first, because they wait for a person."""
    counts, page = services().jobs.counts(), Page.asked(_PER_PAGE)
    default = JobState.DEAD if counts[JobState.DEAD] else JobState.PENDING
    wanted = request.args.get("state", default)
    state = JobState(wanted) if wanted in JobState.__members__.values() else default
    tabs = [
        Link(str(name), url_for("admin.jobs", state=code), code == state, counts[JobState(code)])
        for code, name in LABELS["job_state"].items()
    ]
    return render_template(
        "admin/jobs.html",
        rows=services().jobs.listed(state, _PER_PAGE, page.offset),
        state=state,
        tabs=tabs,
        page=page.of(counts[state]),
    )


@admin.post("/jobs/<int:number>/retry")
@requires(Permission.ADMINISTER)
def retry(number: int) -> Response:
    """Give a job that was given up a fresh set of tries."""
    services().work.retry(number, current_actor())
    flash(gettext("The job runs again."), "success")
    return redirect(url_for("admin.work"), 303)


@admin.get("/mail")
@requires(Permission.ADMINISTER)
def mail() -> str:
    """Letters, newest first; without a mail server this is where they stay."""
    page = Page.asked()
    rows, total = services().mailing.outbox(page.offset, page.per_page)
    return render_template("admin/mail.html", rows=rows, page=page.of(total))


def subject_in_words(job: Job) -> str:
    """What a job concerns, as the operator knows it."""
    if job.kind is JobKind.INTRODUCE:
        return f"{label('match', 'subject')} {job.subject}"
    return job.subject


def in_words(seconds: float) -> str:
    """A span of time, roughly."""
    return str(format_timedelta(timedelta(seconds=max(1, round(seconds)))))


def _lines(queue: QueueOfWork) -> Iterator[Line]:
    """The queue as a whole, then those of its kinds of which there is anything."""
    yield Line(
        label(queue.queue, "work_queue"),
        True,
        queue.total("waiting"),
        queue.total("running"),
        queue.total("failed"),
        _age(queue.oldest),
        queue.total("done"),
    )
    if len(queue.kinds) > 1:
        yield from (_line(kind) for kind in queue.kinds if _any_of(kind))


def _line(kind: KindOfWork) -> Line:
    return Line(
        label(kind.kind, "job_kind"),
        False,
        kind.waiting,
        kind.running,
        kind.failed,
        _age(kind.oldest),
        kind.done,
    )


def _any_of(kind: KindOfWork) -> bool:
    return bool(kind.waiting or kind.running or kind.failed or kind.done)


def _age(seconds: float | None) -> str:
    return "" if seconds is None else in_words(seconds)
