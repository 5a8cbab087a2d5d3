"""`/metrics`: who may read it, and that its figures are those of what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import event

from matchmaker.bootstrap import Container
from matchmaker.domain.calendar import now
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.work import JobKind, JobState
from matchmaker.models import Job
from matchmaker.services.gauges import Gauges
from matchmaker.web.app import create_app
from search_index.backends.base import SearchIndexError
from search_index.backends.elasticsearch import Node
from tests.conftest import SignIn
from tests.support.world import World
from workers.metrics_port import show_metrics

TOKEN = "a-token-of-this-test"
BEARER = {"Authorization": f"Bearer {TOKEN}"}

Values = dict[tuple[str, ...], float]


def values_of(text: str, name: str) -> Values:
    """What a metric says, by the values of its labels in the order of their names."""
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == f"matchmaker_{name}"
    }


@pytest.fixture
def measured(container: Container) -> Container:
    """Services that measure; none of them was built before it was known."""
    container.settings = container.settings.model_copy(update={"metrics_token": SecretStr(TOKEN)})
    for built in ("database", "meters"):
        container.__dict__.pop(built, None)
    container.__dict__.pop("accounts")
    container.__dict__["gauges"] = Gauges(container.database, container.health, 0)
    return container


@pytest.fixture
def client(measured: Container) -> FlaskClient:
    """A browser of a portal that measures."""
    app = create_app(measured)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    return app.test_client()


@pytest.fixture
def world(measured: Container) -> World:
    """Shortcuts through services that measure."""
    return World(measured)


@pytest.fixture
def look(client: FlaskClient) -> Callable[[str], Values]:
    """Reads one metric as Prometheus does."""

    def read(name: str) -> Values:
        answer = client.get("/metrics", headers=BEARER)
        assert answer.status_code == 200
        return values_of(answer.text, name)

    return read


def test_without_a_token_there_is_no_such_page(portal: Any) -> None:
    assert portal.test_client().get("/metrics", headers=BEARER).status_code == 404


@pytest.mark.parametrize("given", ["", TOKEN, f"Bearer {TOKEN}x", "Bearer ", "Basic " + TOKEN])
def test_only_the_bearer_of_the_token_reads(client: FlaskClient, given: str) -> None:
    answer = client.get("/metrics", headers={"Authorization": given})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "matchmaker" not in answer.text


def test_requests_are_counted_by_pattern_and_status(
    client: FlaskClient, look: Callable[[str], Values]
) -> None:
    for address in ("/entries/XQ-2026-000001", "/entries/XQ-2026-000002", "/about", "/no/where"):
        client.get(address)
    assert look("requests_total") == {
        ("GET", "/entries/<code>", "404"): 2,
        ("GET", "/about", "200"): 1,
        ("GET", "unmatched", "404"): 1,
    }
    assert look("request_seconds_count")["/entries/<code>",] == 2


def test_a_client_can_not_make_series_of_its_own(
    client: FlaskClient, look: Callable[[str], Values]
) -> None:
    for number in range(30):
        client.open(f"/made/up/{number}", method=f"VERB{number}")
        client.get(f"/search?q={number}")
    routes = {key[:2] for key in look("requests_total")}
    assert routes <= {("other", "unmatched"), ("GET", "/search"), ("GET", "/metrics")}


def test_refusals_of_too_many_requests_are_counted(
    client: FlaskClient, measured: Container, look: Callable[[str], Values]
) -> None:
    measured.settings.__dict__["sign_in_limit"] = "2 per minute"
    form = {"email": "nobody@example.org", "password": "wrong"}
    tries = [client.post("/account/sign-in", data=form).status_code for _ in range(4)]
    assert look("rate_limit_refusals_total") == {("/account/sign-in",): tries.count(429)}
    assert tries.count(429) >= 1


def test_jobs_are_counted_by_kind_and_outcome_and_timed(
    world: World, look: Callable[[str], Values]
) -> None:
    world.published("firm", EntryKind.DEMAND)
    world.work()
    runs = look("job_runs_total")
    assert {("index", "done"), ("match", "done"), ("embed", "done")} <= set(runs)
    assert look("job_seconds_count")["match",] == runs["match", "done"]


def test_jobs_that_wait_are_read_by_kind_and_state_with_the_age_of_the_oldest(
    world: World, measured: Container, look: Callable[[str], Values]
) -> None:
    with measured.database.write() as session:
        for minutes, subject, state in (
            (5, "a", JobState.PENDING),
            (9, "b", JobState.PENDING),
            (-60, "c", JobState.PENDING),
            (70, "d", JobState.DEAD),
        ):
            due = now() - timedelta(minutes=minutes)
            job = Job(
                kind=JobKind.MATCH, subject=subject, status=state, not_before=due, created_at=due
            )
            session.add(job)
    jobs = look("jobs")
    assert (jobs["match", "pending"], jobs["match", "dead"], jobs["match", "running"]) == (3, 1, 0)
    assert len(jobs) == len(JobKind) * 3
    oldest = look("job_oldest_due_seconds")
    assert 540 <= oldest["match",] < 600
    assert oldest["rebuild",] == 0


def test_matches_and_the_lag_of_the_index_are_read(
    world: World, look: Callable[[str], Values]
) -> None:
    world.published("firm", EntryKind.DEMAND)
    world.published("university", EntryKind.ACHIEVEMENT)
    assert look("index_lag_entries") == {(): 2}
    assert look("index_lag_seconds")[()] >= 0
    world.work()
    assert look("index_lag_entries") == {(): 0}
    assert look("index_lag_seconds") == {(): 0}
    matches = look("matches")
    assert matches["suggested",] == 1
    assert matches["rejected",] == 0


def test_searches_are_timed_by_backend_and_part(
    client: FlaskClient, measured: Container, world: World, look: Callable[[str], Values]
) -> None:
    backend = "elasticsearch" if measured.settings.search_url else "embedded"
    world.published("firm", EntryKind.DEMAND)
    world.work()
    before = look("search_seconds_count")
    client.get("/search?q=矿井水")
    after = look("search_seconds_count")
    for part in ("whole", "lexical", "vectors"):
        assert after[backend, part] > before.get((backend, part), 0.0)


def test_the_simple_search_is_timed_as_the_databases(
    client: FlaskClient, measured: Container, look: Callable[[str], Values]
) -> None:
    measured.search._rest_until = float("inf")
    client.get("/search?q=矿井水")
    assert look("search_seconds_count") == {("database", "whole"): 1}


def test_the_breaker_before_elasticsearch_shows_that_it_opened(
    measured: Container, look: Callable[[str], Values]
) -> None:
    assert look("search_breaker_open") == {(): 0}
    settings = {"search_url": "http://127.0.0.1:1"}
    measured.settings = measured.settings.model_copy(update=settings)
    shelf: Any = measured._search_cluster()
    node: Node = shelf._node
    with pytest.raises(SearchIndexError):
        node.call(lambda client: client.info())
    assert look("search_breaker_open") == {(): 1}
    node._breaker.succeeded()
    assert look("search_breaker_open") == {(): 0}


def test_connections_in_use_are_counted(measured: Container, look: Callable[[str], Values]) -> None:
    assert look("database_connections_in_use") == {(): 0}
    with measured.database.read() as session:
        session.connection()
        assert look("database_connections_in_use") == {(): 1}
    assert look("database_connections_in_use") == {(): 0}
    assert look("database_connections_kept")[()] > 0


def test_engines_that_are_away_are_read_as_0(
    measured: Container, client: FlaskClient, look: Callable[[str], Values], tmp_path: Path
) -> None:
    engines = look("engine_up")
    assert (engines["database",], engines["worker",]) == (1, 0)
    measured.health._taken_at = float("-inf")
    from tests.functional.test_failures import lose_database

    lose_database(measured, tmp_path)
    assert look("engine_up") == {("database",): 0, ("index",): 0, ("worker",): 0}
    assert look("matches") == {}
    assert look("index_lag_entries") == {}


def test_looking_often_asks_the_database_once(measured: Container, client: FlaskClient) -> None:
    measured.__dict__["gauges"] = Gauges(measured.database, measured.health)
    measured.__dict__.pop("exposition", None)
    asked: list[str] = []

    def note(_: Any, __: Any, statement: str, *more: Any) -> None:
        if statement.startswith("SELECT") and "clock_timestamp" not in statement:
            asked.append(statement)

    measured.health.report()
    event.listen(measured.database.engine, "before_cursor_execute", note)
    for _ in range(5):
        assert client.get("/metrics", headers=BEARER).status_code == 200
    event.remove(measured.database.engine, "before_cursor_execute", note)
    assert len(asked) == 3, asked


def test_the_process_says_what_it_is(measured: Container, look: Callable[[str], Values]) -> None:
    [labels] = look("build_info")
    assert str(measured.settings.profile) in labels
    assert look("process_start_time_seconds")[()] > 1.7e9


@pytest.fixture
def port(measured: Container, unused_port: int) -> Iterator[str]:
    """The address at which a worker shows its metrics."""
    measured.settings = measured.settings.model_copy(update={"metrics_port": unused_port})
    server = show_metrics(measured)
    assert server is not None
    yield f"http://127.0.0.1:{unused_port}/metrics"
    server.shutdown()
    server.server_close()


@pytest.fixture
def unused_port() -> int:
    """A port that nobody listens on."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def test_a_worker_shows_its_metrics_on_a_port(port: str, world: World) -> None:
    world.published("firm", EntryKind.DEMAND)
    world.work()
    with urlopen(Request(port, headers=BEARER), timeout=10) as answer:
        text = answer.read().decode()
    assert values_of(text, "job_runs_total")["index", "done"] == 1


def test_the_port_asks_for_the_token_too(port: str) -> None:
    with pytest.raises(HTTPError) as refused:
        urlopen(port, timeout=10)
    assert refused.value.code == 401
    refused.value.close()


def test_signing_in_is_no_series_of_its_own(
    client: FlaskClient, sign_in: SignIn, look: Callable[[str], Values]
) -> None:
    sign_in(client, "firm")
    sign_in(client, "rival")
    assert look("requests_total") == {("POST", "/account/sign-in", "303"): 2}
