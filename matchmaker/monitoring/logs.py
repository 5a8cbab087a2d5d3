"""Where log lines go and how they look: to standard error, so that printed data stays clean."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, MutableMapping, Sequence
from typing import Any

import structlog

from matchmaker.monitoring.correlation import request_id
from matchmaker.monitoring.describing import described, trace_of

#: Say in a log of their own, with texts in it, what the portal says in one line.
_REPEATS = ("elastic_transport", "celery.app.trace")

_FIRST = ("at", "level", "event", "request_id")

Line = MutableMapping[str, Any]
Processor = Callable[[Any, str, Line], Line]


class _StandardError:
    """Whatever is standard error when a line is written; tests and pagers replace it."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure_logging(level: str, *, as_json: bool = False, with_text: bool = False) -> None:
    """Send the log of the portal and its libraries to standard error.

    Args:
        level: name of the lowest level of our own that is shown; of libraries, warnings and
            worse are, because below that they quote statements, rows and addresses.
        as_json: one object a line, for programs; else for people.
        with_text: write what exceptions and libraries say; that may be personal.
    """
    stream: Any = _StandardError()
    number = logging.getLevelName(level.upper())
    number = number if isinstance(number, int) else logging.INFO
    shared, ending = _shared(with_text=with_text), _ending(as_json=as_json)
    structlog.configure(
        processors=[*shared, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(stream),
    )
    _configure_libraries(stream, max(number, logging.WARNING), [*shared], [*ending], with_text)


def tell_of_threads() -> None:
    """Have a thread that fails told of as everything is; by default its words are printed."""
    threading.excepthook = _thread_failed


def _configure_libraries(
    stream: Any, level: int, shared: Sequence[Any], ending: Sequence[Any], with_text: bool
) -> None:
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    if not with_text:
        handler.addFilter(_without_text)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _REPEATS:
        logging.getLogger(name).setLevel(max(level, logging.CRITICAL))


def _shared(*, with_text: bool) -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _add_request,
        _telling_errors(with_text=with_text),
    ]


def _ending(*, as_json: bool) -> list[Any]:
    if as_json:
        return [_in_order, structlog.processors.JSONRenderer(ensure_ascii=False)]
    return [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            timestamp_key="at",
            exception_formatter=structlog.dev.plain_traceback,
        )
    ]


def _add_request(_: Any, __: str, line: Line) -> Line:
    if name := request_id.get():
        line.setdefault("request_id", name)
    return line


def _in_order(_: Any, __: str, line: Line) -> Line:
    """What every line has comes first."""
    first = {name: line[name] for name in _FIRST if name in line}
    return {**first, **line}


def _telling_errors(*, with_text: bool) -> Processor:
    """Make text of the exceptions in a line: their trace, and those given as values."""

    def tell(_: Any, __: str, line: Line) -> Line:
        error = _raised(line.pop("exc_info", None))
        if error is not None:
            line["exception"] = trace_of(error, with_text=with_text)
        for name, value in line.items():
            if isinstance(value, BaseException):
                line[name] = described(value, with_text=with_text)
        return line

    return tell


def _raised(given: Any) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple) and isinstance(given[1], BaseException):
        return given[1]
    return sys.exc_info()[1] if given else None


def _without_text(record: logging.LogRecord) -> bool:
    """Leave numbers and types of errors in a library's sentence; what else it quotes goes."""
    record.stack_info = record.exc_text = None
    given = record.args
    if isinstance(given, tuple):
        record.args = tuple(_harmless(value) for value in given)
    elif isinstance(given, dict):
        record.args = {name: _harmless(value) for name, value in given.items()}
    return True


def _harmless(value: object) -> object:
    if isinstance(value, BaseException):
        return described(value)
    return value if isinstance(value, int | float) else "…"


def _thread_failed(failure: threading.ExceptHookArgs) -> None:
    log = structlog.get_logger(__name__)
    log.error("thread_failed", exc_info=failure.exc_value or failure.exc_type())
