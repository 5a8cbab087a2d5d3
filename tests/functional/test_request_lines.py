"""A request has a name that follows it into its answer, its history, its jobs and its lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from matchmaker.bootstrap import Container
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.work import JobKind
from matchmaker.models import Event, Job
from matchmaker.services.job_runner import JobRunner
from matchmaker.services.jobs import Lease, LeaseLostError
from matchmaker.web.app import create_app
from tests.conftest import SignIn, settings_for
from tests.support.logs import Written, written_log
from tests.support.world import World

GIVEN = "3f2b9c1e-7a64-4d3e-9f00-1c2d3e4f5a6b"


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator[Written]:
    """The log from now on."""
    with written_log(capsys) as written:
        yield written


@pytest.fixture
def behind_a_proxy(container: Container) -> FlaskClient:
    """A browser of a portal that stands behind a proxy of ours."""
    container.settings = container.settings.model_copy(update={"trusted_proxies": 1})
    return create_app(container).test_client()


def request_lines(log: Written) -> list[dict[str, Any]]:
    return log.lines("request")


def test_an_answer_carries_the_name_its_line_has(client: FlaskClient, log: Written) -> None:
    answer = client.get("/")
    [line] = request_lines(log)
    assert len(line["request_id"]) == 16
    assert answer.headers["X-Request-ID"] == line["request_id"]


def test_two_requests_have_two_names(client: FlaskClient) -> None:
    names = {client.get("/about").headers["X-Request-ID"] for _ in range(2)}
    assert len(names) == 2


def test_a_proxy_of_ours_may_name_a_request(behind_a_proxy: FlaskClient, log: Written) -> None:
    answer = behind_a_proxy.get("/about", headers={"X-Request-ID": GIVEN})
    assert answer.headers["X-Request-ID"] == GIVEN
    assert request_lines(log)[0]["request_id"] == GIVEN


@pytest.mark.parametrize(
    "given", ["short", "x" * 41, "wang@example.org", "a b c d e f g h", "王" * 9]
)
def test_a_name_that_is_none_is_replaced(behind_a_proxy: FlaskClient, given: str) -> None:
    headers = {"X-Request-ID": given.encode().decode("latin-1")}
    answer = behind_a_proxy.get("/about", headers=headers)
    assert answer.headers["X-Request-ID"] != given


def test_nobody_else_may_name_a_request(client: FlaskClient) -> None:
    answer = client.get("/about", headers={"X-Request-ID": GIVEN})
    assert answer.headers["X-Request-ID"] != GIVEN


@pytest.mark.parametrize("address", ["/nothing-here", "/admin/jobs", "/entries/XQ-2026-999999"])
def test_a_page_of_an_error_shows_the_name(
    client: FlaskClient, sign_in: SignIn, address: str
) -> None:
    sign_in(client, "firm")
    answer = client.get(address)
    assert answer.status_code in (403, 404)
    assert answer.headers["X-Request-ID"] in answer.text


def test_a_line_says_what_was_asked_and_not_with_which_words(
    client: FlaskClient, sign_in: SignIn, log: Written
) -> None:
    sign_in(client, "firm")
    client.get("/search?q=矿井水")
    line = request_lines(log)[-1]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/search", 200)
    assert line["duration_ms"] > 0
    assert line["queries"] >= 2
    assert "矿井水" not in log.text


def test_the_pattern_stands_for_the_address(client: FlaskClient, log: Written) -> None:
    client.get("/entries/XQ-2026-000042")
    client.open("/no/such/place", method="STEAL")
    first, second = request_lines(log)
    assert first["route"] == "/entries/<code>"
    assert (second["method"], second["route"], second["status"]) == ("other", "unmatched", 404)


def test_people_go_by_a_keyed_pseudonym(
    portal: Flask, container: Container, sign_in: SignIn, log: Written
) -> None:
    for who in ("firm", "firm", "rival"):
        client = portal.test_client()
        sign_in(client, who)
        client.get("/workspace")
    portal.test_client().get("/workspace")
    first, again, other, nobody = (
        line.get("actor") for line in request_lines(log) if line["route"] == "/workspace"
    )
    assert first == again != other
    assert nobody is None
    changed = container.settings.model_copy(update={"secret_key": settings_for_other_key()})
    container.settings = changed
    client = create_app(container).test_client()
    client.application.config["WTF_CSRF_ENABLED"] = False
    sign_in(client, "firm")
    client.get("/workspace")
    assert request_lines(log)[-1]["actor"] not in (first, other)


def settings_for_other_key() -> Any:
    from pydantic import SecretStr

    return SecretStr("another secret for tests")


def test_probes_and_files_are_told_of_at_debug_only(client: FlaskClient, log: Written) -> None:
    client.get("/healthz")
    client.get("/static/css/app.css").close()
    assert {line["level"] for line in request_lines(log)} == {"debug"}


def test_a_deeds_name_goes_with_its_history_and_its_jobs(
    client: FlaskClient, sign_in: SignIn, world: World, log: Written
) -> None:
    entry = world.submitted("firm", EntryKind.DEMAND)
    sign_in(client, "broker")
    form = {"decision": "publish", "version": world.reload(entry).version}
    answer = client.post(f"/desk/screening/{entry.code}", data=form)
    assert answer.status_code == 303
    name = answer.headers["X-Request-ID"]
    with world.container.database.read() as session:
        published = session.scalars(select(Event.request_id).order_by(Event.id.desc())).first()
        queued = session.scalars(select(Job.request_id).where(Job.kind == JobKind.EMBED)).one()
    assert (published, queued) == (name, name)
    world.work()
    done = [line for line in log.lines("job") if line["request_id"] == name]
    assert {"embed", "index", "match"} <= {line["kind"] for line in done}
    assert {line["outcome"] for line in done} == {"done"}
    assert all(line["tries"] == 1 and line["queries"] > 0 for line in done)


def test_lines_within_a_job_say_which_job(world: World, container: Container, log: Written) -> None:
    def fails(lease: Lease) -> None:
        raise RuntimeError(f"{lease.subject} can't be read")

    entry = world.published("firm", EntryKind.DEMAND)
    JobRunner(container.jobs, dict.fromkeys(JobKind, fails)).drain()
    [failed, *_] = [line for line in log.lines("job_failed") if line["kind"] == "embed"]
    [told, *_] = [line for line in log.lines("job") if line["kind"] == "embed"]
    assert (failed["job"], told["outcome"]) == (told["job"], "failed")
    assert failed["request_id"] == told["request_id"] == f"job-{told['job']}"
    assert "RuntimeError" in failed["exception"]
    assert entry.code not in log.text


def test_a_lost_lease_is_an_outcome_of_its_own(
    world: World, container: Container, log: Written
) -> None:
    def loses(lease: Lease) -> None:
        raise LeaseLostError("lease_lost", job=lease.job_id)

    world.published("firm", EntryKind.DEMAND)
    JobRunner(container.jobs, dict.fromkeys(JobKind, loses)).drain()
    assert {line["outcome"] for line in log.lines("job")} == {"lease_lost"}


@pytest.mark.parametrize(("limit", "told"), [(1, True), (0, False)])
def test_a_slow_statement_is_told_of_without_its_parameters(
    template: Any, tmp_path: Any, log: Written, limit: int, told: bool
) -> None:
    container = Container(settings_for(tmp_path, slow_query_ms=limit))
    slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most) "
    with container.database.read() as session:
        session.execute(text(slow + "SELECT count(*) FROM n"), {"most": 300_001})
    container.close()
    lines = [line for line in log.lines("slow_query") if "RECURSIVE" in line["statement"]]
    assert bool(lines) is told
    assert "300001" not in log.text
    assert "300_001" not in log.text


def test_a_slow_job_is_told_of(container: Container, world: World, log: Written) -> None:
    from matchmaker.monitoring.job_watch import JobWatch

    world.published("firm", EntryKind.DEMAND)
    watch = JobWatch(slow_seconds=1e-9)
    JobRunner(container.jobs, container._handlers(), watch=watch).drain()
    assert {line["kind"] for line in log.lines("slow_job")} >= {"index", "match"}
