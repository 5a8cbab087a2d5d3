"""What an error of a job means to the operator, in a sentence that says what to look at."""

from __future__ import annotations

import re

from flask_babel import gettext

from matchmaker.domain.work import JobKind

_NAME = re.compile(r"^(?:[a-z_]+\.)*([A-Z]\w*)(?::|$)")
_REACHING = frozenset(
    {"ConnectionRefusedError", "ConnectionResetError", "TimeoutError", "OSError", "gaierror"}
)
_REFUSED = frozenset({"SMTPRecipientsRefused", "SMTPSenderRefused", "SMTPDataError"})


def sentence_of(kind: JobKind, error: str) -> str:
    """One sentence for what a job kept of its last failure.

    Args:
        kind: what the job did.
        error: the name of the exception, its message and perhaps more lines.
    """
    lines = error.strip().splitlines()
    found = _NAME.match(lines[-1]) if lines else None
    name = found.group(1) if found else ""
    if kind is JobKind.SEND_MAIL and (about_mail := _about_mail(name)):
        return about_mail
    if about_engines := _about_engines(name, error):
        return about_engines
    if not lines:
        return gettext("It failed without a word.")
    return gettext("It failed: %(error)s", error=lines[-1][:160])


def _about_mail(name: str) -> str:
    if name == "SMTPAuthenticationError":
        return gettext("The mail server did not accept the user name or password.")
    if name in _REFUSED:
        return gettext("The mail server refused the letter or its recipient.")
    if name in _REACHING or name.startswith("SMTP"):
        return gettext("The mail server could not be reached or broke off.")
    return ""


def _about_engines(name: str, error: str) -> str:
    if "worker stopped" in error:
        return gettext("The worker's process died: out of memory, over its time, or killed.")
    if name == "SoftTimeLimitExceeded":
        return gettext("It took longer than a job may.")
    if name == "NotFoundError":
        return gettext("What it concerns is no longer there.")
    if name == "UnavailableError":
        return gettext("The database could not be reached.")
    if name == "EmbedderError":
        return gettext("The embedding model could not be loaded.")
    if name in ("SearchIndexError", "WriterBusyError", "ReadOnlyError"):
        return gettext("The search index was away or could not be written.")
    return ""
