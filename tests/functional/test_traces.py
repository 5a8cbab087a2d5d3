"""A trace leads from a request through services, statements and searches into its jobs."""

from __future__ import annotations

import gzip
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.bootstrap import Container
from matchmaker.domain.kinds import EntryKind
from matchmaker.models import Job
from matchmaker.services.accounts import Accounts
from matchmaker.web.app import create_app
from tests.conftest import SignIn
from tests.functional.test_no_personal_data import SECRETS, Broken, found_in
from tests.support.world import FAST_HASHER, World

pytest.importorskip("opentelemetry.sdk", reason="the extra `tracing` is not installed")

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from matchmaker.monitoring.otlp import OpenTelemetryTracer

PART = SECRETS["an address's part"]
INCOMING = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Kept:
    """All spans that ended."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self.exporter.get_finished_spans())

    def one(self, name: str) -> ReadableSpan:
        """The last span of a name."""
        return [span for span in self.spans if span.name == name][-1]

    def path_to(self, span: ReadableSpan) -> list[str]:
        """Names of the spans from the first to this one."""
        by_id = {held.context.span_id: held for held in self.spans if held.context}
        names = [span.name]
        while span.parent is not None and span.parent.span_id in by_id:
            span = by_id[span.parent.span_id]
            names.insert(0, span.name)
        return names


def with_tracer(container: Container, tracer: OpenTelemetryTracer) -> None:
    """Let services be built anew that trace."""
    kept = ("taxonomies", "analyser", "embedder")
    for built in [name for name in container.__dict__ if name not in (*kept, "settings")]:
        if built not in ("owns_index", "serves_web"):
            container.__dict__.pop(built)
    container.__dict__["tracer"] = tracer
    container.__dict__["accounts"] = Accounts(container.database, container.notices, FAST_HASHER)


@pytest.fixture
def kept() -> Kept:
    """Nothing yet."""
    return Kept()


@pytest.fixture
def traced(container: Container, kept: Kept) -> Container:
    """Services of which everything is traced."""
    with_tracer(container, OpenTelemetryTracer(SimpleSpanProcessor(kept.exporter)))
    return container


@pytest.fixture
def world(traced: Container) -> World:
    """Shortcuts through services that trace."""
    return World(traced)


def browser(container: Container) -> FlaskClient:
    app = create_app(container)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    return app.test_client()


@pytest.fixture
def client(traced: Container) -> FlaskClient:
    """A browser of a portal that traces."""
    return browser(traced)


def test_a_statement_belongs_to_a_service_and_that_to_the_request(
    client: FlaskClient, kept: Kept
) -> None:
    assert client.get("/entries/XQ-2026-000001").status_code == 404
    request = kept.one("GET /entries/<code>")
    paths = [kept.path_to(span) for span in kept.spans if span.name == "database SELECT"]
    assert ["GET /entries/<code>", "EntryReading.get", "database SELECT"] in paths
    assert request.kind is SpanKind.SERVER
    assert (request.attributes or {})["http.response.status_code"] == 404


def test_a_search_says_how_long_its_parts_took(
    client: FlaskClient, traced: Container, world: World, kept: Kept
) -> None:
    world.published("firm", EntryKind.DEMAND)
    world.work()
    client.get("/search?q=矿井水")
    span = kept.one("index search")
    assert kept.path_to(span) == ["GET /search", "Search.find", "index search"]
    facts = dict(span.attributes or {})
    assert facts["search.backend"] == (
        "elasticsearch" if traced.settings.search_url else "embedded"
    )
    assert {"search.whole_ms", "search.lexical_ms", "search.vectors_ms"} <= set(facts)


def test_a_job_continues_the_request_that_queued_it_through_the_table(
    client: FlaskClient, sign_in: SignIn, world: World, kept: Kept
) -> None:
    entry = world.submitted("firm", EntryKind.DEMAND)
    sign_in(client, "broker")
    form = {"decision": "publish", "version": world.reload(entry).version}
    assert client.post(f"/desk/screening/{entry.code}", data=form).status_code == 303
    asked = kept.one("POST /desk/screening/<code>")
    with world.container.database.read() as session:
        carried = session.scalars(select(Job.trace_parent).order_by(Job.id.desc())).first() or ""
    assert asked.context is not None
    assert carried.split("-")[1] == f"{asked.context.trace_id:032x}"
    world.work()
    matched = kept.one("job match")
    assert kept.path_to(matched) == [asked.name, "job embed", "job index", "job match"]
    assert matched.kind is SpanKind.CONSUMER
    inside = [kept.path_to(span)[-3:] for span in kept.spans]
    assert ["job match", "Matching.match", "index candidates"] in inside
    assert ["job match", "Matching.match", "database SELECT"] in inside


def test_a_failed_request_and_a_failed_job_are_marked(
    client: FlaskClient, traced: Container, world: World, kept: Kept
) -> None:
    def fails() -> None:
        raise RuntimeError(SECRETS["a name"])

    held = traced.organisations
    traced.__dict__["organisations"] = Broken(fails)
    assert client.get("/organisations").status_code == 500
    assert kept.one("GET /organisations").status.status_code is StatusCode.ERROR
    traced.__dict__["organisations"] = held
    world.published("firm", EntryKind.DEMAND)
    traced.runner._handlers = dict.fromkeys(traced.runner._handlers, lambda lease: fails())
    world.work()
    failed = kept.one("job embed")
    assert failed.status.status_code is StatusCode.ERROR
    assert (failed.attributes or {})["job.outcome"] == "failed"


def test_a_span_holds_nothing_that_was_typed(client: FlaskClient, kept: Kept) -> None:
    def quotes() -> None:
        raise RuntimeError(" ".join(SECRETS.values()))

    form = {"email": SECRETS["a mail address"], "password": SECRETS["a password"]}
    client.post("/account/sign-in", data=form)
    client.get("/search", query_string={"q": SECRETS["search words"]})
    client.get(f"/account/reset/{PART}")
    client.application.extensions["matchmaker"]._container.__dict__["organisations"] = Broken(
        quotes
    )
    assert client.get("/organisations").status_code == 500
    told = "\n".join(span.to_json() for span in kept.spans)
    assert len(kept.spans) > 10
    assert found_in(told) == {}


def test_a_proxy_of_ours_may_have_begun_the_trace(traced: Container, kept: Kept) -> None:
    headers = {"traceparent": INCOMING}
    browser(traced).get("/about", headers=headers)
    traced.settings = traced.settings.model_copy(update={"trusted_proxies": 1})
    browser(traced).get("/help", headers=headers)
    alone, continued = kept.one("GET /about"), kept.one("GET /help")
    assert alone.parent is None
    assert continued.context is not None
    assert f"{continued.context.trace_id:032x}" == INCOMING.split("-")[1]


def test_a_share_of_none_keeps_nothing_and_jobs_are_not_traced_either(
    container: Container, kept: Kept
) -> None:
    with_tracer(container, OpenTelemetryTracer(SimpleSpanProcessor(kept.exporter), share=0.0))
    browser(container).get("/about")
    assert kept.spans == []


@contextmanager
def collector() -> Iterator[tuple[str, list[ExportTraceServiceRequest]]]:
    """An address that takes traces as a collector does, and what it was sent."""
    taken: list[ExportTraceServiceRequest] = []

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            packed = self.headers.get("Content-Encoding") == "gzip"
            message = ExportTraceServiceRequest()
            message.ParseFromString(gzip.decompress(body) if packed else body)
            taken.append(message)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return None

    with ThreadingHTTPServer(("127.0.0.1", 0), Take) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v1/traces", taken
        finally:
            server.shutdown()
            thread.join()


def test_what_the_setting_names_is_sent_when_the_portal_ends(container: Container) -> None:
    with collector() as (url, taken):
        container.settings = container.settings.model_copy(update={"traces_url": url})
        container.__dict__.pop("tracer", None)
        browser(container).get("/about")
        container.tracer.close()
    spans = [
        span.name
        for message in taken
        for resource in message.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    assert "GET /about" in spans
    facts = {
        held.key: held.value.string_value for held in taken[0].resource_spans[0].resource.attributes
    }
    assert facts["service.name"] == "matchmaker"


def test_where_traces_are_off_their_libraries_are_not_even_read() -> None:
    program = (
        "import sys, tempfile, pathlib\n"
        "from matchmaker.config import Settings\n"
        "from matchmaker.bootstrap import Container\n"
        "from matchmaker.web.app import create_app\n"
        "import workers.serving, workers.working, workers.app\n"
        "container = Container(Settings(data_dir=pathlib.Path(tempfile.mkdtemp())))\n"
        "create_app(container).test_client().get('/healthz')\n"
        "container.runner\n"
        "read = [name for name in sys.modules if name.startswith('opentelemetry')]\n"
        "read += [name for name in sys.modules if name.startswith('prometheus_client')]\n"
        "print(sorted(read))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.strip().splitlines()[-1] == "[]", done.stderr
