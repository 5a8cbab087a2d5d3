"""Whatever befalls Elasticsearch: pages stay, a banner says so, work waits and catches up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import CliRunner
from elasticsearch import Elasticsearch
from flask.testing import FlaskClient
from sqlalchemy import select, update

from matchmaker.bootstrap import Container
from matchmaker.cli import main
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.work import JobKind, JobState
from matchmaker.models import Entry, Job
from matchmaker.services.health import Health
from matchmaker.services.searching import SearchRequest
from search_index.backends.elasticsearch import Node
from tests.conftest import SignIn
from tests.support.elasticsearch import elasticsearch_prefix
from tests.support.proxy import Proxy, proxy_before
from tests.support.world import World

pytestmark = pytest.mark.elasticsearch

SEARCH_BANNER = "Search runs in a simpler way just now"
WRITES_BANNER = "What is new or changed can be searched for a little later"
NOWHERE = "Elasticsearch does not answer"


@pytest.fixture
def proxy() -> Iterator[tuple[Proxy, str]]:
    with elasticsearch_prefix() as (address, prefix), proxy_before(address) as between:
        yield between, prefix


@pytest.fixture
def container(
    container: Container, proxy: tuple[Proxy, str], monkeypatch: pytest.MonkeyPatch
) -> Container:
    """The portal's services on a node behind a proxy; nothing is left alone after a failure."""
    for place in ("search_index.opening.PAUSE", "matchmaker.services.searching._PAUSE"):
        monkeypatch.setattr(place, 0.0)
    monkeypatch.setattr("search_index.backends.elasticsearch.writing._SHORT", 2.0)
    defaults = {"timeout": 2.0, "pause": 0.0}
    monkeypatch.setattr(Node.__init__, "__kwdefaults__", defaults)
    changes = {"search_url": proxy[0].address, "search_prefix": proxy[1]}
    container.settings = container.settings.model_copy(update=changes)
    container.__dict__["health"] = Health(container.database, container.index, keep_seconds=0.0)
    return container


@dataclass(frozen=True)
class Cluster:
    """The node behind the proxy, and the portal that uses it."""

    proxy: Proxy
    prefix: str
    client: Elasticsearch
    container: Container

    @property
    def index(self) -> str:
        return f"{self.prefix}-{self.container.index.metadata.name}"

    def set(self, name: str, value: object) -> None:
        self.client.indices.put_settings(index=f"{self.prefix}-*", settings={name: value})

    def replace_by_a_stranger(self) -> None:
        """An index of the same name that guesses its fields, as one made by hand has."""
        name = self.index
        held = self.client.indices.get_alias(index=name).body[name]["aliases"]
        self.client.indices.delete(index=name)
        self.client.indices.create(index=name, aliases=held)

    def delete(self) -> None:
        self.client.indices.delete(index=self.index)

    def ask_for_another_version(self) -> None:
        """As a client of version 7 does, which the node refuses."""
        self.proxy.rewrite = lambda data: data.replace(b"compatible-with=9", b"compatible-with=7")

    def ask_for_this_version(self) -> None:
        self.proxy.rewrite = lambda data: data


@pytest.fixture
def cluster(proxy: tuple[Proxy, str], container: Container) -> Iterator[Cluster]:
    with elasticsearch_client(proxy[0]) as client:
        yield Cluster(proxy[0], proxy[1], client, container)


def elasticsearch_client(proxy: Proxy) -> Elasticsearch:
    host, port = proxy.server
    return Elasticsearch(f"http://{host}:{port}", request_timeout=30)


@dataclass(frozen=True)
class Trouble:
    """What happens, how it ends, and what the doctor says of it.

    `searchable` tells a node that takes no writes from one that answers nothing.
    """

    begin: Callable[[Cluster], object]
    end: Callable[[Cluster], object]
    says: str
    searchable: bool = False


def rebuild(cluster: Cluster) -> None:
    cluster.container.rebuilding.rebuild()


def look_after(cluster: Cluster) -> None:
    assert cluster.container.rebuilding.look_after()


TROUBLES = {
    "down": Trouble(lambda c: c.proxy.cut(), lambda c: c.proxy.heal(), NOWHERE),
    "slow": Trouble(lambda c: c.proxy.hang(), lambda c: c.proxy.heal(), "too slowly"),
    "full": Trouble(
        lambda c: c.set("index.blocks.read_only_allow_delete", True),
        lambda c: c.set("index.blocks.read_only_allow_delete", None),
        "the disk of Elasticsearch is full",
        searchable=True,
    ),
    "read-only": Trouble(
        lambda c: c.set("index.blocks.read_only", True),
        lambda c: c.set("index.blocks.read_only", None),
        "index.blocks.read_only is set",
        searchable=True,
    ),
    "laid out wrongly": Trouble(
        lambda c: c.replace_by_a_stranger(), rebuild, "not laid out as this version needs it"
    ),
    "lost": Trouble(lambda c: c.delete(), look_after, "the index is not in Elasticsearch"),
    "of another version": Trouble(
        lambda c: c.ask_for_another_version(),
        lambda c: c.ask_for_this_version(),
        "of different major versions",
    ),
}


@pytest.fixture(params=list(TROUBLES))
def trouble(request: pytest.FixtureRequest) -> Trouble:
    return TROUBLES[request.param]


def make_all_due(world: World) -> None:
    with world.container.database.write() as session:
        session.execute(update(Job).values(not_before=Job.created_at))


def found(world: World) -> tuple[set[str], bool]:
    """What a search finds, and whether the database answered it."""
    page = world.container.search.find(world.actor("rival"), SearchRequest("矿井水"))
    return {hit.entry.code for hit in page.found}, page.degraded


def doctor(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    settings = cluster.container.settings
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("MATCHMAKER_SEARCH_URL", settings.search_url)
    monkeypatch.setenv("MATCHMAKER_SEARCH_PREFIX", settings.search_prefix)
    rows = json.loads(CliRunner().invoke(main, ["doctor", "--json"]).stdout)
    [index] = [row for row in rows if row["subject"] == "index"]
    return dict(index)


def job_states(world: World) -> set[tuple[JobKind, JobState, int]]:
    with world.container.database.read() as session:
        rows = session.execute(select(Job.kind, Job.status, Job.tries))
        return {(kind, status, tries) for kind, status, tries in rows if status != JobState.DONE}


def test_pages_stay_and_work_waits_until_it_is_over(
    world: World,
    cluster: Cluster,
    trouble: Trouble,
    client: FlaskClient,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    early = world.published("firm", EntryKind.DEMAND)
    world.work()
    world.container.rebuilding.rebuild()
    assert found(world) == ({early.code}, False)
    sign_in(client, "admin")

    trouble.begin(cluster)
    pages_show(client, WRITES_BANNER if trouble.searchable else SEARCH_BANNER, early)
    late = world.published("university", EntryKind.ACHIEVEMENT)
    for _ in range(8):  # more often than a job that fails is tried
        make_all_due(world)
        world.work()
    there = {early.code} if trouble.searchable else {early.code, late.code}
    assert found(world) == (there, not trouble.searchable)
    assert {state for _, state, _ in job_states(world)} <= {JobState.PENDING}
    told = doctor(cluster, monkeypatch)
    assert not told["right"]
    assert trouble.says in told["detail"]
    assert told["mend"]

    trouble.end(cluster)
    for _ in range(3):
        make_all_due(world)
        world.work()
    assert found(world) == ({early.code, late.code}, False)
    assert job_states(world) == set()
    assert not {"index", "index_writes"} & set(world.container.health.degraded())
    assert doctor(cluster, monkeypatch)["right"]


def pages_show(client: FlaskClient, banner: str, entry: Entry) -> None:
    for address in ("/en/", "/en/search?q=矿井水", f"/en/entries/{entry.code}", "/en/admin/jobs"):
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code == 200, address
        assert banner in answer.text, address
    assert client.get("/readyz").status_code == 200


def test_jobs_that_find_the_engine_away_are_never_given_up(world: World, cluster: Cluster) -> None:
    cluster.proxy.cut()
    world.published("firm", EntryKind.DEMAND)
    for _ in range(8):
        make_all_due(world)
        world.work()
    assert job_states(world) == {(JobKind.INDEX, JobState.PENDING, 0)}


def test_a_slow_node_holds_up_no_page_for_longer_than_its_time(
    world: World, cluster: Cluster, client: FlaskClient
) -> None:
    """The look at the engines goes on by itself: who comes meanwhile is told at once."""
    world.container.index.count()
    health = Health(world.container.database, world.container.index, keep_seconds=0.0)
    cluster.proxy.hang()
    assert health.report()["index"].detail == "TimeoutError: no answer within 2 s"
    assert "index" in health.degraded()
    cluster.proxy.heal()


def test_a_name_that_another_index_has_is_told_and_nothing_is_left_behind(
    world: World, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.client.indices.create(index=cluster.prefix)
    try:
        world.published("firm", EntryKind.DEMAND)
        world.work()
        assert found(world)[1]
        assert cluster.client.indices.get(index=f"{cluster.prefix}-*").body == {}
        assert {state for _, state, _ in job_states(world)} == {JobState.PENDING}
    finally:
        cluster.client.indices.delete(index=cluster.prefix)
    make_all_due(world)
    world.work()
    assert not found(world)[1]
