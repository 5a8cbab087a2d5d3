"""The profiles that functional and browser tests run on: chosen by `pytest --profile`.

A test that makes sense on one profile alone says so:
`pytest.mark.one_profile("embedded", because="…")`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from pydantic import SecretStr

from matchmaker.config import Settings
from tests.support.elasticsearch import elasticsearch_prefix
from tests.support.services import require_redis

EMBEDDED, PRODUCTION = "embedded", "production"
CHOICES: Mapping[str, tuple[str, ...]] = {
    EMBEDDED: (EMBEDDED,),
    PRODUCTION: (PRODUCTION,),
    "both": (EMBEDDED, PRODUCTION),
}
SECRET = "a secret of the production tests"
#: Folders whose tests run on every profile that was chosen.
_FOLDERS = ("functional", "browser")


@contextmanager
def production(database_url: str) -> Iterator[dict[str, object]]:
    """What settings say in the production profile: every engine real, and of this test alone.

    Args:
        database_url: the PostgreSQL database.
    """
    import redis

    with (
        elasticsearch_prefix() as (search_url, prefix),
        redis.Redis.from_url(require_redis()) as client,
    ):
        client.flushdb()
        yield {
            "profile": PRODUCTION,
            "secret_key": SecretStr(SECRET),
            "database_url": database_url,
            "search_url": search_url,
            "search_prefix": prefix,
            "redis_url": require_redis(),
        }


def as_environment(settings: Settings) -> dict[str, str]:
    """The settings of a profile for a process of its own."""
    if settings.profile == EMBEDDED:
        return {}
    return {
        "MATCHMAKER_PROFILE": str(settings.profile),
        "MATCHMAKER_SECRET_KEY": settings.secret_key.get_secret_value(),
        "MATCHMAKER_DATABASE_URL": settings.database_url,
        "MATCHMAKER_SEARCH_URL": settings.search_url,
        "MATCHMAKER_SEARCH_PREFIX": settings.search_prefix,
        "MATCHMAKER_REDIS_URL": settings.redis_url,
    }


def spread(metafunc: pytest.Metafunc) -> None:
    """Run a test on each profile that was chosen, where it asks for a portal."""
    chosen = CHOICES[metafunc.config.getoption("profile")]
    if chosen == (EMBEDDED,) or "profile" not in metafunc.fixturenames:
        return
    if metafunc.definition.path.parent.name in _FOLDERS:
        metafunc.parametrize("profile", chosen, scope="session")


def sort_out(items: list[pytest.Item], config: pytest.Config) -> None:
    """Leave out what another profile's run covers, and skip what one profile can't do."""
    kept = []
    first = CHOICES[config.getoption("profile")][0]
    for item in items:
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        profile = parameters.get("profile", first)
        mark = item.get_closest_marker("one_profile")
        if mark and mark.args[0] != profile:
            item.add_marker(pytest.mark.skip(reason=mark.kwargs["because"]))
        # It brings its own two databases; PostgreSQL is what production runs on.
        if not (profile == PRODUCTION and parameters.get("engine") == "sqlite"):
            kept.append(item)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept
