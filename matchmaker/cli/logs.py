"""Where log lines go: to standard error, so that printed data stays clean."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

#: Libraries that tell more than an operator wants to read at INFO.
_CHATTY = ("alembic", "celery", "kombu", "waitress")
#: Its warnings are whole tracebacks of what the portal says in one line of its own.
_REPEATS = "elastic_transport"


class _StandardError:
    """Whatever is standard error when a line is written; tests and pagers replace it."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure_logging(level: str) -> None:
    """Send the log of the portal and its libraries to standard error.

    Args:
        level: name of the lowest level that is shown.
    """
    stream: Any = _StandardError()
    number = logging.getLevelName(level.upper())
    number = number if isinstance(number, int) else logging.INFO
    logging.basicConfig(
        level=number,
        stream=stream,
        format="%(asctime)s %(levelname)-7s %(name)s %(message)s",
    )
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(number, logging.WARNING))
    logging.getLogger(_REPEATS).setLevel(max(number, logging.ERROR))
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Plain tracebacks: the rich ones print the values of variables, personal data too.
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
