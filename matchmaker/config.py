"""Typed settings, read once from the environment; the only reader of `os.environ`."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from matchmaker.domain.connections import Limits, Pool
from matchmaker.domain.errors import ConfigurationError

PREFIX = "MATCHMAKER_"
#: After a variable: the value stands in the file that is named.
IN_FILE = "_FILE"
DEFAULT_SECRET = "for-development-only-change-me"
#: Settings that are a secret or whose address may hold one: never shown, never saved in a backup.
SECRETS = (
    "secret_key",
    "database_url",
    "redis_url",
    "search_url",
    "smtp_url",
    "metrics_token",
    "traces_url",
)
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Profile(StrEnum):
    """Which set of engines runs."""

    EMBEDDED = "embedded"
    PRODUCTION = "production"


class LogFormat(StrEnum):
    """How log lines look."""

    AUTO = "auto"
    JSON = "json"
    TEXT = "text"


class Settings(BaseSettings):
    """All settings; each is `MATCHMAKER_` and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", frozen=True, validate_default=True
    )

    profile: Profile = Field(Profile.EMBEDDED, description="embedded or production")
    data_dir: Path = Field(Path("var"), description="folder of database, index and files")
    host: str = Field("127.0.0.1", description="address the portal listens on")
    port: int = Field(8000, ge=0, le=65535, description="port the portal listens on")
    database_url: str = Field("", description="database address; empty: SQLite in the data folder")
    database_pool: int = Field(8, ge=1, le=200, description="connections kept open (PostgreSQL)")
    database_overflow: int = Field(
        8, ge=0, le=200, description="connections opened besides while all are busy (PostgreSQL)"
    )
    database_wait_seconds: float = Field(
        10.0, gt=0, le=300, description="wait for a free connection (PostgreSQL)"
    )
    database_recycle_seconds: int = Field(
        1800, ge=-1, description="age at which a connection is replaced; -1: never (PostgreSQL)"
    )
    database_pre_ping: bool = Field(
        True, description="try a connection before it is used (PostgreSQL)"
    )
    web_statement_seconds: float = Field(
        15.0, ge=0, description="longest statement of a web process; 0: no limit (PostgreSQL)"
    )
    web_lock_seconds: float = Field(
        5.0, ge=0, description="longest wait of a web process for a lock; 0: no limit (PostgreSQL)"
    )
    worker_statement_seconds: float = Field(
        600.0, ge=0, description="longest statement of a worker; 0: no limit (PostgreSQL)"
    )
    worker_lock_seconds: float = Field(
        60.0, ge=0, description="longest wait of a worker for a lock; 0: no limit (PostgreSQL)"
    )
    redis_url: str = Field(
        "", description="Redis that wakes workers, counts, keeps figures; empty: in memory"
    )
    search_url: str = Field(
        "", description="Elasticsearch that holds the index; empty: in the data folder"
    )
    search_prefix: str = Field(
        "matchmaker",
        pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$",
        description="how the names of indexes in Elasticsearch begin",
    )
    search_shards: int = Field(1, ge=1, le=64, description="shards of an index (Elasticsearch)")
    search_replicas: int = Field(0, ge=0, le=8, description="copies of each shard (Elasticsearch)")
    secret_key: SecretStr = Field(
        SecretStr(DEFAULT_SECRET), description="signs sessions; at least 16 characters"
    )
    site_name: str = Field(
        "鄂尔多斯科技成果转移转化共享平台", description="name of the portal in Chinese"
    )
    site_name_en: str = Field(
        "Ordos Technology Transfer Platform", description="name of the portal in English"
    )
    public_url: str = Field("", description="address people reach the portal at; used in mail")
    secure_cookies: bool = Field(False, description="send cookies over HTTPS only")
    trusted_proxies: int = Field(0, ge=0, le=5, description="reverse proxies in front")
    embedder: str = Field(
        "static",
        description="static or hashing, which are bundled, or a sentence-transformers name or path",
    )
    web_threads: int = Field(6, ge=1, le=64, description="threads that answer requests")
    worker_threads: int = Field(2, ge=1, le=16, description="threads that work through jobs")
    worker_memory_mb: int = Field(
        0, ge=0, le=1_000_000, description="memory after which a worker process is replaced; 0: any"
    )
    job_seconds: float = Field(
        90.0, ge=1, le=3600, description="longest a job may take (worker processes)"
    )
    bulk_job_seconds: float = Field(
        14_400.0, ge=1, le=604_800, description="longest a job in bulk may take (worker processes)"
    )
    reap_seconds: float = Field(5.0, gt=0, le=3600, description="pause between looks for lost jobs")
    lease_seconds: float = Field(120.0, gt=0, description="time a worker may hold a job")
    undo_seconds: int = Field(600, ge=0, description="time in which a verdict can be undone")
    learning_minimum: int = Field(
        200, ge=20, le=100_000, description="verdicts that it takes to fit the weights anew"
    )
    max_upload_mb: int = Field(20, ge=1, le=500, description="largest attachment")
    mail_from: str = Field("portal@localhost", description="sender of mail")
    smtp_url: str = Field("", description="smtp://user:password@host:port; empty: outbox only")
    session_hours: int = Field(12, ge=1, le=720, description="hours until a session runs out")
    sign_in_limit: str = Field("10 per minute", description="sign-in tries of one address")
    advice_limit: str = Field(
        "240 per minute", description="requests of one address for advice on a form"
    )
    region: str = Field(
        "150600", pattern=r"^\d{6}$", description="GB/T 2260 code of the region that is served"
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")
    log_format: LogFormat = Field(
        LogFormat.AUTO, description="json, text, or auto: json in production"
    )
    log_exception_text: bool = Field(
        False, description="write what exceptions say; it may be personal, so for development"
    )
    slow_query_ms: int = Field(
        500, ge=0, description="milliseconds from which a statement is told of; 0: none"
    )
    slow_job_seconds: float = Field(
        60.0, ge=0, description="seconds from which a job is told of as slow; 0: none"
    )
    metrics_token: SecretStr = Field(
        SecretStr(""), description="opens /metrics to its bearer; empty: there is no /metrics"
    )
    metrics_port: int = Field(
        0, ge=0, le=65535, description="port on which workers show their metrics; 0: none"
    )
    traces_url: str = Field(
        "", description="OTLP address that traces are sent to over HTTP; empty: none are made"
    )
    traces_share: float = Field(1.0, ge=0, le=1, description="share of requests that are traced")

    @field_validator("secret_key")
    @classmethod
    def _guard_secret(cls, secret: SecretStr, info: ValidationInfo) -> SecretStr:
        text = secret.get_secret_value()
        if len(text) < 16:
            raise ValueError("at least 16 characters")
        if info.data.get("profile") is Profile.PRODUCTION and text == DEFAULT_SECRET:
            raise ValueError("production needs a secret of its own")
        return secret

    @field_validator("metrics_token")
    @classmethod
    def _guard_token(cls, token: SecretStr) -> SecretStr:
        if 0 < len(token.get_secret_value()) < 16:
            raise ValueError("at least 16 characters")
        return token

    @property
    def has_default_secret(self) -> bool:
        """Whether sessions are signed with the secret everybody knows."""
        return self.secret_key.get_secret_value() == DEFAULT_SECRET

    def without_secrets(self) -> dict[str, str]:
        """Name of the variable → value, of every setting that may be shown."""
        return {
            PREFIX + name.upper(): str(getattr(self, name))
            for name in type(self).model_fields
            if name not in SECRETS
        }

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the portal."""
        return self.host in LOOPBACK

    @property
    def logs_json(self) -> bool:
        """Whether log lines are for programs."""
        if self.log_format is LogFormat.AUTO:
            return self.profile is Profile.PRODUCTION
        return self.log_format is LogFormat.JSON

    @property
    def measures(self) -> bool:
        """Whether anybody can read metrics."""
        return bool(self.metrics_token.get_secret_value() or self.metrics_port)

    @property
    def database(self) -> str:
        """The database's address, with the default filled in."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'portal.sqlite3').absolute()}"

    @property
    def pool(self) -> Pool:
        """The connections that a process keeps to PostgreSQL."""
        return Pool(
            size=self.database_pool,
            overflow=self.database_overflow,
            wait=self.database_wait_seconds,
            recycle=self.database_recycle_seconds,
            pre_ping=self.database_pre_ping,
        )

    @property
    def web_limits(self) -> Limits:
        """How long a statement of a web process may take."""
        return Limits(self.web_statement_seconds, self.web_lock_seconds)

    @property
    def worker_limits(self) -> Limits:
        """How long a statement of a worker or a command may take."""
        return Limits(self.worker_statement_seconds, self.worker_lock_seconds)

    @property
    def index_dir(self) -> Path:
        """Folder of the embedded search index."""
        return self.data_dir / "index"

    @property
    def files_dir(self) -> Path:
        """Folder of attachments."""
        return self.data_dir / "files"

    @property
    def address(self) -> str:
        """Where people reach the portal, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def metrics_folder() -> str:
    """Where the processes of a WSGI server put their measures together; "" for a process alone.

    The variable is prometheus-client's own, which reads it too.
    """
    return os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")


def load_settings() -> Settings:
    """Read the settings from the environment.

    `MATCHMAKER_X_FILE` names a file that holds what `MATCHMAKER_X` would.

    Raises:
        ConfigurationError: values are wrong; the message names every variable at once.
    """
    _refuse_unknown_names()
    try:
        return Settings(**_from_files())
    except ValidationError as error:
        raise ConfigurationError(_explain(error)) from None


def _from_files() -> dict[str, Any]:
    """The settings that stand in files, as secrets do in containers.

    Raises:
        ConfigurationError: a file can't be read, or a setting is given twice.
    """
    found, problems = {}, []
    for name in Settings.model_fields:
        variable = PREFIX + name.upper()
        place = os.environ.get(variable + IN_FILE)
        if place is None:
            continue
        if variable in os.environ:
            problems.append(f"  {variable}: given twice, here and in {variable}{IN_FILE}")
            continue
        try:
            found[name] = Path(place).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError) as error:
            problems.append(f"  {variable}{IN_FILE}: {place} can't be read ({error})")
    if problems:
        raise ConfigurationError("Settings are wrong:\n" + "\n".join(problems))
    return found


def _refuse_unknown_names() -> None:
    variables = {PREFIX + name.upper() for name in Settings.model_fields}
    known = variables | {variable + IN_FILE for variable in variables}
    unknown = sorted(
        name
        for name in os.environ
        if name.startswith(PREFIX)
        and name not in known
        and not name.startswith((PREFIX + "TEST_", PREFIX + "CI_"))
    )
    if unknown:
        raise ConfigurationError(
            "Unknown settings: " + ", ".join(unknown) + ". docs/configuration.md lists all."
        )


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        message = problem["msg"].removeprefix("Value error, ")
        name = str(problem["loc"][0])
        lines.append(f"  {PREFIX}{name.upper()}: {message}")
    return "Settings are wrong; docs/configuration.md explains each:\n" + "\n".join(lines)
