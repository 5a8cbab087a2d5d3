"""What keeps a portal from starting, each in a sentence that says what to do."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from matchmaker.config import DEFAULT_SECRET
from matchmaker.domain.errors import ConfigurationError
from tests.conftest import settings_for
from workers import checks

UNSAFE = SecretStr(DEFAULT_SECRET)


def test_a_port_that_is_taken_is_named_with_the_variable_that_changes_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"127.0.0.1:{port}.*MATCHMAKER_PORT"):
            checks.bind("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="MATCHMAKER_HOST"):
        checks.bind("192.0.2.1", 0)


def test_a_taken_port_refuses_connections_until_somebody_listens() -> None:
    with (
        checks.bind("127.0.0.1", 0) as taken,
        pytest.raises(ConnectionRefusedError),
        socket.create_connection(taken.getsockname(), timeout=1),
    ):
        pass


def test_a_data_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    checks.prepare_data_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(folder.iterdir()) == []


def test_a_data_folder_that_cannot_be_is_named_with_its_variable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="MATCHMAKER_DATA_DIR"):
        checks.prepare_data_folder(tmp_path / "file" / "var")


def test_a_second_portal_on_the_same_folder_is_told_who_is_there(tmp_path: Path) -> None:
    with (
        checks.only_here(tmp_path),
        pytest.raises(ConfigurationError, match=r"process \d+"),
        checks.only_here(tmp_path),
    ):
        pass


def test_the_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with checks.only_here(tmp_path):
            pass


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_on_this_machine_alone_the_default_secret_and_samples_are_fine(
    tmp_path: Path, host: str
) -> None:
    settings = settings_for(tmp_path, host=host, secret_key=UNSAFE)
    checks.refuse_default_secret(settings)
    checks.refuse_sample_accounts(settings, present=True)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::"])
def test_where_others_can_reach_it_the_default_secret_is_refused(tmp_path: Path, host: str) -> None:
    settings = settings_for(tmp_path, host=host, secret_key=UNSAFE)
    with pytest.raises(ConfigurationError, match="MATCHMAKER_SECRET_KEY"):
        checks.refuse_default_secret(settings)


def test_where_others_can_reach_it_sample_accounts_are_refused(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, host="0.0.0.0")
    with pytest.raises(ConfigurationError, match="sample accounts"):
        checks.refuse_sample_accounts(settings, present=True)
    checks.refuse_sample_accounts(settings, present=False)


def test_a_portal_without_a_secret_makes_its_own_and_keeps_it(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, secret_key=UNSAFE)
    first = checks.with_own_secret(settings)
    assert not first.has_default_secret
    assert len(first.secret_key.get_secret_value()) >= 40
    assert checks.with_own_secret(settings).secret_key == first.secret_key
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_a_secret_that_was_set_is_used(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    assert checks.with_own_secret(settings) is settings
    assert not (tmp_path / "secret").exists()


def test_an_emptied_secret_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("")
    with pytest.raises(ConfigurationError, match="remove it"):
        checks.with_own_secret(settings_for(tmp_path, secret_key=UNSAFE))
