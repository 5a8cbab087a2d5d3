"""Settings fail early and all at once, and the handbook lists exactly those there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from matchmaker.config import PREFIX, SECRETS, Settings, load_settings
from matchmaker.domain.errors import ConfigurationError

HANDBOOK = Path(__file__).parents[2] / "docs" / "configuration.md"
ROW = re.compile(r"^\| `(MATCHMAKER_\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def documented() -> dict[str, tuple[str, str, str]]:
    rows = ROW.findall(HANDBOOK.read_text(encoding="utf-8"))
    return {name: (kind, default, meaning) for name, kind, default, meaning in rows}


def shown(default: object) -> str:
    """A default as the handbook writes it."""
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    text = str(default).lower() if isinstance(default, bool) else str(default)
    text = f"{default:g}" if isinstance(default, float) else text
    return f"`{text}`" if text else "empty"


def test_the_handbook_lists_every_setting_and_no_other() -> None:
    assert list(documented()) == [PREFIX + name.upper() for name in Settings.model_fields]


def test_the_handbook_gives_each_default_and_a_meaning() -> None:
    for name, field in Settings.model_fields.items():
        _, default, meaning = documented()[PREFIX + name.upper()]
        assert default == shown(field.default), name
        assert len(meaning) > 20, name


def test_all_wrong_values_are_named_in_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_PORT", "70000")
    monkeypatch.setenv("MATCHMAKER_WEB_THREADS", "many")
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    assert "MATCHMAKER_PORT" in str(caught.value)
    assert "MATCHMAKER_WEB_THREADS" in str(caught.value)


def test_a_misspelt_name_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_PROT", "8000")
    with pytest.raises(ConfigurationError, match="MATCHMAKER_PROT"):
        load_settings()


def test_names_for_tests_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_TEST_ANYTHING", "1")
    monkeypatch.setenv("MATCHMAKER_CI_STRICT", "1")
    assert load_settings().port > 0


def test_production_refuses_the_secret_that_everybody_knows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MATCHMAKER_PROFILE", "production")
    monkeypatch.delenv("MATCHMAKER_SECRET_KEY", raising=False)
    with pytest.raises(ConfigurationError, match="MATCHMAKER_SECRET_KEY"):
        load_settings()


def test_a_setting_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("  a secret that stands in a file\n", encoding="utf-8")
    (tmp_path / "port").write_text("8123\n", encoding="utf-8")
    monkeypatch.delenv("MATCHMAKER_SECRET_KEY", raising=False)
    monkeypatch.setenv("MATCHMAKER_SECRET_KEY_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("MATCHMAKER_PORT_FILE", str(tmp_path / "port"))
    settings = load_settings()
    assert settings.secret_key.get_secret_value() == "a secret that stands in a file"
    assert settings.port == 8123


def test_a_file_that_is_not_there_and_a_setting_given_twice_are_named_together(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MATCHMAKER_SMTP_URL_FILE", str(tmp_path / "absent"))
    monkeypatch.setenv("MATCHMAKER_REGION", "150600")
    monkeypatch.setenv("MATCHMAKER_REGION_FILE", str(tmp_path / "region"))
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    assert "MATCHMAKER_SMTP_URL_FILE" in str(caught.value)
    assert "MATCHMAKER_REGION: given twice" in str(caught.value)


def test_what_may_be_shown_holds_no_secret_and_no_address_with_a_password() -> None:
    settings = Settings.model_validate(
        {
            "secret_key": "a secret of this test",
            "database_url": "postgresql+psycopg://portal:hush@db/portal",
            "redis_url": "redis://:hush@redis/0",
            "search_url": "http://elastic:hush@search:9200",
            "smtp_url": "smtp://portal:hush@mail:25",
        }
    )
    shown_values = "\n".join(settings.without_secrets().values())
    assert "hush" not in shown_values
    assert "a secret of this test" not in shown_values
    secrets = {name for name in Settings.model_fields if name.endswith(("_url", "_key", "_token"))}
    assert secrets - {"public_url"} == set(SECRETS)
