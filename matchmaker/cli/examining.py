"""What the doctor tries: each check returns what it found, or raises with the way to mend it."""

from __future__ import annotations

import os
import smtplib
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from matchmaker.bootstrap import Container
from matchmaker.cli.doctor import Check, WrongError
from matchmaker.cli.index_faults import in_words
from matchmaker.cli.rebuilding import writer_is_busy
from matchmaker.config import PREFIX, Settings
from matchmaker.domain.errors import MatchmakerError
from matchmaker.models.database import Database
from matchmaker.services.health import SCHEDULE_BEAT, SILENCE, WORKER_BEAT
from search_index.embedders import EmbedderError, embedder_named

_LEAST_FREE = 1024 * 1024 * 1024
_DATABASE_FIRST = "Mend the database first."


def data_folder(settings: Settings) -> str:
    """It is there, can be written, and has room."""
    folder = settings.data_dir.absolute()
    if not folder.is_dir():
        raise WrongError(
            f"{folder} is not there",
            f"`matchmaker serve` makes it at its first start; or set {PREFIX}DATA_DIR.",
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise WrongError(f"{folder} can't be written", "Give its owner the right to write.")
    free = os.statvfs(folder)
    room = free.f_bavail * free.f_frsize
    if room < _LEAST_FREE:
        raise WrongError(
            f"the disk is nearly full: {room >> 20} MB are free in {folder}",
            "Make room, or give it a larger disk: attachments can't be taken any more when it is "
            "full, nor rows and index where they lie there.",
        )
    return f"{folder}, {room >> 30} GB free"


def secret(settings: Settings) -> str:
    """Sessions are not signed with the secret everybody knows where others can reach them."""
    if not settings.has_default_secret:
        return "its own"
    if settings.on_loopback:
        return "made at the first start and kept in the data folder"
    raise WrongError(
        f"the default, although {settings.host} can be reached from other machines",
        f"Set {PREFIX}SECRET_KEY to a long random text.",
    )


def database(settings: Settings) -> str:
    """It answers."""
    held = _database(settings)
    try:
        with held.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    except Exception as error:
        raise WrongError(
            f"{held.url.render_as_string(hide_password=True)} does not answer: {_line(error)}",
            f"Start it, or correct {PREFIX}DATABASE_URL. Until then every page says 503; nothing "
            "is accepted, so nothing is lost.",
        ) from None
    finally:
        held.close()
    return held.url.render_as_string(hide_password=True)


def migrations(settings: Settings) -> str:
    """The schema is the newest."""
    from matchmaker import migrations as schema

    held = _database(settings)
    try:
        found = schema.current(held)
    except SQLAlchemyError:
        raise _untold() from None
    finally:
        held.close()
    if found > schema.head():
        raise WrongError(
            f"the database is at {found}, newer than this version's {schema.head()}",
            "Install the newer version again.",
        )
    if found != schema.head():
        raise WrongError(
            f"the database is at {found or 'no revision'}, not at {schema.head()}",
            "Run `matchmaker db upgrade`.",
        )
    return found


def index(settings: Settings) -> str:
    """It can be written here, or a running portal holds it, and it is up to date."""
    if settings.search_url:
        return f"{_index_facts(settings, owned=False)} documents in Elasticsearch, takes writes"
    if not settings.index_dir.is_dir():
        raise WrongError("there is none yet", "`matchmaker index rebuild` makes it.")
    busy = writer_is_busy(settings.index_dir)
    documents = _index_facts(settings, owned=not busy)
    return f"{documents} documents, writer {'held by a running process' if busy else 'free'}"


def _index_facts(settings: Settings, *, owned: bool) -> int:
    """How many documents the index holds; raises WrongError where it is away or out of date."""
    container = Container(settings, owns_index=owned)
    try:
        container.index.check()
        facts = container.index.status()
    except Exception as error:
        raise WrongError(*in_words(error, cluster=bool(settings.search_url))) from None
    finally:
        container.close()
    if not facts["current"]:
        raise WrongError(
            "it was made by other settings or a former version", "Run `matchmaker index rebuild`."
        )
    return int(facts["documents"])


def embedder(settings: Settings) -> str:
    """It can be loaded and makes a vector."""
    try:
        held = embedder_named(settings.embedder)
        length = held.encode(["矿井水处理"]).shape[1]
    except EmbedderError as error:
        raise WrongError(str(error), f"Correct {PREFIX}EMBEDDER, or set it to hashing.") from None
    return f"{settings.embedder}, {length} dimensions"


def redis(settings: Settings) -> str:
    """It answers, where it is set."""
    if not settings.redis_url:
        return "not set: jobs are woken inside the process"
    import redis as client

    try:
        with client.Redis.from_url(settings.redis_url, socket_timeout=3) as connection:
            connection.ping()
    except client.RedisError as error:
        raise WrongError(
            f"it does not answer: {_line(error)}",
            f"Start it, or correct {PREFIX}REDIS_URL. Until then jobs wait in the database; when "
            "it is back they are taken up within seconds.",
        ) from None
    return "answers"


def mail(settings: Settings) -> str:
    """The mail server lets us in, where one is set."""
    if not settings.smtp_url:
        return "not set: letters stay in the outbox"
    container = Container(settings, owns_index=False)
    try:
        container.mailing.check()
    except (OSError, smtplib.SMTPException, ValueError, KeyError) as error:
        raise WrongError(
            f"the server refuses or does not answer: {_line(error)}",
            f"Correct {PREFIX}SMTP_URL (smtp://user:password@host:port), or mend the server, then "
            "run `matchmaker jobs retry --all`. Until then letters wait in the outbox.",
        ) from None
    finally:
        container.close()
    return "answers"


def worker(settings: Settings) -> str:
    """One gave a sign of life lately, where workers are processes of their own."""
    return _lives(
        settings,
        WORKER_BEAT,
        "Start `matchmaker worker`. Until then what is posted is kept, but not indexed, matched "
        "or mailed.",
    )


def beat(settings: Settings) -> str:
    """The schedule runs and a worker hears it, where it is a process of its own."""
    return _lives(
        settings,
        SCHEDULE_BEAT,
        "Start the schedule (`matchmaker worker --beat`); where no worker lives, start that first, "
        "for the schedule is heard through it. Until then lost jobs are not taken up again, and "
        "the work of the day is not queued.",
    )


def _lives(settings: Settings, name: str, mend: str) -> str:
    if not settings.redis_url:
        return "no process of its own: it is part of `matchmaker serve`"
    container = Container(settings, owns_index=False)
    try:
        ages = container.health.signs()
    except (MatchmakerError, SQLAlchemyError):
        raise _untold() from None
    finally:
        container.close()
    if name not in ages:
        raise WrongError("it never gave a sign of life", mend)
    if ages[name] > SILENCE:
        raise WrongError(f"its last sign of life is {ages[name]:.0f} s old", mend)
    return f"gave a sign of life {ages[name]:.0f} s ago"


CHECKS: Mapping[str, Check] = {
    "data folder": data_folder,
    "secret": secret,
    "database": database,
    "migrations": migrations,
    "index": index,
    "embedder": embedder,
    "redis": redis,
    "worker": worker,
    "beat": beat,
    "mail": mail,
}


def _untold() -> WrongError:
    return WrongError("it can't be told while the database does not answer", _DATABASE_FIRST)


def _database(settings: Settings) -> Database:
    """The database, without making a new file where there is none."""
    held = Database(settings.database, settings.pool)
    if held.is_sqlite and not Path(held.url.database or "").exists():
        raise WrongError(
            f"there is no file {held.url.database}", "Run `matchmaker db upgrade` or `serve`."
        )
    return held


def _line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
