"""Sends letters by SMTP, at least once, or leaves them in the outbox where no server is set."""

from __future__ import annotations

import smtplib
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from sqlalchemy import select

from matchmaker.domain.calendar import now
from matchmaker.models import Mail
from matchmaker.models.database import Database
from matchmaker.services.counting import at_most
from matchmaker.services.jobs import Jobs, Lease

_TIMEOUT = 20.0
_PORTS = {"smtp": 25, "smtps": 465}


class Mailing:
    """Handler of the job `send_mail`, and the outbox.

    Args:
        database: where letters are.
        jobs: to finish leases.
        smtp_url: `smtp://user:password@host:port` (STARTTLS where offered), or `smtps://…`;
            empty leaves all letters in the outbox.
        mail_from: sender's address.
    """

    def __init__(self, database: Database, jobs: Jobs, smtp_url: str, mail_from: str) -> None:
        self._database = database
        self._jobs = jobs
        self._smtp_url = smtp_url
        self._mail_from = mail_from

    def send(self, lease: Lease) -> None:
        """Send one letter; its Message-ID tells a mail system that it is the same when repeated.

        Raises:
            OSError, smtplib.SMTPException: it was not accepted; try again.
        """
        with self._database.read() as session:
            mail = session.get(Mail, int(lease.subject))
        due = mail is not None and mail.sent_at is None and bool(self._smtp_url)
        if mail is not None and due:
            self._deliver(mail)
        with self._database.write() as session:
            self._jobs.finish(session, lease)
            if due:
                session.get_one(Mail, int(lease.subject)).sent_at = now()

    def outbox(self, offset: int = 0, limit: int = 50) -> tuple[list[Mail], int]:
        """A page of all letters, newest first, and how many there are."""
        with self._database.read() as session:
            total = at_most(session, select(Mail.id))
            rows = session.scalars(
                select(Mail).order_by(Mail.id.desc()).offset(offset).limit(limit)
            )
            return list(rows), total

    def check(self) -> None:
        """Say hello to the mail server and sign in.

        Raises:
            OSError, smtplib.SMTPException: it does not answer or refuses.
        """
        with _connection(self._smtp_url) as server:
            server.noop()

    def _deliver(self, mail: Mail) -> None:
        message = compose(mail, self._mail_from)
        with _connection(self._smtp_url) as server:
            server.send_message(message, self._mail_from, [mail.recipient])


def compose(mail: Mail, mail_from: str) -> EmailMessage:
    """The letter as it goes over the wire.

    Line breaks can't reach a header: they are blanks in the subject, and an address that holds
    one is refused.

    Raises:
        ValueError: an address is none.
    """
    message = EmailMessage()
    message["From"] = Address(addr_spec=mail_from)
    message["To"] = Address(addr_spec=mail.recipient)
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


def _connection(smtp_url: str) -> smtplib.SMTP:
    parts = urlsplit(smtp_url)
    connect = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    server = connect(parts.hostname or "", parts.port or _PORTS[parts.scheme], timeout=_TIMEOUT)
    try:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
            server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server
