"""The operator's page of background work: workers, queues, what was given up and what to do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.domain.calendar import now
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.work import JobKind, JobState, WorkQueue
from matchmaker.models import Event, Job, WorkerSeen
from matchmaker.services.attendance import Presence
from matchmaker.services.jobs import enqueue
from tests.conftest import SignIn
from tests.support.world import World

PAGE = "/en/admin/work"


@pytest.fixture
def admin(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    """A browser in which the operator is signed in."""
    sign_in(client, "admin")
    return client


def section(client: FlaskClient, title: str) -> Tag:
    page = BeautifulSoup(client.get(PAGE).text, "html.parser")
    [found] = [s for s in page.select("main section") if s.h2 and title in s.h2.get_text()]
    return found


def cells(client: FlaskClient, name: str) -> list[str]:
    """The figures of a queue or a kind of work."""
    rows = section(client, "Queues").select("tbody tr")
    [row] = [row for row in rows if row.th and row.th.get_text(strip=True) == name]
    return [cell.get_text(strip=True) for cell in row.select("td")]


def give_up(world: World, kind: JobKind, subject: str, error: str) -> int:
    with world.container.database.write() as session:
        job = session.get_one(Job, enqueue(session, kind, subject))
        job.status, job.tries, job.error = JobState.DEAD, 6, error
        job.finished_at = now()
        return job.id


def history(world: World) -> list[tuple[str, str, int | None]]:
    with world.container.database.read() as session:
        events = session.scalars(select(Event).where(Event.subject_type == "job"))
        return [(event.action, event.note, event.actor_id) for event in events]


def test_without_workers_and_failures_the_page_says_so(admin: FlaskClient) -> None:
    page = admin.get(PAGE).text
    assert "No worker has signed in." in page
    assert "Nothing was given up." in page
    assert cells(admin, "Mail") == ["0", "0", "0", "–", "0"]


def test_a_queue_counts_its_kinds_and_says_how_long_the_oldest_waits(
    admin: FlaskClient, world: World
) -> None:
    world.published("firm", EntryKind.DEMAND)
    with world.container.database.write() as session:
        job = session.scalars(select(Job).where(Job.kind == JobKind.EMBED)).one()
        job.not_before -= timedelta(minutes=5)
    assert cells(admin, "Prompt work") == ["1", "0", "0", "5 minutes", "0"]
    assert cells(admin, "Embed text") == ["1", "0", "0", "5 minutes", "0"]
    world.work()
    waiting, _, _, oldest, done = cells(admin, "Prompt work")
    assert (waiting, oldest) == ("0", "–")
    assert int(done) >= 3


def test_a_job_for_later_waits_and_makes_nothing_old(admin: FlaskClient, world: World) -> None:
    with world.container.database.write() as session:
        later = now() + timedelta(minutes=10)
        enqueue(session, JobKind.INTRODUCE, "7", not_before=later)
    assert cells(admin, "Introduce") == ["1", "0", "0", "–", "0"]


def test_a_worker_is_shown_with_what_it_does_and_one_that_fell_silent_is_marked(
    admin: FlaskClient, world: World
) -> None:
    queues = (WorkQueue.MAIL, WorkQueue.SCHEDULE)
    world.container.attendance.sign(
        Presence("h1:abc:7", "h1", 7, queues, "processes", 3, True, "1.2.3", "static@abc")
    )
    [row] = section(admin, "Workers").select("tbody tr")
    words = " ".join(row.get_text(" ", strip=True).split())
    for expected in ("h1", "Mail", "Schedule", "3 processes", "1.2.3", "static@abc", "just now"):
        assert expected in words
    assert row.select_one(".state-green") is not None
    with world.container.database.write() as session:
        session.get_one(WorkerSeen, "h1:abc:7").seen_at -= timedelta(minutes=3)
    [row] = section(admin, "Workers").select("tbody tr")
    assert row.select_one(".state-amber") is not None
    assert "3 minutes ago" in row.get_text()


@pytest.mark.parametrize(
    ("kind", "error", "sentence"),
    [
        (JobKind.SEND_MAIL, "ConnectionRefusedError: [Errno 111]", "mail server could not be"),
        (JobKind.SEND_MAIL, "smtplib.SMTPRecipientsRefused: {}", "refused the letter"),
        (JobKind.SEND_MAIL, "SMTPAuthenticationError: (535, b'no')", "user name or password"),
        (JobKind.EMBED, "EmbedderError: no model", "embedding model"),
        (JobKind.INDEX, "SearchIndexError: away", "search index"),
        (JobKind.MATCH, "SoftTimeLimitExceeded: SoftTimeLimitExceeded()", "longer than a job may"),
        (JobKind.MATCH, "The worker stopped before it was done.", "process died"),
        (JobKind.MATCH, "NotFoundError: no_entry", "no longer there"),
        (JobKind.MATCH, "KeyError: 'strange'", "It failed: KeyError: 'strange'"),
        (JobKind.MATCH, "", "without a word"),
    ],
)
def test_why_a_job_was_given_up_is_said_in_a_sentence(
    admin: FlaskClient, world: World, kind: JobKind, error: str, sentence: str
) -> None:
    give_up(world, kind, "7", error)
    [row] = section(admin, "Given up").select("tbody tr")
    summary = row.select_one("summary")
    assert summary is not None
    assert sentence in summary.get_text()


def test_an_error_cannot_write_into_the_page(admin: FlaskClient, world: World) -> None:
    give_up(world, JobKind.MATCH, "7", "ValueError: <script>alert(1)</script>")
    assert "<script>alert(1)" not in admin.get(PAGE).text


def test_a_job_is_dropped_after_a_question_and_the_history_keeps_it(
    admin: FlaskClient, world: World
) -> None:
    number = give_up(world, JobKind.SEND_MAIL, "404", "SMTPServerDisconnected: bye")
    address = f"/en/admin/work/{number}/drop"
    question = BeautifulSoup(admin.get(address).text, "html.parser")
    form = question.select_one("main form")
    assert form is not None
    assert form["action"] == address
    assert admin.post(address).status_code == 303
    assert admin.post(address).status_code == 404
    assert "Nothing was given up." in admin.get(PAGE).text
    actor = world.actor("admin").person_id
    assert history(world) == [("drop_job", "send_mail 404", actor)]
    assert "dropped a job" in admin.get("/en/admin/audit").text


def test_all_that_was_given_up_is_tried_again_at_once(admin: FlaskClient, world: World) -> None:
    for number in range(3):
        give_up(world, JobKind.MATCH, f"XQ-2026-00000{number}", "KeyError: 'strange'")
    assert admin.post("/en/admin/work/retry").status_code == 303
    counts = world.container.jobs.counts()
    assert (counts[JobState.PENDING], counts[JobState.DEAD]) == (3, 0)
    assert [action for action, _, _ in history(world)] == ["retry_job"] * 3


def test_a_job_that_waits_or_runs_cannot_be_dropped(admin: FlaskClient, world: World) -> None:
    with world.container.database.write() as session:
        number = enqueue(session, JobKind.MATCH, "XQ-2026-000001")
    assert admin.post(f"/en/admin/work/{number}/drop").status_code == 404
    assert world.container.jobs.counts()[JobState.PENDING] == 1
