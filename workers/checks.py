"""What must be right before the portal starts; a failure is one sentence that says what to do."""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from matchmaker.config import PREFIX, Settings
from matchmaker.domain.errors import ConfigurationError

LOCK_NAME = "serve.lock"
_SECRET_NAME = "secret"


def prepare_data_folder(folder: Path) -> None:
    """Make the data folder, readable by its owner alone, and see that it can be written.

    Raises:
        ConfigurationError: it can't be.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".write-test-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise ConfigurationError(
            f"The data folder {folder.absolute()} can't be written ({error.strerror}); give its "
            f"owner the right to, or set {PREFIX}DATA_DIR to another folder."
        ) from None


@contextmanager
def only_here(folder: Path) -> Iterator[None]:
    """Hold the data folder: no second portal can serve from it meanwhile.

    Raises:
        ConfigurationError: another process serves from it.
    """
    with (folder / LOCK_NAME).open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise ConfigurationError(
                f"A portal already serves from {folder.absolute()} (process "
                f"{file.read().strip() or 'unknown'}); stop it, or set {PREFIX}DATA_DIR to "
                "another folder."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def bind(host: str, port: int) -> socket.socket:
    """Take the port; connections are refused until somebody listens on it.

    Raises:
        ConfigurationError: it is taken, or the address is not one of this machine.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return _bound(socket.socket(family, kind), address)
    except OSError as error:
        raise ConfigurationError(
            f"The portal can't listen on {host}:{port} ({error.strerror or error}); stop what "
            f"uses it, or set {PREFIX}PORT (and {PREFIX}HOST) to something else."
        ) from None


def _bound(unbound: socket.socket, address: Any) -> socket.socket:
    try:
        unbound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        unbound.bind(address)
    except OSError:
        unbound.close()
        raise
    return unbound


def refuse_default_secret(settings: Settings) -> None:
    """Keep the secret everybody knows off every address that others can reach.

    Raises:
        ConfigurationError: it would be used there.
    """
    if settings.has_default_secret and not settings.on_loopback:
        raise ConfigurationError(
            f"{settings.host} can be reached from other machines, and sessions would be signed "
            f"with the default secret; set {PREFIX}SECRET_KEY to a long random text."
        )


def refuse_sample_accounts(settings: Settings, *, present: bool) -> None:
    """Keep accounts whose password everybody knows off every address that others can reach.

    Raises:
        ConfigurationError: they would be there.
    """
    if present and not settings.on_loopback:
        raise ConfigurationError(
            f"{settings.host} can be reached from other machines, and the portal has or would get "
            f"sample accounts, whose password everybody knows; set {PREFIX}HOST to 127.0.0.1, or "
            f"{PREFIX}DATA_DIR to a folder without samples and start with --no-samples."
        )


def with_own_secret(settings: Settings) -> Settings:
    """Settings with a secret of this installation, where none was set.

    It is made at the first start and kept in the data folder, so that sessions outlive a restart.
    """
    if not settings.has_default_secret:
        return settings
    kept = settings.data_dir / _SECRET_NAME
    try:
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    text = kept.read_text(encoding="ascii").strip()
    if len(text) < 16:
        raise ConfigurationError(f"{kept.absolute()} holds no secret; remove it and start again.")
    return settings.model_copy(update={"secret_key": SecretStr(text)})
