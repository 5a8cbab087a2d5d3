"""What people see when something fails: a page that says so, and never the inside of it."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import create_engine
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from matchmaker.bootstrap import Container
from tests.conftest import SignIn
from tests.support.world import PASSWORD, email_of

Log = list[MutableMapping[str, Any]]
in_each_language = pytest.mark.parametrize("prefix", ["", "/en"], ids=["zh", "en"])


def heading(answer: TestResponse) -> str:
    """The one first heading of a page."""
    [found] = BeautifulSoup(answer.text, "html.parser").select("h1")
    return found.get_text(strip=True)


@pytest.fixture
def logged() -> Iterator[Log]:
    """What is written into the log meanwhile."""
    with capture_logs() as lines:
        yield lines


@pytest.fixture
def broken(container: Container, portal: Flask) -> Iterator[Flask]:
    """A portal in which the register of organisations fails in a way nobody foresaw."""

    class Broken:
        def __getattr__(self, name: str) -> object:
            raise RuntimeError("a secret detail of the machine")

    container.__dict__["organisations"] = Broken()
    yield portal
    del container.__dict__["organisations"]


@in_each_language
@pytest.mark.parametrize("who", ["visitor", "firm"])
def test_an_unforeseen_failure_shows_a_page_without_a_trace(
    broken: Flask, sign_in: SignIn, logged: Log, who: str, prefix: str
) -> None:
    client = broken.test_client()
    if who != "visitor":
        sign_in(client, who)
    answer = client.get(f"{prefix}/organisations")
    assert answer.status_code == 500
    assert heading(answer)
    for word in ("Traceback", "RuntimeError", "secret detail", "organisations.py"):
        assert word not in answer.text
    assert "unexpected_error" in [line["event"] for line in logged]
    assert client.get(f"{prefix}/").status_code == 200


@pytest.fixture
def adrift(container: Container, portal: Flask) -> Flask:
    """A portal whose database is not where it was; ask for it once everybody is signed in."""
    # Nobody has looked at the engines yet, so that what is seen is not a memory.
    container.__dict__.pop("health", None)
    return portal


def lose_database(container: Container, folder: Path) -> None:
    """Let the database lie where nothing is."""
    container.database.close()
    nowhere = f"sqlite:////{folder}/gone/portal.sqlite3"
    container.database.engine = create_engine(nowhere)


@in_each_language
@pytest.mark.parametrize("who", ["visitor", "firm", "admin"])
def test_without_the_database_there_is_a_page_that_says_so(
    adrift: Flask,
    container: Container,
    tmp_path: Path,
    sign_in: SignIn,
    logged: Log,
    who: str,
    prefix: str,
) -> None:
    client = adrift.test_client()
    if who != "visitor":
        sign_in(client, who)
    lose_database(container, tmp_path)
    for address in ("/", "/search", "/organisations", "/entries/XQ-2026-000001", "/nothing-here"):
        answer = client.get(prefix + address)
        # Nobody in particular is told the truth about an address without asking the database.
        known = 404 if (who, address) == ("visitor", "/nothing-here") else 503
        assert answer.status_code == known, address
        assert heading(answer)
        assert "Error" not in answer.text
    assert "engine_away" in [line["event"] for line in logged]


def test_without_the_database_signing_in_is_answered_with_a_page(
    adrift: Flask, container: Container, tmp_path: Path, logged: Log
) -> None:
    lose_database(container, tmp_path)
    form = {"email": email_of("firm"), "password": PASSWORD}
    answer = adrift.test_client().post("/account/sign-in", data=form)
    assert answer.status_code == 503
    assert heading(answer)


def test_without_the_database_the_portal_is_alive_and_not_ready(
    adrift: Flask, container: Container, tmp_path: Path, logged: Log
) -> None:
    lose_database(container, tmp_path)
    client = adrift.test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["database"]["state"] == "down"
