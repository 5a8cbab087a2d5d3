"""Writes .env.example from the settings, so that it names each of them with its default."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

from pydantic import SecretStr

from matchmaker.config import PREFIX, Settings

PAGE = Path(__file__).resolve().parent.parent / ".env.example"

_HEAD = """\
# Copy to .env and fill in; docker-compose.yml reads it, and hands it to every role of the portal.
# Secrets do not belong here: docs/deployment/make_secrets.sh writes them into the folder secrets.
# docs/configuration.md explains each setting. Made by `python -m tools.env_example --write`.

# --- To be filled in

# The name people type; the proxy gets its certificate for it.
PORTAL_HOST=portal.example.org
MATCHMAKER_PUBLIC_URL=https://portal.example.org
MATCHMAKER_MAIL_FROM=portal@example.org

# --- Everything else, with its default
"""
_FILLED_IN = {"public_url", "mail_from"}
#: What docker-compose.yml decides, and so nothing here can.
BY_COMPOSE = frozenset(
    {
        "profile",
        "data_dir",
        "host",
        "database_url",
        "redis_url",
        "search_url",
        "secret_key",
        "secure_cookies",
        "trusted_proxies",
        "smtp_url",
    }
)


def main() -> None:
    """Write the file, or exit with 1 where it is not what the settings say."""
    if "--write" in sys.argv:
        PAGE.write_text(rendered(), encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != rendered():
        sys.exit(".env.example is out of date; run python -m tools.env_example --write")


def rendered() -> str:
    """The file as it should be."""
    return _HEAD + "".join(
        _setting(name) for name in Settings.model_fields if name not in _FILLED_IN
    )


def _setting(name: str) -> str:
    field = Settings.model_fields[name]
    meaning = str(field.description)
    if name in BY_COMPOSE:
        meaning += "; docker-compose.yml sets it"
    default = field.default
    if isinstance(default, SecretStr):
        default = ""
    text = str(default).lower() if isinstance(default, bool) else str(default)
    comment = textwrap.fill(meaning, 96, initial_indent="# ", subsequent_indent="# ")
    return f"\n{comment}\n#{PREFIX}{name.upper()}={text}\n"


if __name__ == "__main__":
    main()
