"""The command line: what it prints, what it does, and one sentence where it can't."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from matchmaker.bootstrap import Container
from matchmaker.cli import COMMANDS, main
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.work import JobKind, JobState
from matchmaker.models import Demand, Entry, Job, Person
from matchmaker.services.health import SCHEDULE_BEAT, WORKER_BEAT
from matchmaker.services.job_runner import JobRunner
from matchmaker.services.jobs import enqueue
from tests.support.index_work import changed_after_a_rebuild, working
from tests.support.profiles import as_environment
from tests.support.world import World

Run = Callable[..., Result]

BEIR = {
    "corpus.jsonl": [
        {"_id": "d1", "title": "矿井水分质结晶", "text": "高盐矿井水蒸发结晶制盐。"},
        {"_id": "d2", "title": "羊绒分梳", "text": "羊绒分梳机械与纺纱。"},
    ],
    "queries.jsonl": [{"_id": "q1", "title": "", "text": "高盐矿井水处理"}],
}


@pytest.fixture
def cli(container: Container, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on the test's own portal: `cli("index", "status")`."""
    return runner_for(container, monkeypatch)


@pytest.fixture
def sample_cli(seeded: Container, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on the sample data; such tests only read."""
    return runner_for(seeded, monkeypatch)


def runner_for(container: Container, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(container.settings.data_dir))
    for name, value in as_environment(container.settings).items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str, text: str = "") -> Result:
        result = CliRunner().invoke(main, arguments, input=text)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def data_of(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def all_commands() -> Iterator[tuple[str, ...]]:
    from click import Context, Group

    def below(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield path
        if isinstance(command, Group):
            context = Context(command)
            for name in command.list_commands(context):
                yield from below(command.get_command(context, name), (*path, name))

    yield from below(main, ())


def test_every_command_the_handbook_names_is_there() -> None:
    names = {" ".join(path) for path in all_commands()}
    assert {
        "serve",
        "worker",
        "db upgrade",
        "seed load",
        "index rebuild",
        "index status",
        "match",
        "explain",
        "search",
        "evaluate",
        "jobs list",
        "jobs retry",
        "users create",
        "users set-password",
        "doctor",
    } <= names
    assert set(COMMANDS) <= names


@pytest.mark.parametrize("path", list(all_commands()), ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*path, "--help"])
    assert result.exit_code == 0
    assert result.output.startswith("Usage: ")


def test_help_needs_neither_database_nor_search_nor_web() -> None:
    code = (
        "import sys; from matchmaker.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'sqlalchemy', 'numpy', 'tantivy', 'flask', 'celery', 'pydantic', 'alembic'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_matches_of_a_demand_come_ranked_with_level_and_quoted_evidence(
    seeded: Container, sample_cli: Run
) -> None:
    with seeded.database.read() as session:
        code = session.scalars(select(Demand.code).order_by(Demand.code)).first()
    found = data_of(sample_cli("match", str(code), "--limit", "5", "--json"))
    assert 0 < len(found) <= 5
    assert [row["score"] for row in found] == sorted((row["score"] for row in found), reverse=True)
    assert {row["level"] for row in found} <= {"strong", "fair", "weak", "none"}
    with seeded.database.read() as session:
        for row in found:
            entry = session.scalars(select(Entry).where(Entry.code == row["code"])).one()
            assert row["title"] == entry.title
            assert entry.kind is not EntryKind.DEMAND
    quotes = [held for row in found for held in row["evidence"]]
    assert quotes
    assert all(held["signal"] and held["demand"]["text"] for held in quotes if held["demand"])


def test_matches_can_be_read_without_json(sample_cli: Run) -> None:
    result = sample_cli("match", "xq-2026-000001")
    assert result.exit_code == 0
    assert "↔" in result.stdout or "Nothing fits." in result.stdout


def test_a_pair_is_explained_with_quotations_in_their_places(world: World, cli: Run) -> None:
    demand = world.published("firm", EntryKind.DEMAND)
    other = world.published("university", EntryKind.ACHIEVEMENT)
    told = data_of(cli("explain", demand.code, other.code, "--json"))
    assert (told["demand"], told["other"]) == (demand.code, other.code)
    assert told["level"] in {"strong", "fair"}
    assert 0 <= told["score"] <= 1
    assert 0 <= told["probability"] <= 1
    assert {"signals", "clauses", "open_clauses", "sentences", "unknown", "advice"} <= set(told)
    sides = {"demand": demand, "other": other}
    quoted = [
        (sides[side], span)
        for line in told["signals"]
        for held in line["evidence"]
        for side in sides
        if (span := held[side]) and span["field"] in ("title", "summary", "body")
    ]
    assert quoted
    for entry, span in quoted:
        assert getattr(entry, span["field"])[span["start"] : span["end"]] == span["text"]
    assert told["sentences"]


def test_a_pair_that_is_no_match_is_explained_as_well_in_words(world: World, cli: Run) -> None:
    demand = world.published("firm", EntryKind.DEMAND)
    texts = {"title": "羊绒分梳", "summary": "羊绒分梳。", "body": "羊绒分梳。", "benefits": ""}
    elsewhere = {"keywords": [], "applications": [], "fields": ["textile.cashmere"]}
    other = world.published("university", EntryKind.ACHIEVEMENT, **texts, **elsewhere)
    result = cli("explain", other.code, demand.code)
    assert result.exit_code == 0
    assert f"{demand.code} and {other.code}: none" in result.stdout
    assert "Open requirements" in result.stdout
    assert "吨水处理成本低于 8 元" in result.stdout


def test_what_is_no_pair_can_not_be_explained(world: World, cli: Run) -> None:
    demand = world.published("firm", EntryKind.DEMAND)
    missing = cli("explain", demand.code, "CG-1999-000001")
    assert missing.exit_code == 1
    assert missing.stderr == "There is no entry CG-1999-000001.\n"
    twice = cli("explain", demand.code, demand.code)
    assert twice.exit_code == 1
    assert twice.stderr == "pair: name one demand and one other entry.\n"
    assert cli("explain", demand.code).exit_code == 2


def test_a_code_that_nothing_has_is_one_sentence(sample_cli: Run) -> None:
    result = sample_cli("match", "XQ-1999-000001")
    assert result.exit_code == 1
    assert result.stderr == "There is no entry XQ-1999-000001.\n"
    assert result.stdout == ""


def test_search_finds_what_visitors_would_find(sample_cli: Run) -> None:
    found = data_of(sample_cli("search", "苜蓿 滴灌", "--kind", "achievement", "--json"))
    assert found["total"] > 0
    assert {row["kind"] for row in found["results"]} == {"achievement"}
    assert not found["degraded"]


def test_search_shows_no_more_than_a_visitor_may_see(world: World, cli: Run) -> None:
    world.published("firm", EntryKind.DEMAND, visibility="brokers")
    world.work()
    assert data_of(cli("search", "矿井水", "--json"))["total"] == 0


def test_the_index_says_what_it_was_made_with(sample_cli: Run) -> None:
    status = data_of(sample_cli("index", "status", "--json"))
    assert status["documents"] > 100
    assert status["current"]
    assert status["behind"] == 0


def test_a_rebuild_brings_back_an_index_that_was_lost(world: World, cli: Run) -> None:
    world.published("firm", EntryKind.DEMAND)
    world.container.index.close()
    del world.container.__dict__["index"]
    built = data_of(cli("index", "rebuild", "--json"))
    assert (built["documents"], built["by"]) == (1, "command")


def test_an_index_that_cannot_be_opened_is_replaced(world: World, cli: Run) -> None:
    world.published("firm", EntryKind.DEMAND)
    folder = world.container.settings.index_dir
    folder.mkdir()
    (folder / "manifest.json").write_text("garbage")
    assert "index rebuild" in cli("index", "status").stderr
    result = cli("index", "rebuild")
    assert result.exit_code == 0
    assert "The index holds 1 documents" in result.stdout


@pytest.mark.one_profile(
    "embedded", because="Elasticsearch has no single writer: the command rebuilds by itself"
)
def test_while_the_portal_owns_the_writer_it_rebuilds_on_request(world: World, cli: Run) -> None:
    """The portal here is this process, whose worker is a thread that drains the table."""
    world.published("firm", EntryKind.DEMAND)
    portal = world.container
    assert portal.index.count() == 0  # takes the writer
    with working(portal):
        built = data_of(cli("index", "rebuild", "--json"))
    assert (built["documents"], built["by"]) == (1, "portal")


def test_a_roll_back_brings_the_index_before_back_with_what_was_written_since(
    world: World, cli: Run
) -> None:
    before, shown = changed_after_a_rebuild(world)
    world.container.close()
    del world.container.__dict__["index"]
    facts = data_of(cli("index", "rollback", "--json"))
    assert (facts["name"], facts["documents"], facts["by"]) == (before, 2, "command")
    rows = data_of(cli("search", "矿井水", "--json"))["results"]
    assert {row["code"] for row in rows} == shown


def test_without_an_index_before_a_roll_back_says_so(world: World, cli: Run) -> None:
    world.published("firm", EntryKind.DEMAND)
    result = cli("index", "rollback")
    assert result.exit_code == 1
    assert "no index before this one" in result.stderr


@pytest.mark.one_profile(
    "embedded", because="Elasticsearch has no single writer: the command rolls back by itself"
)
def test_while_the_portal_owns_the_writer_it_rolls_back_on_request(world: World, cli: Run) -> None:
    world.published("firm", EntryKind.DEMAND)
    portal = world.container
    before = portal.index.metadata.name
    portal.rebuilding.rebuild()
    with working(portal):
        facts = data_of(cli("index", "rollback", "--json"))
    assert (facts["name"], facts["documents"], facts["by"]) == (before, 1, "portal")


def test_loading_the_samples_twice_says_that_nothing_changed(
    container: Container, cli: Run
) -> None:
    first = data_of(cli("seed", "load", "--json"))
    again = cli("seed", "load")
    assert first["entries"]["added"] > 100
    assert not container.accounts.has_samples() or first["accounts"]["added"] == 0
    assert "Nothing changed" in again.stdout
    with container.database.read() as session:
        assert session.scalars(select(Job)).all() == []


def dead_job(container: Container) -> int:
    def fails(lease: object) -> None:
        raise RuntimeError("the reason")

    from matchmaker.domain.work import RetryRule
    from matchmaker.services.jobs import Jobs

    with container.database.write() as session:
        job = enqueue(session, JobKind.MATCH, "XQ-2026-000001")
    impatient = Jobs(container.database, 60, RetryRule(most_tries=1))
    JobRunner(impatient, {JobKind.MATCH: fails}).run(job)
    return job


def test_dead_jobs_are_listed_with_their_error_and_can_be_retried(
    container: Container, cli: Run
) -> None:
    job = dead_job(container)
    listed = data_of(cli("jobs", "list", "--state", "dead", "--json"))
    assert [row["id"] for row in listed["jobs"]] == [job]
    assert "the reason" in listed["jobs"][0]["error"]
    assert cli("jobs", "retry", str(job)).exit_code == 0
    assert container.jobs.counts()[JobState.DEAD] == 0
    assert container.jobs.counts()[JobState.PENDING] == 1


def test_all_dead_jobs_can_be_retried_at_once(container: Container, cli: Run) -> None:
    dead_job(container)
    assert "1 queued again" in cli("jobs", "retry", "--all").stdout


def test_a_job_that_is_not_dead_cannot_be_retried(cli: Run) -> None:
    result = cli("jobs", "retry", "4711")
    assert result.exit_code == 1
    assert "not waiting for a retry" in result.stderr


def test_a_person_is_added_with_a_password_from_a_pipe(container: Container, cli: Run) -> None:
    result = cli(
        "users",
        "create",
        "New@Example.org",
        *("--name", "新人", "--role", "broker", "--organisation", "示例经纪公司"),
        text="a-quite-long-password\n",
    )
    assert result.exit_code == 0, result.output
    person = container.accounts.authenticate("new@example.org", "a-quite-long-password")
    assert person is not None
    assert person.name == "新人"


def test_a_weak_password_is_refused_in_words(container: Container, cli: Run) -> None:
    result = cli(
        *("users", "create", "new@example.org", "--name", "新人", "--role", "broker"),
        *("--organisation", "示例经纪公司"),
        text="short\n",
    )
    assert result.exit_code == 1
    assert "password: is too short" in result.stderr
    with container.database.read() as session:
        assert session.scalar(select(Person).where(Person.email == "new@example.org")) is None


def test_a_password_is_set_and_the_old_one_ends(container: Container, cli: Run) -> None:
    assert (
        cli("users", "set-password", "firm@example.org", text="another-password\n").exit_code == 0
    )
    assert container.accounts.authenticate("firm@example.org", "another-password")


def test_an_unknown_address_is_said_to_be_unknown(cli: Run) -> None:
    result = cli("users", "set-password", "nobody@example.org", text="another-password\n")
    assert result.exit_code == 1
    assert result.stderr == "Nobody has this address.\n"


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    """A tiny folder of judged queries."""
    for name, rows in BEIR.items():
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (tmp_path / name).write_text(lines, encoding="utf-8")
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq1\td1\t3\nq1\td2\t0\n", encoding="utf-8"
    )
    return tmp_path


def test_an_evaluation_prints_its_figures_and_needs_no_database(
    judged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(judged / "nowhere"))
    result = CliRunner().invoke(main, ["evaluate", str(judged), "--json"])
    figures = data_of(result)
    assert figures["ndcg@10"] == 1.0
    assert figures["queries"] == 1
    assert set(figures) >= {"ndcg@10", "map", "recall@100", "queries", "seconds", "parts"}
    assert all({"ndcg@10", "map", "recall@100"} <= set(part) for part in figures["parts"].values())
    assert not (judged / "nowhere").exists()


def test_levels_are_measured_on_the_judged_pairs(judged: Path) -> None:
    figures = data_of(CliRunner().invoke(main, ["evaluate", str(judged), "--levels", "--json"]))
    assert figures["pairs"] == sum(map(sum, figures["confusion"]))
    assert {"score", "always_weak", "reliability", "calibration_error"} <= set(figures)
    printed = CliRunner().invoke(main, ["evaluate", str(judged), "--levels"])
    assert "always weak" in printed.output


def test_a_folder_that_holds_no_judgements_is_one_sentence(tmp_path: Path, cli: Run) -> None:
    result = cli("evaluate", str(tmp_path))
    assert result.exit_code == 2
    assert "is no folder of judged queries" in result.stderr


def test_the_database_is_migrated_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(tmp_path / "new"))
    assert "Migrated to" in CliRunner().invoke(main, ["db", "upgrade"]).stdout
    assert "Already at" in CliRunner().invoke(main, ["db", "upgrade"]).stdout


def test_without_a_database_a_command_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(tmp_path))
    result = CliRunner().invoke(main, ["jobs", "list"])
    assert result.exit_code == 2
    assert "matchmaker db upgrade" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_wrong_settings_are_all_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_PORT", "eighty")
    monkeypatch.setenv("MATCHMAKER_SECRET_KEY", "short")
    result = CliRunner().invoke(main, ["jobs", "list"])
    assert result.exit_code == 2
    assert "MATCHMAKER_PORT" in result.stderr
    assert "MATCHMAKER_SECRET_KEY" in result.stderr


def test_a_database_that_is_away_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    result = CliRunner().invoke(main, ["jobs", "list"])
    assert result.exit_code == 2
    assert "doctor" in result.stderr
    assert "Traceback" not in result.output


def findings(result: Result) -> dict[str, dict[str, Any]]:
    return {row["subject"]: row for row in json.loads(result.stdout)}


def test_the_doctor_finds_a_healthy_portal_healthy(container: Container, cli: Run) -> None:
    for beat in (WORKER_BEAT, SCHEDULE_BEAT):
        container.jobs.beat(beat)
    container.index.count()
    container.rebuilding.rebuild()
    result = cli("doctor", "--json")
    assert [row for row in findings(result).values() if not row["right"]] == []
    assert result.exit_code == 0
    assert set(findings(result)) == {
        "python",
        "settings",
        "data folder",
        "secret",
        "database",
        "migrations",
        "index",
        "embedder",
        "redis",
        "worker",
        "beat",
        "mail",
    }


def test_the_doctor_says_what_is_wrong_and_how_to_mend_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(tmp_path / "none"))
    monkeypatch.setenv("MATCHMAKER_REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("MATCHMAKER_SMTP_URL", "smtp://127.0.0.1:1")
    monkeypatch.setenv("MATCHMAKER_HOST", "0.0.0.0")
    result = CliRunner().invoke(main, ["doctor", "--json"])
    wrong = {name: row for name, row in findings(result).items() if not row["right"]}
    assert result.exit_code == 1
    assert set(wrong) == {
        "data folder",
        "secret",
        "database",
        "migrations",
        "index",
        "redis",
        "worker",
        "beat",
        "mail",
    }
    assert all(row["mend"] for row in wrong.values())
    assert "MATCHMAKER_SECRET_KEY" in wrong["secret"]["mend"]
    assert not (tmp_path / "none").exists()


def test_the_doctor_reads_wrong_settings_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_PROFILE", "hobby")
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 1
    assert "MATCHMAKER_PROFILE" in result.stdout
