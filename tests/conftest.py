"""Fixtures: a portal on a copied template database, people who sign in, a scene to play."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr

from matchmaker.bootstrap import Container
from matchmaker.config import Settings
from matchmaker.migrations import upgrade
from matchmaker.services.accounts import Accounts
from matchmaker.services.stopping import resume
from tests.support.profiles import CHOICES, EMBEDDED, PRODUCTION, production, sort_out, spread
from tests.support.restoring import Restorable
from tests.support.services import postgres_database
from tests.support.world import FAST_HASHER, PASSWORD, World, email_of, populate

SignIn = Callable[[FlaskClient, str], None]


def pytest_configure() -> None:
    """Log errors with plain tracebacks: the rich ones take a second each."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--profile",
        choices=sorted(CHOICES),
        default=EMBEDDED,
        help="engines under functional and browser tests; production needs all three services",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    spread(metafunc)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item], config: pytest.Config) -> None:
    sort_out(items, config)


def settings_for(folder: Path, **changes: object) -> Settings:
    """Settings of a portal in a folder, independent of the environment."""
    values: dict[str, object] = {
        "data_dir": folder,
        "secret_key": SecretStr("a secret for tests only"),
        "sign_in_limit": "1000 per minute",
        **changes,
    }
    return Settings.model_validate(values)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a migrated database and the small world in it."""
    folder = tmp_path_factory.mktemp("template")
    container = Container(settings_for(folder))
    upgrade(container.database)
    populate(container)
    container.close()
    return folder


@pytest.fixture(scope="session")
def shared(template: Path) -> Container:
    """A container whose dear, unchanging parts (analyser, embedder) all tests share."""
    return Container(settings_for(template))


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """The name of a PostgreSQL database, migrated and with the small world in it."""
    with postgres_database() as url, TemporaryDirectory() as folder:
        container = Container(settings_for(Path(folder), database_url=url))
        upgrade(container.database)
        populate(container)
        container.close()
        yield url.rsplit("/", 1)[1]


@pytest.fixture(scope="session")
def restorable(postgres_template: str) -> Iterator[Restorable]:
    """A copy of it that is put back before each test."""
    with postgres_database(postgres_template) as url:
        yield Restorable(url)


@pytest.fixture(scope="session")
def profile() -> str:
    """Which engines the test runs on; `--profile` overrides this."""
    return EMBEDDED


@pytest.fixture
def engine() -> str:
    """Which database the test runs on in the embedded profile; a module may override this."""
    return "sqlite"


@pytest.fixture
def engines(
    profile: str, engine: str, request: pytest.FixtureRequest
) -> Iterator[Mapping[str, object]]:
    """Settings that name the engines, with a copy of the template database."""
    if profile == PRODUCTION:
        with production(request.getfixturevalue("restorable").restore()) as changes:
            yield changes
    elif engine == "sqlite":
        yield {}
    else:
        yield {"database_url": request.getfixturevalue("restorable").restore()}


@pytest.fixture(scope="module")
def stage_engines(profile: str, request: pytest.FixtureRequest) -> Iterator[Mapping[str, object]]:
    """Settings that name the engines of a stage on which a whole module plays."""
    if profile == EMBEDDED:
        yield {}
        return
    with (
        postgres_database(request.getfixturevalue("postgres_template")) as url,
        production(url) as changes,
    ):
        yield changes


@pytest.fixture
def container(
    template: Path, shared: Container, engines: Mapping[str, object], tmp_path: Path
) -> Iterator[Container]:
    """Services on a copy of the template database, with an index of their own."""
    resume()  # a worker that a test stopped has left this process's flag behind
    folder = tmp_path / "data"
    folder.mkdir()
    if not engines:
        for file in template.glob("portal.sqlite3*"):
            shutil.copy(file, folder)
    built = Container(settings_for(folder, **engines))
    for part in ("taxonomies", "analyser", "embedder"):
        built.__dict__[part] = getattr(shared, part)
    built.__dict__["accounts"] = Accounts(built.database, built.notices, FAST_HASHER)
    yield built
    built.close()


@pytest.fixture(scope="session")
def seeded(
    shared: Container, profile: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Container]:
    """Services on the seed data, indexed and matched; tests only read it."""
    folder = tmp_path_factory.mktemp("seeded")
    if profile == EMBEDDED:
        yield from seeded_on(settings_for(folder), shared)
        return
    with postgres_database() as url, production(url) as changes:
        yield from seeded_on(settings_for(folder, **changes), shared)


def seeded_on(settings: Settings, shared: Container) -> Iterator[Container]:
    """Services on the seed data with these engines, until the generator is closed."""
    resume()
    built = Container(settings)
    for part in ("taxonomies", "analyser", "embedder"):
        built.__dict__[part] = getattr(shared, part)
    built.__dict__["accounts"] = Accounts(built.database, built.notices, FAST_HASHER)
    upgrade(built.database)
    built.seeding.load(with_accounts=True)
    built.rebuilding.rebuild()
    built.matching.match_all()
    yield built
    built.close()


@pytest.fixture
def world(container: Container) -> World:
    """Shortcuts to set a scene."""
    return World(container)


@pytest.fixture
def portal(container: Container) -> Iterator[Flask]:
    """The portal as a WSGI application; forms need no token, which a test of its own checks.

    With Redis every commit wakes a worker through it; the work itself is done by `world.work()`.
    """
    from matchmaker.web.app import create_app
    from workers.app import make_app, wake_after_commits

    redis = container.settings.redis_url
    waker = wake_after_commits(container, make_app(container)) if redis else None
    app = create_app(container)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    yield app
    if waker is not None:
        waker.close(timeout=2)


@pytest.fixture
def client(portal: Flask) -> FlaskClient:
    """A browser without JavaScript that nobody has signed in with."""
    return portal.test_client()


@pytest.fixture
def sign_in() -> SignIn:
    """Signs one of `PEOPLE` in: `sign_in(client, "broker")`."""

    def enter(client: FlaskClient, who: str) -> None:
        form = {"email": email_of(who), "password": PASSWORD}
        answer = client.post("/account/sign-in", data=form)
        assert answer.status_code in (302, 303), answer.text

    return enter
