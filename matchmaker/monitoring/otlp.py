"""Traces by OpenTelemetry, sent by OTLP over HTTP; imported only where somebody collects them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from matchmaker.monitoring.tracing import Fact, Role

_CARRIER = TraceContextTextMapPropagator()
_HEADER = "traceparent"
_KINDS = {
    Role.SERVER: SpanKind.SERVER,
    Role.CONSUMER: SpanKind.CONSUMER,
    Role.WITHIN: SpanKind.INTERNAL,
}


def sending_tracer(url: str, share: float) -> OpenTelemetryTracer:
    """A tracer that sends what it keeps, in batches and from a thread of its own.

    Args:
        url: where to, such as `http://collector:4318/v1/traces`.
        share: of the requests that nobody before us decided about.
    """
    return OpenTelemetryTracer(BatchSpanProcessor(OTLPSpanExporter(endpoint=url)), share)


class OpenTelemetryTracer:
    """Implements `Tracer`; messages of exceptions are left out, since they may be personal.

    Args:
        processor: what becomes of spans that ended.
        share: of the requests that nobody before us decided about, from 0 to 1.
    """

    on = True

    def __init__(self, processor: SpanProcessor, share: float = 1.0) -> None:
        facts = {SERVICE_NAME: "matchmaker", SERVICE_VERSION: version("matchmaker")}
        sampler = ParentBased(TraceIdRatioBased(share))
        self._provider = TracerProvider(sampler=sampler, resource=Resource(facts))
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("matchmaker")

    @contextmanager
    def span(
        self, name: str, parent: str = "", role: Role = Role.WITHIN, **facts: Fact
    ) -> Iterator[_Kept]:
        """See `Tracer.span`."""
        before = _CARRIER.extract({_HEADER: parent}) if parent else None
        with self._tracer.start_as_current_span(
            name,
            context=before,
            kind=_KINDS[role],
            attributes=facts,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            kept = _Kept(span)
            try:
                yield kept
            except BaseException as error:
                kept.failed(type(error).__name__)
                raise

    def past(self, name: str, began_at: int, **facts: Fact) -> None:
        """See `Tracer.past`."""
        span = self._tracer.start_span(
            name, start_time=began_at, kind=SpanKind.CLIENT, attributes=facts
        )
        span.end()

    def close(self) -> None:
        """See `Tracer.close`."""
        self._provider.shutdown()


class _Kept:
    """Implements `Span`."""

    def __init__(self, span: Span) -> None:
        self._span = span

    @property
    def parent_of_jobs(self) -> str:
        carried: dict[str, str] = {}
        _CARRIER.inject(carried, set_span_in_context(self._span))
        return carried.get(_HEADER, "")

    def note(self, **facts: Fact) -> None:
        self._span.set_attributes(facts)

    def failed(self, why: str) -> None:
        self._span.set_status(Status(StatusCode.ERROR, why))
