"""Letters go out at least once, always as the same letter, and can't be made to say more."""

from __future__ import annotations

import smtplib

import pytest
from sqlalchemy import select

from matchmaker.bootstrap import Container
from matchmaker.domain.calendar import now
from matchmaker.domain.work import JobKind, JobState
from matchmaker.models import Mail
from matchmaker.services.job_runner import JobRunner
from matchmaker.services.jobs import LeaseLostError, enqueue
from matchmaker.services.mailing import Mailing, compose
from tests.support.smtp import mail_server

SENDER = "portal@example.org"


def write(container: Container, recipient: str = "to@example.org", subject: str = "题目") -> Mail:
    mail = Mail(
        message_id="<1@matchmaker>",
        recipient=recipient,
        subject=subject,
        body="正文\n.\n完",
        created_at=now(),
    )
    with container.database.write() as session:
        session.add(mail)
        session.flush()
        enqueue(session, JobKind.SEND_MAIL, str(mail.id))
    return mail


def run_jobs(container: Container, mailing: Mailing) -> None:
    JobRunner(container.jobs, {JobKind.SEND_MAIL: mailing.send}).drain()


def mailing(container: Container, url: str = "") -> Mailing:
    return Mailing(container.database, container.jobs, url, SENDER)


def kept(container: Container) -> Mail:
    with container.database.read() as session:
        return session.scalars(select(Mail)).one()


def test_a_letter_is_sent_as_it_was_written_and_marked(container: Container) -> None:
    write(container)
    with mail_server() as server:
        run_jobs(container, mailing(container, server.url))
    [letter] = server.letters
    assert letter["Subject"] == "题目"
    assert letter["From"] == SENDER
    assert letter["Message-ID"] == "<1@matchmaker>"
    assert letter.get_content() == "正文\r\n.\r\n完\r\n"
    assert server.recipients == ["to@example.org"]
    assert kept(container).sent_at is not None


def test_a_letter_that_was_sent_is_not_sent_again(container: Container) -> None:
    mail = write(container)
    with mail_server() as server:
        run_jobs(container, mailing(container, server.url))
        with container.database.write() as session:
            enqueue(session, JobKind.SEND_MAIL, str(mail.id))
        run_jobs(container, mailing(container, server.url))
    assert len(server.letters) == 1


def test_without_a_server_letters_stay_in_the_outbox_and_the_job_is_done(
    container: Container,
) -> None:
    write(container)
    run_jobs(container, mailing(container))
    assert kept(container).sent_at is None
    assert container.jobs.counts()[JobState.DONE] == 1


def test_a_refused_letter_is_tried_again_later(container: Container) -> None:
    write(container, recipient="nobody@example.org")
    with mail_server() as server:
        server.refused.add("nobody@example.org")
        run_jobs(container, mailing(container, server.url))
    [job] = container.jobs.listed(JobState.PENDING)
    assert "SMTPRecipientsRefused" in job.error
    assert job.not_before > now()
    assert kept(container).sent_at is None


def test_a_lost_lease_leaves_the_letter_unmarked(container: Container) -> None:
    write(container)
    [job] = container.jobs.listed()
    lease = container.jobs.claim(job.id)
    assert lease is not None
    container.jobs.release_all()
    with mail_server() as server, pytest.raises(LeaseLostError):
        mailing(container, server.url).send(lease)
    assert kept(container).sent_at is None


def test_line_breaks_never_reach_a_header(container: Container) -> None:
    message = compose(write(container, subject="a\r\nBcc: all@example.org"), SENDER)
    assert message["Bcc"] is None
    assert message["Subject"] == "a Bcc: all@example.org"


@pytest.mark.parametrize("recipient", ["a@b.cn\r\nBcc: c@d.cn", "a@b.cn, c@d.cn"])
def test_an_address_that_is_more_than_one_is_refused(container: Container, recipient: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        compose(write(container, recipient=recipient), SENDER)


def test_the_outbox_shows_the_newest_first(container: Container) -> None:
    first = write(container)
    with container.database.write() as session:
        session.add(
            Mail(message_id="<2@m>", recipient="b@c.cn", subject="", body="", created_at=now())
        )
    page, total = mailing(container).outbox(offset=1, limit=1)
    assert total == 2
    assert [mail.id for mail in page] == [first.id]


def test_a_check_says_that_a_server_is_away() -> None:
    with mail_server() as server:
        url = server.url
        Mailing(None, None, url, SENDER).check()  # type: ignore[arg-type]
    with pytest.raises((OSError, smtplib.SMTPException)):
        Mailing(None, None, url, SENDER).check()  # type: ignore[arg-type]
