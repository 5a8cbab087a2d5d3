"""Among a hundred thousand entries no list is read from end to end: PostgreSQL's plans say so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from matchmaker.bootstrap import Container
from matchmaker.migrations import upgrade
from matchmaker.services.accounts import Accounts
from tests.conftest import settings_for
from tests.support.multitude import multiply
from tests.support.plans import Asked, Reading, large_tables, listening, readings
from tests.support.scene import Stage
from tests.support.services import postgres_database
from tests.support.world import FAST_HASHER, populate

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.xdist_group("plans")]

NOBODY = "http://127.0.0.1:9"
#: What docs/operations.md tells to set where the disks are solid.
AS_ADVISED = "?options=-c%20random_page_cost%3D1.1"
#: Rows that one table may be asked for in one statement; far less than the table has.
MANY = 30_000
#: Counts over all that a group of readers may see, by an index alone, kept for half a minute.
KEPT_COUNTS = ("/",)

#: Address → who asks. The search index is away, so that /search is the database's own.
LISTS: Mapping[str, str] = {
    "/": "visitor firm broker",
    "/search": "visitor firm broker",
    "/search?q=矿井水": "visitor firm broker",
    "/search?q=hydrogen": "visitor",
    "/search?q=处理": "visitor",
    "/search?q=没有人这样写": "visitor",
    "/search?order=newest&q=矿井水": "visitor",
    "/search?kind=demand": "visitor",
    "/search?kind=demand&order=deadline": "visitor",
    "/search?order=deadline&q=矿井水": "visitor",
    "/search?field=water&kind=achievement": "visitor",
    "/search?page=40": "visitor",
    "/organisations": "visitor",
    "/organisations?kind=firm&page=9": "visitor",
    "/organisations/9?kind=achievement": "visitor",
    "/sitemap.xml": "visitor",
    "/quality": "visitor",
    "/entries/XQ-2025-000001": "visitor",
    "/account/notifications": "firm",
    "/workspace": "firm university",
    "/workspace?kind=demand&state=published": "firm",
    "/workspace/matches": "firm university",
    "/workspace/introductions": "firm university",
    "/workspace/entries/XQ-2025-000001": "firm",
    "/workspace/entries/XQ-2025-000001/matches": "firm",
    "/workspace/entries/XQ-2025-000001/history": "firm",
    "/desk": "broker",
    "/desk?view=mine": "broker",
    "/desk?view=snoozed": "broker",
    "/desk?view=done": "broker",
    "/desk?order=age": "broker",
    "/desk?field=water&level=strong": "broker",
    "/desk?region=150627": "broker",
    "/desk?older=3": "broker",
    "/desk/matches/9": "broker",
    "/desk/screening": "broker",
    "/desk/introductions": "broker",
    "/desk/introductions?state=agreed": "broker",
    "/admin/organisations": "admin",
    "/admin/organisations?status=active": "admin",
    "/admin/people": "admin",
    "/admin/jobs": "admin",
    "/admin/jobs?state=done": "admin",
    "/admin/mail": "admin",
    "/admin/weights": "admin",
    "/admin/audit": "admin",
    "/admin/audit?code=XQ-2025-000006": "admin",
    "/admin/audit?action=return": "admin",
    "/admin/audit?person=1000": "admin",
}
ASKED = [(page, who) for page, people in LISTS.items() for who in people.split()]


@pytest.fixture(scope="module")
def stage(shared: Container, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A portal on a large database, without a search index."""
    with postgres_database() as url:
        yield from portal_on(url + AS_ADVISED, shared, tmp_path_factory.mktemp("large"))


def portal_on(url: str, shared: Container, folder: Path) -> Iterator[Stage]:
    from matchmaker.web.app import create_app

    container = Container(settings_for(folder, database_url=url, search_url=NOBODY))
    for part in ("taxonomies", "analyser", "embedder"):
        container.__dict__[part] = getattr(shared, part)
    container.__dict__["accounts"] = Accounts(container.database, container.notices, FAST_HASHER)
    upgrade(container.database)
    populate(container)
    multiply(container.database, container.deriver)
    app = create_app(container)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    yield Stage(container, app)
    container.close()


def asked_by(stage: Stage, address: str, who: str) -> list[Asked]:
    """The statements that a page issues when nothing is kept from before."""
    client = stage.client(who)
    for kept in ("keeping", "statistics", "health"):
        stage.container.__dict__.pop(kept, None)
    with listening(stage.container.database.engine) as asked:
        answer = client.get(address)
    assert answer.status_code == 200, answer.text[:300]
    assert asked
    return asked


def read(stage: Stage, address: str, who: str) -> Iterator[tuple[Reading, Asked]]:
    with stage.container.database.engine.connect() as connection:
        for asked in asked_by(stage, address, who):
            for reading in readings(connection, asked):
                yield reading, asked


@pytest.mark.parametrize(("address", "who"), ASKED)
def test_no_list_reads_a_large_table_from_end_to_end(stage: Stage, address: str, who: str) -> None:
    with stage.container.database.engine.connect() as connection:
        large = large_tables(connection)
    assert {"entries", "entry_facets", "matches", "jobs", "events", "organisations"} <= large
    for reading, asked in read(stage, address, who):
        assert reading.way != "Seq Scan" or reading.table not in large, asked.statement
        few = reading.rows <= MANY
        assert few or address in KEPT_COUNTS, f"{reading}\n{asked.statement}"


def test_what_is_counted_for_all_readers_is_counted_by_an_index_alone(stage: Stage) -> None:
    many = [reading for reading, _ in read(stage, "/", "visitor") if reading.rows > MANY]
    assert {reading.way for reading in many} == {"Index Only Scan"}


def test_a_plan_that_reads_all_is_noticed(stage: Stage) -> None:
    with stage.container.database.engine.connect() as connection:
        assert "Seq Scan" in ways(connection, "SELECT count(*) FROM entries WHERE title = 'x'")


def ways(connection: Connection, statement: str) -> set[str]:
    connection.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
    return {reading.way for reading in readings(connection, Asked(statement, ()))}
