"""Settings fail early and all at once, and the handbook lists exactly those there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from matchmaker.config import PREFIX, Settings, load_settings
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
