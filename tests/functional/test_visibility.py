"""What one may not see is nowhere: lists, counts, facets, search, matches, feeds, files."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from matchmaker.bootstrap import Container
from matchmaker.domain.actors import SYSTEM, VISITOR, Actor, Role, Standing
from matchmaker.domain.kinds import EntryKind, LinkRelation, Visibility
from matchmaker.domain.lifecycles import EntryState, MatchState
from matchmaker.domain.policy import EntryScope, Permission, allows
from matchmaker.models import Entry, Match
from matchmaker.services.database_search import DatabaseSearch
from matchmaker.services.entries.reading import owned_by, visible_to
from matchmaker.services.searching import Search, SearchRequest
from search_index.backends.base import SearchIndexError
from tests.support.scene import PNG, Stage, opened_stage
from tests.support.world import World

pytestmark = pytest.mark.xdist_group("visibility")

#: Who sees which circles of what is published; the entries are the university's.
CIRCLES = {
    "visitor": {"public"},
    "rival": {"public", "registered"},
    "university": {"public", "registered", "brokers"},
    "broker": {"public", "registered", "brokers"},
    "official": {"public", "registered", "brokers"},
    "admin": {"public", "registered", "brokers"},
}
of_each_person = pytest.mark.parametrize("who", CIRCLES)
TOPIC = "高盐矿井水"
Entries = Mapping[str, Entry]


@pytest.fixture(scope="module")
def stage(
    template: Path,
    shared: Container,
    stage_engines: Mapping[str, object],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    """An opened stage; what is changed on it is undone."""
    folder = tmp_path_factory.mktemp("visibility")
    with opened_stage(template, shared, folder, stage_engines) as opened:
        yield opened


@pytest.fixture(scope="module", autouse=True)
def entries(stage: Stage) -> dict[str, Entry]:
    """An achievement of the university for each visibility and state, named after them.

    All are on one topic and have a file; the public one is tied to all others.
    """
    world = World(stage.container)
    found = {
        f"{visibility}-{state}": in_state(world, state, visibility)
        for visibility, state in product(Visibility, EntryState)
    }
    world.work()
    for name, entry in found.items():
        world.container.attachments.add(
            world.actor("university"), entry.code, f"{name}.png", io.BytesIO(PNG)
        )
    targets = [entry.code for name, entry in found.items() if name != "public-published"]
    world.container.editing.link(
        world.actor("university"),
        found["public-published"].code,
        LinkRelation.OUTCOME_OF,
        targets,
    )
    world.published("firm", EntryKind.DEMAND)
    world.work()
    return found


def in_state(world: World, state: EntryState, visibility: Visibility) -> Entry:
    """An achievement on the topic, brought straight into a state."""
    title = f"{TOPIC}分质结晶技术 {visibility}-{state}"
    make = {EntryState.DRAFT: world.draft, EntryState.SUBMITTED: world.submitted}
    maker = make.get(state, world.published)
    entry = maker("university", EntryKind.ACHIEVEMENT, title=title, visibility=str(visibility))
    with world.container.database.write() as session:
        row = session.get_one(Entry, entry.id)
        row.status = state
        session.flush()
    return entry


def soup_of(stage: Stage, who: str, address: str) -> BeautifulSoup:
    """A page as somebody sees it."""
    answer = stage.client(who).get(address)
    assert answer.status_code == 200, answer.text[:300]
    return BeautifulSoup(answer.text, "html.parser")


def named(text: str) -> set[str]:
    """The entries that a text names by their title."""
    every = {f"{visibility}-{state}" for visibility, state in product(Visibility, EntryState)}
    return {name for name in every if f" {name}" in text}


def published(who: str) -> set[str]:
    """What a person may see of what is published."""
    return {f"{circle}-published" for circle in CIRCLES[who]}


@of_each_person
def test_search_finds_what_one_may_see(stage: Stage, who: str) -> None:
    soup = soup_of(stage, who, f"/search?q={TOPIC}&kind=achievement")
    assert named(soup.get_text(" ")) == published(who)


@of_each_person
def test_browsing_lists_what_one_may_see(stage: Stage, who: str) -> None:
    soup = soup_of(stage, who, "/search?kind=achievement")
    assert named(soup.get_text(" ")) == published(who)


@of_each_person
@pytest.mark.parametrize("away", [False, True], ids=["index", "database"])
def test_totals_and_facets_count_what_one_may_see(stage: Stage, who: str, away: bool) -> None:
    search = without_index(stage.container) if away else stage.container.search
    page = search.find(actor_of(stage, who), SearchRequest(TOPIC, kinds=("achievement",)))
    assert page.degraded is away
    number = len(published(who))
    assert (page.total, len(page.found)) == (number, number)
    assert page.facets["kind"]["achievement"] == number
    for facet, value in (("field", "water.mine"), ("region", "150627"), ("stage", "pilot")):
        assert page.facets[facet][value] == number


@of_each_person
def test_search_without_the_index_finds_what_one_may_see(stage: Stage, who: str) -> None:
    page = without_index(stage.container).find(actor_of(stage, who), SearchRequest(TOPIC))
    titles = " ".join(f" {found.entry.title}" for found in page.found)
    assert named(titles) == published(who)


@of_each_person
def test_a_filter_does_not_open_a_way_round(stage: Stage, who: str) -> None:
    for filters in ({"status": ("draft",)}, {"field": ("water.mine",)}, {"audience": ("brokers",)}):
        request = SearchRequest("", kinds=("achievement",), filters=filters)
        for search in (stage.container.search, without_index(stage.container)):
            page = search.find(actor_of(stage, who), request)
            assert page.total <= len(published(who))


@of_each_person
def test_near_things_are_things_one_may_see(stage: Stage, who: str) -> None:
    request = SearchRequest("海底光缆打捞", kinds=("expert",))
    near = stage.container.search.find(actor_of(stage, who), request).near
    assert named(" ".join(f" {entry.title}" for entry in near)) <= published(who)


@of_each_person
def test_home_shows_and_counts_what_one_may_see(stage: Stage, who: str) -> None:
    soup = soup_of(stage, who, "/")
    assert named(soup.get_text(" ")) == published(who)
    figure = soup.select_one('.figures a[href="/search?kind=achievement"]')
    assert figure is not None
    assert figure.get_text(strip=True) == str(len(published(who)))


@of_each_person
def test_the_page_of_its_organisation_shows_and_counts_what_one_may_see(
    stage: Stage, entries: Entries, who: str
) -> None:
    number = entries["public-published"].organisation_id
    soup = soup_of(stage, who, f"/organisations/{number}")
    assert named(soup.get_text(" ")) == published(who)
    counts = stage.container.catalogue.published_by(actor_of(stage, who), [number])
    assert counts[number] == {EntryKind.ACHIEVEMENT: len(published(who))}


@of_each_person
def test_an_entry_is_there_for_whom_it_may_be_and_its_file_too(
    stage: Stage, entries: Entries, who: str
) -> None:
    client, actor = stage.client(who), actor_of(stage, who)
    for name, entry in entries.items():
        [file] = stage.container.reading.attachments(entry.id)
        visibility, state = name.split("-")
        scope = EntryScope(entry.organisation_id, EntryState(state), Visibility(visibility))
        expected = 200 if allows(actor, Permission.VIEW_ENTRY, scope) else 404
        assert client.get(f"/entries/{entry.code}").status_code == expected, name
        with client.get(f"/entries/{entry.code}/files/{file.id}") as answer:
            assert answer.status_code == expected, name


@of_each_person
def test_similar_entries_are_those_one_may_see(stage: Stage, entries: Entries, who: str) -> None:
    shown = stage.container.reading.get(SYSTEM, entries["public-published"].code)
    similar = stage.container.search.similar(actor_of(stage, who), shown, 20)
    names = named(" ".join(f" {entry.title}" for entry in similar))
    assert names == published(who) - {"public-published"}


@of_each_person
def test_linked_entries_are_those_one_may_see(stage: Stage, entries: Entries, who: str) -> None:
    actor, shown = actor_of(stage, who), entries["public-published"]
    linked = stage.container.reading.linked(actor, shown.id)
    expected = {
        name
        for name, entry in entries.items()
        if entry.id != shown.id and allows(actor, Permission.VIEW_ENTRY, scope_of(name, entry))
    }
    assert named(" ".join(f" {link.entry.title}" for link in linked)) == expected


@pytest.mark.parametrize("who", ["visitor", "university", "admin"])
def test_the_sitemap_names_what_everybody_may_see_whoever_asks(
    stage: Stage, entries: Entries, who: str
) -> None:
    tree = ElementTree.fromstring(stage.client(who).get("/sitemap.xml").data)
    places = {
        str(node.text) for node in tree.findall(".//{*}loc") if "/entries/CG-" in str(node.text)
    }
    code = entries["public-published"].code
    assert places == {f"http://localhost/entries/{code}", f"http://localhost/en/entries/{code}"}


@of_each_person
def test_a_code_typed_into_the_search_box_tells_nothing_more(
    stage: Stage, entries: Entries, who: str
) -> None:
    client, actor = stage.client(who), actor_of(stage, who)
    for name, entry in entries.items():
        may = allows(actor, Permission.VIEW_ENTRY, scope_of(name, entry))
        answer = client.get("/search", query_string={"q": entry.code})
        assert (answer.status_code == 302) is may, name


def test_nobody_but_the_owner_finds_a_contact_on_a_page(stage: Stage, entries: Entries) -> None:
    code = entries["public-published"].code
    for who in CIRCLES:
        text = stage.client(who).get(f"/entries/{code}").text
        assert "contact@example.org" not in text
    assert (
        "contact@example.org" in stage.client("university").get(f"/workspace/entries/{code}").text
    )


def test_a_firm_sees_the_matches_with_what_it_may_see(stage: Stage) -> None:
    soup = soup_of(stage, "firm", "/workspace/matches")
    assert named(soup.get_text(" ")) == {"public-published", "registered-published"}


def test_matches_with_what_is_held_back_are_not_counted(stage: Stage) -> None:
    firm = actor_of(stage, "firm")
    views, total = stage.container.matches.of_organisations(firm)
    assert total == len(views) == 2
    [demand] = {view.mine.code for view in views}
    assert stage.container.matches.progress(firm, demand).matches == 2


def test_an_approved_match_with_what_is_held_back_shows_that_there_is_one_and_no_more(
    stage: Stage,
    entries: Entries,
) -> None:
    with stage.played():
        set_match(stage, entries["brokers-published"], MatchState.APPROVED)
        [held] = [view for view in matches_of(stage, "firm") if view.theirs is None]
        assert {str(part) for part in held.parts} == {"existence"}
        page = soup_of(stage, "firm", "/workspace/matches").get_text(" ")
        assert "brokers-published" not in named(page)


def test_an_introduced_match_shows_what_was_held_back(stage: Stage, entries: Entries) -> None:
    with stage.played():
        set_match(stage, entries["brokers-published"], MatchState.INTRODUCED)
        shown = {view.theirs.title for view in matches_of(stage, "firm") if view.theirs}
        assert "brokers-published" in named(" ".join(f" {title}" for title in shown))


@pytest.mark.parametrize("state", [MatchState.REJECTED, MatchState.WITHDRAWN])
def test_a_match_that_does_not_stand_is_not_listed(
    stage: Stage, entries: Entries, state: MatchState
) -> None:
    with stage.played():
        set_match(stage, entries["public-published"], state)
        titles = {view.theirs.title for view in matches_of(stage, "firm") if view.theirs}
        assert named(" ".join(f" {title}" for title in titles)) == {"registered-published"}


def test_what_was_withdrawn_is_gone_before_the_index_knows(stage: Stage, entries: Entries) -> None:
    with stage.played():
        code = entries["public-published"].code
        stage.container.steps.withdraw(actor_of(stage, "university"), code)
        for address in (f"/search?q={TOPIC}", "/search?kind=achievement", "/", "/sitemap.xml"):
            answer = stage.client("visitor").get(address)
            assert answer.status_code == 200, address
            assert code not in answer.text, address


def test_what_was_made_narrower_is_gone_before_the_index_knows(
    stage: Stage, entries: Entries
) -> None:
    with stage.played():
        shown = entries["public-published"]
        with stage.container.database.write() as session:
            session.execute(
                update(Entry).where(Entry.id == shown.id).values(visibility=Visibility.BROKERS)
            )
        for address in (f"/search?q={TOPIC}", "/", "/sitemap.xml", f"/search?q={shown.code}"):
            answer = stage.client("visitor").get(address)
            assert answer.status_code == 200, address
            assert f"/entries/{shown.code}" not in answer.text, address
        assert stage.client("visitor").get(f"/entries/{shown.code}").status_code == 404


def test_an_edit_that_waits_is_seen_by_nobody_but_owner_and_desk(
    stage: Stage, entries: Entries
) -> None:
    with stage.played():
        shown = stage.container.reading.get(SYSTEM, entries["public-published"].code)
        university = actor_of(stage, "university")
        changes = {"title": "尚未公开的新标题"}
        stage.container.editing.save(university, shown.code, changes, shown.version)
        addresses = (f"/entries/{shown.code}", f"/search?q={TOPIC}", "/")
        for who, address in product(("visitor", "rival", "official"), addresses):
            assert "尚未公开的新标题" not in stage.client(who).get(address).text
        assert "尚未公开的新标题" in stage.client("broker").get("/desk/screening").text


def actor_of(stage: Stage, who: str) -> Actor:
    """Somebody as the services see them."""
    return VISITOR if who == "visitor" else World(stage.container).actor(who)


def scope_of(name: str, entry: Entry) -> EntryScope:
    """What policy needs to know of one of the entries."""
    visibility, state = name.split("-")
    return EntryScope(entry.organisation_id, EntryState(state), Visibility(visibility))


def matches_of(stage: Stage, who: str) -> list:  # type: ignore[type-arg]
    """The matches of a person's organisation as the workspace lists them."""
    return stage.container.matches.of_organisations(actor_of(stage, who))[0]


def set_match(stage: Stage, other: Entry, state: MatchState) -> None:
    """Bring the match with one of the entries into a state."""
    with stage.container.database.write() as session:
        match = session.scalars(select(Match).where(Match.other_id == other.id)).one()
        match.state = state


class IndexAway:
    """A search index that can't be reached."""

    def search(self, query: object) -> None:
        raise SearchIndexError("the index can't be reached")


def without_index(container: Container) -> Search:
    """Search on the same database while the index is away."""
    return Search(
        container.database,
        IndexAway(),  # type: ignore[arg-type]
        container.embedder,
        container.analyser,
        DatabaseSearch(container.database, container.analyser),
    )


ACTORS = st.builds(
    Actor,
    person_id=st.just(7),
    standings=st.lists(
        st.builds(
            Standing,
            role=st.sampled_from(Role),
            organisation_id=st.integers(1, 3),
            region=st.sampled_from([None, "150600", "150500"]),
        ),
        max_size=3,
    ).map(tuple),
) | st.sampled_from([VISITOR, SYSTEM])


@given(actor=ACTORS)
def test_the_condition_in_sql_agrees_with_the_policy(stage: Stage, actor: Actor) -> None:
    with stage.container.database.read() as session:
        entries = session.scalars(select(Entry)).all()
        seen = set(session.scalars(select(Entry.id).where(visible_to(actor))))
        kept = set(session.scalars(select(Entry.id).where(owned_by(actor))))
    assert len({(e.status, e.visibility) for e in entries}) == len(EntryState) * len(Visibility)
    assert seen == {e.id for e in entries if allows(actor, Permission.VIEW_ENTRY, e.scope)}
    if not actor.is_system:
        assert kept == {e.id for e in entries if allows(actor, Permission.KEEP_ENTRY, e.scope)}
