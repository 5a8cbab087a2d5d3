"""One process at a time keeps the schedule; who falls silent loses the turn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from matchmaker.bootstrap import Container
from matchmaker.models import Turn


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    return str(request.param)


def take(container: Container, holder: str) -> bool:
    return container.turns.take("schedule", holder, 15)


def test_the_first_has_the_turn_and_keeps_it_as_often_as_it_asks(container: Container) -> None:
    assert take(container, "one")
    assert not take(container, "two")
    assert take(container, "one")


def test_who_leaves_lets_the_next_in_at_once(container: Container) -> None:
    take(container, "one")
    container.turns.leave("schedule", "one")
    assert take(container, "two")


def test_nobody_can_give_away_the_turn_of_another(container: Container) -> None:
    take(container, "one")
    container.turns.leave("schedule", "two")
    assert not take(container, "two")


def test_who_falls_silent_loses_the_turn_for_good(container: Container) -> None:
    take(container, "one")
    with container.database.write() as session:
        session.get_one(Turn, "schedule").until -= timedelta(seconds=20)
    assert take(container, "two")
    assert not take(container, "one")


def test_of_many_that_ask_at_once_one_gets_it(container: Container) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: take(container, f"p{number}"), range(16)))
    assert answers.count(True) == 1
